import { compare, decimalText, isZero, minus, negate, sign, times, type Decimal } from '@qmtl/contracts'
import { availableNotional, isReducing } from '../buying-power/buying-power.ts'
import { positionQuantity, type Book, type LedgerFill, type PriceOf } from '../ledger/book.ts'
import type { RealityModels } from '../models/reality-models.ts'
import type { RefusalCode } from '../model/refusal.ts'
import type { MarketMoment } from './market-moment.ts'
import { brokerTerms } from './broker-terms.ts'
import { percentTerms, type TradeTerms } from './trade-terms.ts'

/** A market order as the fill rule sees it. */
export interface MarketOrder {
  /** Signed, not zero. */
  readonly quantity: Decimal
  /** May only make the position smaller: it is cut to the position, and refused where there is none. */
  readonly reduceOnly: boolean
}

/**
 * The book that pays, and current prices of what else it holds (the order's own instrument is valued at the reference
 * price). Without it neither funds nor reduce-only can be checked.
 */
export interface Funds {
  readonly book: Book
  readonly priceOf: PriceOf
}

/** Why an order, or the rest of one, is not filled. */
export interface FillRefusal {
  readonly code: 'E_INSUFFICIENT_FUNDS' | 'E_VENUE_REFUSED'
  /** The rule of the broker that refused, where one did. */
  readonly rule?: RefusalCode
  /** Names the order, the limit and the value seen. */
  readonly message: string
}

/**
 * A fill with what its slippage cost in quote currency, and the reason where it is smaller than the order (the rest has
 * ended), or none at all.
 */
export type FillOutcome =
  | { readonly kind: 'filled'; readonly fill: LedgerFill; readonly slippage: Decimal; readonly cut?: FillRefusal }
  | ({ readonly kind: 'refused' } & FillRefusal)

/**
 * Fills a market order at the reference price plus slippage against it, with its fee. The one path of backtest and paper
 * venue. An order that the broker's rules do not take is refused; one beyond the funds is cut to what they pay or refused,
 * as the buying power model says, and what was cut off is not kept. Orders that only reduce a position are never short of
 * funds.
 */
export function fillMarketOrder(
  order: MarketOrder,
  moment: MarketMoment,
  models: RealityModels,
  funds?: Funds,
): FillOutcome {
  const terms = models.broker ? brokerTerms(moment, models.broker) : percentTerms(moment, models)
  const held = funds ? positionQuantity(funds.book, moment.instrument.id) : undefined
  const refusal = terms.judge?.(order.quantity, held)
  if (refusal) {
    return { kind: 'refused', code: 'E_VENUE_REFUSED', rule: refusal.code, message: refusal.message }
  }
  if (!funds) return filled(order.quantity, moment, terms)
  if (order.reduceOnly) return fillReduceOnly(order.quantity, moment, { terms, funds })
  if (isReducing(funds.book, moment.instrument.id, order.quantity)) return filled(order.quantity, moment, terms)
  return fillFunded(order.quantity, moment, { terms, funds })
}

interface Trade {
  readonly terms: TradeTerms
  readonly funds: Funds
}

function fillReduceOnly(quantity: Decimal, moment: MarketMoment, { terms, funds }: Trade): FillOutcome {
  const { id } = moment.instrument
  const held = positionQuantity(funds.book, id)
  if (isReducing(funds.book, id, quantity)) return filled(quantity, moment, terms)
  const message = `reduce-only order of ${decimalText(quantity)} ${id} meets a position of ${decimalText(held)}`
  const refusal = { code: 'E_VENUE_REFUSED', message } as const
  if (sign(held) !== -sign(quantity)) return { kind: 'refused', ...refusal }
  return filled(negate(held), moment, terms, refusal)
}

function fillFunded(quantity: Decimal, moment: MarketMoment, { terms, funds }: Trade): FillOutcome {
  const { instrument } = moment
  const side = { instrument: instrument.id, direction: sign(quantity) }
  const priceOf: PriceOf = (id) => (id === instrument.id ? moment.referencePrice : funds.priceOf(id))
  const available = availableNotional(funds.book, priceOf, side, terms.buyingPower)
  const unitValue = times(terms.priceOf(quantity), instrument.multiplier)
  const affordable = terms.affordable({ quantity, unitValue, lotSize: instrument.lotSize }, available)
  if (compare(affordable, quantity) === 0) return filled(quantity, moment, terms)
  const message = `order of ${decimalText(quantity)} ${instrument.id} at ${decimalText(unitValue)} needs more than the available ${decimalText(available)}`
  const refusal = { code: 'E_INSUFFICIENT_FUNDS', message } as const
  const isDropped = isZero(affordable) || terms.buyingPower.unaffordable === 'refuse'
  return isDropped ? { kind: 'refused', ...refusal } : filled(affordable, moment, terms, refusal)
}

function filled(quantity: Decimal, moment: MarketMoment, terms: TradeTerms, cut?: FillRefusal): FillOutcome {
  const { instrument, referencePrice, tsMs } = moment
  const { id, multiplier } = instrument
  const price = terms.priceOf(quantity)
  const { amount: fee, coin } = terms.feeOf(quantity, price)
  const plain = { instrument: id, quantity, price, multiplier, fee, tsMs }
  const fill: LedgerFill = coin === undefined ? plain : { ...plain, baseCurrency: coin, feeCurrency: coin }
  const slippage = times(times(minus(price, referencePrice), quantity), multiplier)
  return cut ? { kind: 'filled', fill, slippage, cut } : { kind: 'filled', fill, slippage }
}
