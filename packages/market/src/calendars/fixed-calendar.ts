import { findCalendar } from './calendar.ts'
import { createExchangeCalendar, type ExchangeCalendar } from './exchange-calendar.ts'
import { termsOfFixed } from './fixed-terms.ts'
import { utcClock } from './zone-clock.ts'

const opened = new Map<string, ExchangeCalendar>()

/**
 * A calendar that keeps its hours on the UTC clock, `24/7` or `sim-sessions`, without the wait that zones of others need. Throws
 * `E_INVALID_DATA` for any other.
 */
export function fixedCalendar(id: string): ExchangeCalendar {
  const calendar = opened.get(id) ?? createExchangeCalendar(termsOfFixed(findCalendar(id)), utcClock)
  opened.set(id, calendar)
  return calendar
}
