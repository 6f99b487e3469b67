import { QmtlError } from '@qmtl/contracts'
import type { MarketTick, PriceSpan, TradeTick } from '../model/market-view.ts'
import type { OrderState } from '../model/order-terms.ts'
import { bestPrice } from './equity-fills.ts'
import { afterOrder, noPrice, priced, slippedFor, type FillContext, type PriceAttempt } from './fill-attempt.ts'
import { canFillNow } from './fill-hours.ts'
import { pricesFor } from './immediate-fills.ts'
import { hasFeed, tradedBar, userFeeds } from './price-source.ts'

const hourMs = 3_600_000
const graceMs = 60_000

/** At the open of the first bar of the next session. Throws `E_INVALID_PARAMETER` on an always-open market. */
export function marketOnOpen(order: OrderState, context: FillContext): PriceAttempt {
  refuseAlwaysOpen(order, context)
  if (context.model.kind !== 'equity') return defaultOpen(order, context)
  return hasTicks(context) ? openingPrint(order, context) : equityOpen(order, context)
}

/**
 * At the close of the session that the order waits for, once that has come; the newest data serves however old it is. Throws
 * `E_INVALID_PARAMETER` on an always-open market.
 */
export function marketOnClose(order: OrderState, context: FillContext): PriceAttempt {
  refuseAlwaysOpen(order, context)
  const { market, nowMs, model } = context
  const closeMs = market.hours.nextClose(order.terms.createdMs, false)
  if (nowMs < closeMs) return noPrice(order)
  if (model.kind === 'equity') return equityClose(order, context, closeMs)
  const prices = pricesFor(order, context)
  return prices ? priced(order, slippedFor(order, prices.close, context)) : noPrice(order)
}

function defaultOpen(order: OrderState, context: FillContext): PriceAttempt {
  const prices = afterOrder(pricesFor(order, context), order)
  if (!prices || isSameDay(order, context, context.nowMs) || !isOpenFor(context)) return noPrice(order)
  return priced(order, slippedFor(order, prices.open, context))
}

function equityOpen(order: OrderState, context: FillContext): PriceAttempt {
  const bar = afterOrder(tradedBar(context.market), order)
  if (!bar || !isOpeningBar(bar, order, context)) return noPrice(order)
  return priced(order, slippedFor(order, bar.open, context))
}

function isOpeningBar(bar: PriceSpan, order: OrderState, context: FillContext): boolean {
  if (bar.startMs < order.terms.createdMs || isSameDay(order, context, bar.endMs)) return false
  if (bar.endMs - bar.startMs < hourMs && !context.market.hours.isOpen(bar.startMs, false)) return false
  return isOpenFor(context)
}

/** The official opening print of the next session; after a minute without one its first print. */
function openingPrint(order: OrderState, context: FillContext): PriceAttempt {
  const { market, nowMs } = context
  const openMs = market.hours.nextOpen(order.terms.createdMs, false)
  if (nowMs < openMs) return noPrice(order)
  const prints = tradesSince(market.ticks, openMs)
  const print = prints.find(({ auction }) => auction === 'open') ?? (nowMs >= openMs + graceMs ? prints[0] : undefined)
  return print ? priced(order, slippedFor(order, print.price, context)) : noPrice(order)
}

function equityClose(order: OrderState, context: FillContext, closeMs: number): PriceAttempt {
  const { market, nowMs } = context
  if (hasTicks(context)) {
    const official = tradesSince(market.ticks, order.terms.createdMs).find(({ auction }) => auction === 'close')
    const last = market.ticks?.findLast((tick): tick is TradeTick => tick.kind === 'trade')
    const print = official ?? (nowMs >= closeMs + graceMs ? last : undefined)
    return print ? priced(order, slippedFor(order, print.price, context)) : noPrice(order)
  }
  const isTraded = hasFeed(userFeeds(market.feeds), 'trade-bar')
  if (isTraded && !market.tradeBar) return noPrice(order)
  const price = isTraded && market.tradeBar ? market.tradeBar.close : bestPrice(order, context).price
  return priced(order, slippedFor(order, price, context))
}

/** An order sent within the regular session waits for the next date. */
function isSameDay({ terms }: OrderState, { market }: FillContext, atMs: number): boolean {
  const { hours } = market
  return hours.isOpen(terms.createdMs, false) && hours.localDay(atMs) <= hours.localDay(terms.createdMs)
}

function tradesSince(ticks: readonly MarketTick[] | undefined, sinceMs: number): readonly TradeTick[] {
  return (ticks ?? []).filter((tick): tick is TradeTick => tick.kind === 'trade' && tick.atMs >= sinceMs)
}

function hasTicks({ market }: FillContext): boolean {
  return hasFeed(userFeeds(market.feeds), 'tick')
}

function isOpenFor({ market, nowMs, model }: FillContext): boolean {
  return canFillNow(market, nowMs, { extended: false, tradesOnly: model.kind === 'equity' })
}

function refuseAlwaysOpen({ terms }: OrderState, { market, security }: FillContext): void {
  if (!market.hours.isAlwaysOpen) return
  throw new QmtlError('E_INVALID_PARAMETER', `order ${terms.id} waits for an auction; ${security.id} never closes`)
}
