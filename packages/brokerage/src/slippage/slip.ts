import {
  absolute,
  dividedBy,
  isZero,
  maximum,
  minimum,
  minus,
  plus,
  sign,
  times,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'
import { midOf } from '../fills/price-source.ts'
import type { Security } from '../model/security.ts'
import { marketImpact } from './market-impact.ts'
import type { SlippageContext } from './slippage-context.ts'
import { slippageRate, type SlippageModel } from './slippage-model.ts'

/**
 * How much worse than its price a fill gets per unit, never negative; the caller adds it to buys and takes it from sells.
 * Without data it is zero. `reference` is the price that is slipped. Throws `E_INVALID_PARAMETER` for market impact on
 * forex and cfds, which have no volume to speak of.
 */
export function slippagePerUnit(model: SlippageModel, context: SlippageContext, reference: Decimal): Decimal {
  switch (model.kind) {
    case 'none':
      return ZERO
    case 'bps':
      return times(reference, slippageRate(model))
    case 'constant':
      return times(model.fraction, lastValueOf(context))
    case 'volume-share':
      return volumeShare(model, context)
    case 'spread':
      return times(model.fraction, maximum(minus(context.market.ask, context.market.bid), ZERO))
    case 'market-impact':
      return times(marketImpact(model, context), lastValueOf(context))
  }
}

/** The price of a buy goes up, of a sell down. */
export function slipped(price: Decimal, quantity: Decimal, slippage: Decimal): Decimal {
  if (isZero(slippage)) return price
  return sign(quantity) < 0 ? minus(price, slippage) : plus(price, slippage)
}

/** Close of the last trade bar, or mid of the last quote bar where it is the newer one and the instrument is no equity. */
function lastValueOf({ market, security }: SlippageContext): Decimal {
  const { tradeBar, quoteBar } = market
  if (tradeBar && !(quoteBar && isQuoteLast(security, tradeBar.endMs, quoteBar.endMs))) return tradeBar.close
  return quoteBar ? midOf(quoteBar) : market.price
}

function isQuoteLast(security: Security, tradeEndMs: number, quoteEndMs: number): boolean {
  return security.assetClass !== 'equity' && quoteEndMs >= tradeEndMs
}

const withoutVolume = new Set(['forex', 'cfd', 'crypto'])

function volumeShare(model: Extract<SlippageModel, { kind: 'volume-share' }>, context: SlippageContext): Decimal {
  const { market, security, order } = context
  const volume = volumeFor(context)
  if (volume === undefined) return ZERO
  const hasVolume = sign(volume) > 0
  if (!hasVolume && withoutVolume.has(security.assetClass)) return ZERO
  const share = hasVolume
    ? minimum(dividedBy(absolute(order.terms.quantity), volume), model.volumeLimit)
    : model.volumeLimit
  return isZero(market.price) ? ZERO : times(times(times(share, share), model.priceImpact), lastValueOf(context))
}

/** Volume of the last trade bar; of a quote bar the bid size for buys and the ask size for sells. */
function volumeFor({ market, security, order }: SlippageContext): Decimal | undefined {
  const { tradeBar, quoteBar } = market
  if (tradeBar && !(quoteBar && isQuoteLast(security, tradeBar.endMs, quoteBar.endMs))) return tradeBar.volume
  if (!quoteBar) return undefined
  return sign(order.terms.quantity) > 0 ? quoteBar.bidSize : quoteBar.askSize
}
