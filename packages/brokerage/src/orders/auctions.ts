import { formatInstant, type OrderType } from '@qmtl/contracts'
import { isCoarse, userFeeds } from '../fills/price-source.ts'
import type { MarketView } from '../model/market-view.ts'
import type { OrderTerms } from '../model/order-terms.ts'
import type { Refusal, RefusalCode } from '../model/refusal.ts'
import type { Security } from '../model/security.ts'

/** A market on close order is taken until this long before the close: 15 minutes and 30 seconds. */
export const defaultCloseBufferMs = 930_000
const dayMs = 86_400_000

interface Moment {
  readonly market: Pick<MarketView, 'hours' | 'feeds'>
  readonly nowMs: number
  /** Default `defaultCloseBufferMs`. */
  readonly closeBufferMs?: number
}

/** Refuses an auction order that has no auction to wait for, or comes too late for it. */
export function judgeAuction(terms: OrderTerms, moment: Moment): Refusal | undefined {
  if (terms.type === 'market_on_open') return judgeOpening(terms, moment)
  return terms.type === 'market_on_close' ? judgeClosing(terms, moment) : undefined
}

/**
 * The type that a market order takes on: market on open while the regular session is closed (never of futures and their
 * options); in a backtest on daily data alone market on close within the session, and market on open once that is too near.
 */
export function convertedType(
  terms: OrderTerms,
  security: Pick<Security, 'assetClass'>,
  moment: Moment & { readonly isLive: boolean },
): OrderType {
  const { market, nowMs } = moment
  const isFuture = security.assetClass === 'future' || security.assetClass === 'futureOption'
  if (terms.type !== 'market' || market.hours.isAlwaysOpen) return terms.type
  if (!market.hours.isOpen(nowMs, false)) return isFuture ? 'market' : 'market_on_open'
  if (moment.isLive || !isDaily(market)) return 'market'
  return nowMs > lastClosingMs(moment) ? 'market_on_open' : 'market_on_close'
}

function judgeOpening(terms: OrderTerms, { market, nowMs }: Moment): Refusal | undefined {
  if (market.hours.isAlwaysOpen) return refuse(terms, 'marketOnOpenNotAllowed', 'a market that closes')
  if (!market.hours.isOpen(nowMs, false) || isDaily(market)) return undefined
  return refuse(terms, 'marketOnOpenNotAllowedDuringRegularHours', 'a closed regular session', formatInstant(nowMs))
}

function judgeClosing(terms: OrderTerms, moment: Moment): Refusal | undefined {
  if (moment.market.hours.isAlwaysOpen) return refuse(terms, 'marketOnCloseNotAllowed', 'a market that closes')
  const latestMs = lastClosingMs(moment)
  if (moment.nowMs <= latestMs) return undefined
  const limit = `a submission until ${formatInstant(latestMs)}`
  return refuse(terms, 'marketOnCloseOrderTooLate', limit, formatInstant(moment.nowMs))
}

function lastClosingMs({ market, nowMs, closeBufferMs = defaultCloseBufferMs }: Moment): number {
  return market.hours.nextClose(nowMs, false) - closeBufferMs
}

function isDaily({ feeds }: Pick<MarketView, 'feeds'>): boolean {
  const asked = userFeeds(feeds)
  return isCoarse({ feeds }) && asked.every(({ resolutionMs }) => resolutionMs >= dayMs)
}

function refuse(terms: OrderTerms, code: RefusalCode, limit: string, seen = 'always open'): Refusal {
  return {
    code,
    limit,
    seen,
    message: `${terms.type} order ${terms.id} of ${terms.instrument} needs ${limit}; seen ${seen}`,
  }
}
