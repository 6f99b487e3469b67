import type { OrderTerms } from '../model/order-terms.ts'
import type { Security, SecurityClass } from '../model/security.ts'
import type { TradingHours } from '../model/trading-hours.ts'

const dayMs = 86_400_000
const fiveInTheAfternoonMs = 17 * 3_600_000
const searchDays = 15

/** The wall clocks that an order lives by. */
export interface OrderClocks {
  readonly hours: TradingHours
  /** Of New York, where the day of forex and cfds ends; default: the clock of the exchange. */
  readonly newYork?: Pick<TradingHours, 'localDay' | 'localTimeMs' | 'instantOf'>
}

/**
 * The instant from which on an order is over, epoch milliseconds UTC; undefined for one that lasts. `DAY` ends with the
 * regular session (equities and their like), at 17:00 New York (forex, cfd) or with the date (crypto); `GTD` does so on its
 * last date. Auction orders know no last date.
 */
export function expiryOf(
  terms: OrderTerms,
  security: Pick<Security, 'assetClass'>,
  clocks: OrderClocks,
): number | undefined {
  const { timeInForce, goodTillMs, type } = terms
  if (timeInForce === 'DAY') return endOfDay(terms.createdMs, security.assetClass, clocks)
  const isAuction = type === 'market_on_open' || type === 'market_on_close'
  if (timeInForce !== 'GTD' || goodTillMs === undefined || isAuction) return undefined
  return endOfDate(terms.createdMs, goodTillMs, { assetClass: security.assetClass, clocks })
}

/** True once an order's time is over at `nowMs`; what it has filled stands. */
export function isExpired(
  terms: OrderTerms,
  security: Pick<Security, 'assetClass'>,
  at: { readonly clocks: OrderClocks; readonly nowMs: number },
): boolean {
  if (terms.timeInForce === 'GTC') return false
  const expiryMs = expiryOf(terms, security, at.clocks)
  return expiryMs !== undefined && at.nowMs >= expiryMs
}

function endOfDay(createdMs: number, assetClass: SecurityClass, clocks: OrderClocks): number | undefined {
  const { hours, newYork = hours } = clocks
  switch (dayOf(assetClass)) {
    case 'new-york': {
      const isAfter = newYork.localTimeMs(createdMs) > fiveInTheAfternoonMs
      return newYork.instantOf(newYork.localDay(createdMs) + (isAfter ? 1 : 0), fiveInTheAfternoonMs)
    }
    case 'date':
      return hours.instantOf(hours.localDay(createdMs) + 1, 0)
    case 'session':
      return closeFrom(hours, hours.localDay(createdMs), createdMs)
  }
}

function endOfDate(
  createdMs: number,
  goodTillMs: number,
  { assetClass, clocks }: { readonly assetClass: SecurityClass; readonly clocks: OrderClocks },
): number | undefined {
  const { hours, newYork = hours } = clocks
  switch (dayOf(assetClass)) {
    case 'new-york': {
      const date = newYork.localDay(goodTillMs)
      const isLate = Math.floor(createdMs / dayMs) === date && newYork.localTimeMs(createdMs) > fiveInTheAfternoonMs
      return newYork.instantOf(date + (isLate ? 1 : 0), fiveInTheAfternoonMs)
    }
    case 'date':
      return hours.instantOf(hours.localDay(goodTillMs) + 1, 0)
    case 'session':
      return closeFrom(hours, hours.localDay(goodTillMs), Number.NEGATIVE_INFINITY)
  }
}

function dayOf(assetClass: SecurityClass): 'session' | 'new-york' | 'date' {
  if (assetClass === 'forex' || assetClass === 'cfd') return 'new-york'
  return assetClass === 'crypto' || assetClass === 'cryptoFuture' ? 'date' : 'session'
}

/** The first last close of a day, from this day on, that is not before an instant. */
function closeFrom(hours: TradingHours, fromDay: number, atMs: number): number | undefined {
  for (let day = fromDay; day <= fromDay + searchDays; day++) {
    const close = hours.lastClose(day, false)
    if (close !== undefined && close >= atMs) return close
  }
  return undefined
}
