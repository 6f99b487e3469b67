import type { MarketView } from '../model/market-view.ts'
import { newestData, userFeeds } from './price-source.ts'

const hourMs = 3_600_000

/** True where a feed of the instrument carries extended hours; feeds of users are asked first. */
export function hasExtendedFeed({ feeds }: MarketView, usersOnly: boolean): boolean {
  const asked = userFeeds(feeds)
  const decisive = usersOnly || asked.length > 0 ? asked : feeds
  return decisive.some(({ hasExtendedHours }) => hasExtendedHours)
}

/**
 * True where an order can fill now: inside a session, or on the last bar of one. That bar overlaps a session strictly; if
 * longer than an hour it serves until the end of its date, else until its own end. So the bar that ends at the close fills.
 */
export function canFillNow(
  market: MarketView,
  nowMs: number,
  sessions: { readonly extended: boolean; readonly tradesOnly: boolean },
): boolean {
  const { hours } = market
  if (hours.isAlwaysOpen || hours.isOpen(nowMs, sessions.extended)) return true
  const bar = newestData(market, sessions.tradesOnly)
  if (!bar || !hours.isOpenBetween(bar.startMs, bar.endMs, sessions.extended)) return false
  if (bar.endMs - bar.startMs > hourMs) return hours.localDay(nowMs) === hours.localDay(bar.endMs)
  return nowMs <= bar.endMs
}
