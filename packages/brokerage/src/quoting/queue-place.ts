import { compare, isZero, maximum, minimum, minus, plus, sign, times, ZERO, type Decimal } from '@qmtl/contracts'
import { noPrice, type FillContext, type PriceAttempt } from '../fills/fill-attempt.ts'
import { canFillNow, hasExtendedFeed } from '../fills/fill-hours.ts'
import type { QueueModel } from '../fills/fill-model.ts'
import type { MarketView, QuoteBar, TradeBar } from '../model/market-view.ts'
import type { OrderState, OrderTerms, QueuePlace } from '../model/order-terms.ts'

/** The place at which a limit order joins the queue of its price, by the quotes of its submission. */
export function joinQueue(terms: OrderTerms, market: MarketView): QueuePlace | undefined {
  const { limitPrice, quantity, createdMs } = terms
  if (terms.type !== 'limit' || !limitPrice) return undefined
  const quote = ownQuote(market, sign(quantity) > 0)
  if (!quote) return { ahead: ZERO, seenMs: createdMs }
  const isInside = sign(quantity) > 0 ? compare(limitPrice, quote.price) > 0 : compare(limitPrice, quote.price) < 0
  return { ahead: isInside ? ZERO : quote.size, seenMs: createdMs }
}

/**
 * Fills a queued limit order at its price: all of it once trades or the other side's quote went beyond the price, else what
 * trades at the price after the quantity ahead of it. Each bar, quote and tick counts once, and only if it ends after the
 * order.
 */
export function queuedLimit(order: OrderState, queue: QueuePlace, context: FillContext): PriceAttempt {
  const { market, model, nowMs, security } = context
  const { limitPrice, quantity } = order.terms
  const sessions = { extended: hasExtendedFeed(market, false), tradesOnly: security.assetClass === 'equity' }
  if (!limitPrice || !model.queue || !canFillNow(market, nowMs, sessions)) return noPrice(order)
  const level: Level = { price: limitPrice, isBuy: sign(quantity) > 0, model: model.queue }
  const step = steps(market, queue, level)
  const next = { ...order, queue: { ahead: step.ahead, seenMs: step.seenMs } }
  if (step.isThrough) return { order: next, quotation: { price: limitPrice } }
  return isZero(step.traded) ? noPrice(next) : { order: next, quotation: { price: limitPrice, size: step.traded } }
}

interface Level {
  readonly price: Decimal
  readonly isBuy: boolean
  readonly model: QueueModel
}

interface QueueStep extends QueuePlace {
  /** Everything at the price has traded. */
  readonly isThrough: boolean
  /** What traded at the price after the quantity ahead. */
  readonly traded: Decimal
}

function steps(market: MarketView, queue: QueuePlace, level: Level): QueueStep {
  const { tradeBar, quoteBar, ticks } = market
  let step: QueueStep = { ...queue, isThrough: false, traded: ZERO }
  let { seenMs } = queue
  if (quoteBar && quoteBar.endMs > queue.seenMs) {
    step = afterQuote(step, quoteBar, level)
    seenMs = Math.max(seenMs, quoteBar.endMs)
  }
  if (tradeBar && tradeBar.endMs > queue.seenMs) {
    step = afterBar(step, tradeBar, level)
    seenMs = Math.max(seenMs, tradeBar.endMs)
  }
  for (const tick of ticks ?? []) {
    if (tick.kind !== 'trade' || tick.atMs <= queue.seenMs) continue
    step = afterTrade(step, { price: tick.price, size: tick.size }, level)
    seenMs = Math.max(seenMs, tick.atMs)
  }
  return { ...step, seenMs }
}

/** A smaller quote at the price moves the order up; one of the other side at or beyond it takes the order. */
function afterQuote(step: QueueStep, bar: QuoteBar, { price, isBuy }: Level): QueueStep {
  const [own, other] = isBuy ? [bar.bid, bar.ask] : [bar.ask, bar.bid]
  const distance = isBuy ? compare(other.close, price) : compare(price, other.close)
  if (!isZero(other.close) && distance <= 0) return { ...step, isThrough: true }
  const size = isBuy ? bar.bidSize : bar.askSize
  return compare(own.close, price) === 0 ? { ...step, ahead: minimum(step.ahead, size) } : step
}

function afterBar(step: QueueStep, bar: TradeBar, level: Level): QueueStep {
  const size = times(bar.volume, level.model.touchShare)
  return afterTrade(step, { price: level.isBuy ? bar.low : bar.high, size }, level)
}

function afterTrade(
  step: QueueStep,
  trade: { readonly price: Decimal; readonly size: Decimal },
  { price, isBuy }: Level,
): QueueStep {
  const beyond = isBuy ? compare(price, trade.price) : compare(trade.price, price)
  if (beyond < 0) return step
  if (beyond > 0) return { ...step, isThrough: true }
  const mine = maximum(minus(trade.size, step.ahead), ZERO)
  return { ...step, ahead: maximum(minus(step.ahead, trade.size), ZERO), traded: plus(step.traded, mine) }
}

function ownQuote(
  { quoteBar }: MarketView,
  isBuy: boolean,
): { readonly price: Decimal; readonly size: Decimal } | undefined {
  if (!quoteBar) return undefined
  const price = isBuy ? quoteBar.bid.close : quoteBar.ask.close
  return isZero(price) ? undefined : { price, size: isBuy ? quoteBar.bidSize : quoteBar.askSize }
}
