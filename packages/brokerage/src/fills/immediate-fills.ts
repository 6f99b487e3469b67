import { compare, maximum, minimum, minus, ONE, plus, sign, times, type Decimal } from '@qmtl/contracts'
import type { MarketView, PriceSpan } from '../model/market-view.ts'
import type { OrderState } from '../model/order-terms.ts'
import { afterOrder, noPrice, priced, slippedFor, type FillContext, type PriceAttempt } from './fill-attempt.ts'
import { canFillNow, hasExtendedFeed } from './fill-hours.ts'
import { hasFeed, immediatePrices, isCoarse, latestPrices, sideOf, tradeTickBar } from './price-source.ts'
import { judgeAge } from './stale-price.ts'

/**
 * Fills of the default model: prices from the best data there is, tests of limits and stops strict, stops at the worse of
 * stop and close, limits at the better of limit and the far end of the bar.
 */
export function immediateMarket(order: OrderState, context: FillContext): PriceAttempt {
  if (!isOpenFor(context, context.model.kind === 'future' || context.model.kind === 'future-option')) {
    return noPrice(order)
  }
  const prices = pricesFor(order, context)
  if (!prices) return noPrice(order)
  const { market, model } = context
  const { createdMs } = order.terms
  const age = judgeAge(market, order.terms, { endMs: prices.endMs, spanMs: model.stalePriceSpanMs })
  if (age === 'wait') return noPrice(order)
  const meetsNewBar = isCoarse(market) && createdMs <= prices.startMs
  const price = slippedFor(order, meetsNewBar ? prices.open : prices.close, context)
  return age === 'warn' ? { order, quotation: { price, warning: 'stale-price' } } : priced(order, price)
}

export function immediateLimit(order: OrderState, context: FillContext): PriceAttempt {
  const { limitPrice, quantity } = order.terms
  const prices = restingPrices(order, context, hasExtendedFeed(context.market, false))
  if (!prices || !limitPrice) return noPrice(order)
  const isBuy = sign(quantity) > 0
  const isReached = isBuy ? compare(prices.low, limitPrice) < 0 : compare(prices.high, limitPrice) > 0
  return isReached ? priced(order, betterOf(isBuy, limitPrice, prices)) : noPrice(order)
}

export function immediateStop(order: OrderState, context: FillContext): PriceAttempt {
  const isFuture = context.model.kind === 'future' || context.model.kind === 'future-option'
  const prices = restingPrices(order, context, isFuture && hasExtendedFeed(context.market, false))
  const { stopPrice } = order
  if (!prices || !stopPrice) return noPrice(order)
  const isBuy = sign(order.terms.quantity) > 0
  const isReached = isBuy ? compare(prices.high, stopPrice) > 0 : compare(prices.low, stopPrice) < 0
  return isReached ? priced(order, stopFill(order, stopPrice, { prices, context })) : noPrice(order)
}

/** A stop that follows the market: tested first, moved after a failed test, and tested anew from the next bar on. */
export function trailingStop(order: OrderState, context: FillContext): PriceAttempt {
  const prices = restingPrices(order, context, false)
  const { stopPrice } = order
  if (!prices || !stopPrice) return noPrice(order)
  const isBuy = sign(order.terms.quantity) > 0
  const isReached = isBuy ? compare(prices.high, stopPrice) >= 0 : compare(prices.low, stopPrice) <= 0
  if (isReached) return priced(order, stopFill(order, stopPrice, { prices, context }))
  return noPrice(ratcheted(order, stopPrice, isBuy ? prices.low : prices.high))
}

export function stopLimit(order: OrderState, context: FillContext): PriceAttempt {
  const { limitPrice, quantity } = order.terms
  const prices = restingPrices(order, context, hasExtendedFeed(context.market, false))
  const { stopPrice } = order
  if (!prices || !stopPrice || !limitPrice) return noPrice(order)
  const isBuy = sign(quantity) > 0
  const isReached = isBuy ? compare(prices.high, stopPrice) > 0 : compare(prices.low, stopPrice) < 0
  const next = isReached && !order.isTriggered ? { ...order, isTriggered: true } : order
  if (!next.isTriggered) return noPrice(next)
  const isWithin = isBuy ? compare(prices.close, limitPrice) < 0 : compare(prices.close, limitPrice) > 0
  return isWithin ? priced(next, betterOf(isBuy, limitPrice, prices)) : noPrice(next)
}

/** Touched by trades; then filled at its limit once the own side's quote, or without quotes the trade, allows it. */
export function immediateTouched(order: OrderState, context: FillContext): PriceAttempt {
  const { limitPrice, quantity } = order.terms
  const { market } = context
  const prices = restingPrices(order, context, hasExtendedFeed(market, false))
  if (!prices || !limitPrice) return noPrice(order)
  const fromTicks = hasFeed(market.feeds, 'tick') ? tradeTickBar(market.ticks) : undefined
  const next = touched(order, afterOrder(fromTicks ?? market.tradeBar, order))
  if (!next.isTriggered) return noPrice(next)
  const quote = ownQuote(market, quantity) ?? prices.close
  const distance = sign(quantity) > 0 ? compare(quote, limitPrice) : compare(limitPrice, quote)
  return distance <= 0 ? priced(next, limitPrice) : noPrice(next)
}

function ownQuote({ quoteBar, tradeBar }: MarketView, quantity: Decimal): Decimal | undefined {
  const side = sign(quantity) > 0 ? 'bid' : 'ask'
  return quoteBar ? quoteBar[side].close : tradeBar?.close
}

/** Sets the trigger once a bar of trades touches its price; it stays set. */
export function touched(order: OrderState, trades: PriceSpan | undefined): OrderState {
  const { triggerPrice, quantity } = order.terms
  if (order.isTriggered || !trades || !triggerPrice) return order
  const isTouched =
    sign(quantity) > 0 ? compare(trades.low, triggerPrice) <= 0 : compare(trades.high, triggerPrice) >= 0
  return isTouched ? { ...order, isTriggered: true } : order
}

/** Price source of the model for the order's side. */
export function pricesFor(order: OrderState, { market, model }: FillContext): PriceSpan | undefined {
  const side = sideOf(order.terms.quantity)
  return model.kind === 'latest-price' ? latestPrices(market, side) : immediatePrices(market, side)
}

function restingPrices(order: OrderState, context: FillContext, extended: boolean): PriceSpan | undefined {
  return isOpenFor(context, extended) ? afterOrder(pricesFor(order, context), order) : undefined
}

function isOpenFor({ market, security, nowMs }: FillContext, extended: boolean): boolean {
  return canFillNow(market, nowMs, { extended, tradesOnly: security.assetClass === 'equity' })
}

/** Limits get no slippage; a bar wholly beyond the limit grants its end nearest to it. */
function betterOf(isBuy: boolean, limit: Decimal, prices: PriceSpan): Decimal {
  return isBuy ? minimum(prices.high, limit) : maximum(prices.low, limit)
}

function stopFill(
  order: OrderState,
  stop: Decimal,
  { prices, context }: { readonly prices: PriceSpan; readonly context: FillContext },
): Decimal {
  const close = slippedFor(order, prices.close, context)
  return sign(order.terms.quantity) > 0 ? maximum(stop, close) : minimum(stop, close)
}

function ratcheted(order: OrderState, stop: Decimal, market: Decimal): OrderState {
  const { trailingAmount, trailingAsPercentage, quantity } = order.terms
  if (!trailingAmount) return order
  const isBuy = sign(quantity) > 0
  const distance = isBuy ? minus(stop, market) : minus(market, stop)
  const reference = trailingAsPercentage === true ? times(market, trailingAmount) : trailingAmount
  if (compare(distance, reference) <= 0) return order
  return { ...order, stopPrice: trailedStop({ quantity, trailingAmount, trailingAsPercentage }, market) }
}

/** Where a trailing stop stands from a price: below it for sells, above it for buys. */
export function trailedStop(
  terms: {
    readonly quantity: Decimal
    readonly trailingAmount: Decimal
    readonly trailingAsPercentage: boolean | undefined
  },
  price: Decimal,
): Decimal {
  const amount = terms.trailingAmount
  const isBuy = sign(terms.quantity) > 0
  if (terms.trailingAsPercentage === true) return times(price, isBuy ? plus(ONE, amount) : minus(ONE, amount))
  return isBuy ? plus(price, amount) : minus(price, amount)
}
