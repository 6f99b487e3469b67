import { isZero, minus, times, ZERO, type Decimal } from '@qmtl/contracts'
import type { Position } from '../ledger/book.ts'
import type { CashMovement } from '../model/money.ts'
import type { Security } from '../model/security.ts'
import type { TradingHours } from '../model/trading-hours.ts'

/** A position of a future at an instant. */
export interface MarkedPosition {
  readonly position: Position
  readonly security: Pick<Security, 'id' | 'quoteCurrency'>
  readonly price: Decimal
  readonly hours: Pick<TradingHours, 'localDay'>
  readonly nowMs: number
  /** Local day of the last mark, as the last call gave it; absent: the day on which the position was opened. */
  readonly markedDay?: number
}

/** What moves, if anything, and the local day to remember, in days since 1970-01-01. */
export interface Marked {
  readonly movements: readonly CashMovement[]
  readonly markedDay: number
}

/**
 * Daily mark to market: the first call on a new local date of the exchange moves (price − average price) × quantity × multiplier,
 * less what was settled already, in quote currency; exact, positive is received. Any other call moves nothing, and neither does one
 * without a price (zero), after which the date is still to be marked.
 */
export function markToMarket({ position, security, price, hours, nowMs, markedDay }: MarkedPosition): Marked {
  const today = hours.localDay(nowMs)
  const since = markedDay ?? hours.localDay(position.openedMs)
  if (today <= since || isZero(price)) return { movements: [], markedDay: since }
  const profit = times(times(minus(price, position.averagePrice), position.quantity), position.multiplier)
  const amount = minus(profit, position.settledProfit ?? ZERO)
  const movement = { currency: security.quoteCurrency, amount, reason: 'daily-settlement', atMs: nowMs } as const
  return { movements: [{ ...movement, instrument: security.id }], markedDay: today }
}
