import { compare, isZero, maximum, minimum, QmtlError, sign, type Decimal } from '@qmtl/contracts'
import type { MarketTick, MarketView, PriceSpan } from '../model/market-view.ts'
import type { OrderState } from '../model/order-terms.ts'
import { afterOrder, noPrice, priced, slippedFor, type FillContext, type PriceAttempt } from './fill-attempt.ts'
import { canFillNow, hasExtendedFeed } from './fill-hours.ts'
import { touched } from './immediate-fills.ts'
import { hasFeed, sideOf, tradedBar, userFeeds, type Side } from './price-source.ts'
import { judgeAge } from './stale-price.ts'

/**
 * Fills of the equity model: market orders at the best price of their side, limits and stops on trades alone; a limit is
 * strict and grants a favourable open, a stop is inclusive and suffers an unfavourable one.
 */
export function equityMarket(order: OrderState, context: FillContext): PriceAttempt {
  if (!isOpenFor(context, false)) return noPrice(order)
  const { market, model } = context
  const best = bestPrice(order, context)
  const age = judgeAge(market, order.terms, { endMs: best.endMs, spanMs: model.stalePriceSpanMs })
  if (age === 'wait') return noPrice(order)
  const price = slippedFor(order, best.price, context)
  return age === 'warn' ? { order, quotation: { price, warning: 'stale-price' } } : priced(order, price)
}

export function equityLimit(order: OrderState, context: FillContext): PriceAttempt {
  const { limitPrice, quantity } = order.terms
  const bar = restingBar(order, context, hasExtendedFeed(context.market, true))
  if (!bar || !limitPrice) return noPrice(order)
  if (sign(quantity) > 0) {
    return compare(bar.low, limitPrice) < 0 ? priced(order, minimum(bar.open, limitPrice)) : noPrice(order)
  }
  return compare(bar.high, limitPrice) > 0 ? priced(order, maximum(bar.open, limitPrice)) : noPrice(order)
}

export function equityStop(order: OrderState, context: FillContext): PriceAttempt {
  const bar = restingBar(order, context, false)
  const { stopPrice } = order
  if (!bar || !stopPrice) return noPrice(order)
  if (sign(order.terms.quantity) > 0) {
    if (compare(bar.high, stopPrice) < 0) return noPrice(order)
    return priced(order, slippedFor(order, maximum(bar.open, stopPrice), context))
  }
  if (compare(bar.low, stopPrice) > 0) return noPrice(order)
  return priced(order, slippedFor(order, minimum(bar.open, stopPrice), context))
}

export function equityTouched(order: OrderState, context: FillContext): PriceAttempt {
  const { limitPrice, quantity } = order.terms
  const bar = restingBar(order, context, hasExtendedFeed(context.market, true))
  if (!bar || !limitPrice) return noPrice(order)
  const next = touched(order, bar)
  if (!next.isTriggered) return noPrice(next)
  const { price } = bestPrice(order, context)
  if (sign(quantity) > 0) {
    return compare(price, limitPrice) <= 0 ? priced(next, minimum(price, limitPrice)) : noPrice(next)
  }
  return compare(price, limitPrice) >= 0 ? priced(next, maximum(price, limitPrice)) : noPrice(next)
}

interface Candidate {
  readonly price: Decimal
  readonly endMs: number
}

/**
 * Best-effort price of a side: quote tick, quote bar, trade tick, trade bar, the first that is not stale; one further down
 * counts only when newer than those before it. All stale: the newest. Throws `E_DATA_MISSING` without any.
 */
export function bestPrice(order: OrderState, { market, security, model }: FillContext): Candidate {
  const side = sideOf(order.terms.quantity)
  const oldestMs = order.terms.createdMs - model.stalePriceSpanMs
  let newest: Candidate | undefined
  for (const candidate of candidates(market, side)) {
    if (newest && candidate.endMs <= newest.endMs) continue
    if (candidate.endMs >= oldestMs) return candidate
    newest = candidate
  }
  if (newest) return newest
  throw new QmtlError('E_DATA_MISSING', `order ${order.terms.id} finds no price of ${security.id} among its feeds`, {
    hint: 'subscribe to ticks, quote bars or trade bars of the instrument',
  })
}

function candidates(market: MarketView, side: Side): readonly Candidate[] {
  const asked = userFeeds(market.feeds)
  const hasTicks = hasFeed(asked, 'tick')
  const { quoteBar, tradeBar } = market
  return [
    hasTicks ? quoteTick(market.ticks, side) : undefined,
    hasFeed(asked, 'quote-bar') && quoteBar && !isZero(quoteBar[side].close)
      ? { price: quoteBar[side].close, endMs: quoteBar.endMs }
      : undefined,
    hasTicks ? tradeTick(market.ticks) : undefined,
    hasFeed(asked, 'trade-bar') && tradeBar ? { price: tradeBar.close, endMs: tradeBar.endMs } : undefined,
  ].filter((candidate) => candidate !== undefined)
}

function quoteTick(ticks: readonly MarketTick[] | undefined, side: Side): Candidate | undefined {
  const tick = ticks?.findLast((one) => one.kind === 'quote' && sign(one[side]) > 0)
  return tick?.kind === 'quote' ? { price: tick[side], endMs: tick.atMs } : undefined
}

function tradeTick(ticks: readonly MarketTick[] | undefined): Candidate | undefined {
  const tick = ticks?.findLast(({ kind }) => kind === 'trade')
  return tick?.kind === 'trade' ? { price: tick.price, endMs: tick.atMs } : undefined
}

function restingBar(order: OrderState, context: FillContext, extended: boolean): PriceSpan | undefined {
  return isOpenFor(context, extended) ? afterOrder(tradedBar(context.market), order) : undefined
}

function isOpenFor({ market, nowMs }: FillContext, extended: boolean): boolean {
  return canFillNow(market, nowMs, { extended, tradesOnly: true })
}
