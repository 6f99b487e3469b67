import type { MarketView } from '../model/market-view.ts'
import { hasFeed, isCoarse, userFeeds } from './price-source.ts'

/**
 * What a market order does with prices that ended at `endMs`: `fresh` fills, `warn` fills on an old price, `wait` fills on
 * the next bar. Old is more than `spanMs` before the order; a tick feed never waits, hourly and daily data always do.
 */
export function judgeAge(
  market: MarketView,
  order: { readonly createdMs: number },
  price: { readonly endMs: number; readonly spanMs: number },
): 'fresh' | 'warn' | 'wait' {
  if (price.endMs + price.spanMs >= order.createdMs) return 'fresh'
  if (isCoarse(market)) return 'wait'
  if (hasFeed(market.feeds, 'tick')) return 'warn'
  const periods = userFeeds(market.feeds).map(({ resolutionMs }) => resolutionMs)
  return order.createdMs - price.endMs > Math.min(...periods) ? 'wait' : 'warn'
}
