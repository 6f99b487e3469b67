import { QmtlError, suggestName } from '@qmtl/contracts'
import { isExchangeId } from './calendar-ids.ts'

/** When a market trades, on the UTC clock. Sessions of this table never cross UTC midnight. */
export interface Calendar {
  readonly id: string
  /** First open minute of the UTC day, inclusive. */
  readonly openMinute: number
  /** Last open minute of the UTC day, exclusive. */
  readonly closeMinute: number
  /** Weekdays with a session, Sunday is 0. */
  readonly weekdays: readonly number[]
  /** UTC dates `MM-DD` without a session, every year. */
  readonly holidays: readonly string[]
}

const dayMs = 86_400_000

/** Always open: a session is a UTC day. */
const alwaysOpen: Calendar = {
  id: '24/7',
  openMinute: 0,
  closeMinute: 24 * 60,
  weekdays: [0, 1, 2, 3, 4, 5, 6],
  holidays: [],
}

/** Sessions of the synthetic equities: weekdays 14:30 to 21:00 UTC all year, nine fixed holidays. */
const syntheticSessions: Calendar = {
  id: 'sim-sessions',
  openMinute: 14 * 60 + 30,
  closeMinute: 21 * 60,
  weekdays: [1, 2, 3, 4, 5],
  holidays: ['01-01', '01-15', '02-19', '03-29', '05-27', '07-04', '09-02', '11-28', '12-25'],
}

const calendars: readonly Calendar[] = [alwaysOpen, syntheticSessions]

/**
 * The calendar with this id, one that keeps its hours on the UTC clock. Throws `E_INVALID_DATA` for any other: the calendars of
 * exchanges are loaded by `loadCalendar`.
 */
export function findCalendar(id: string): Calendar {
  const calendar = calendars.find((known) => known.id === id)
  if (calendar) return calendar
  if (isExchangeId(id)) {
    throw new QmtlError('E_INVALID_DATA', `the hours of ${id} follow a wall clock and are not here as hours of UTC`, {
      hint: `load it with loadCalendar('${id}')`,
    })
  }
  const known = calendars.map((entry) => entry.id)
  throw new QmtlError('E_INVALID_DATA', `'${id}' is not a known calendar; ${suggestName(id, known)}`)
}

/** True where the UTC day that begins at `dayStartMs` has a session. */
export function hasSession(calendar: Calendar, dayStartMs: number): boolean {
  // 1970-01-01 was a Thursday.
  const weekday = (((Math.floor(dayStartMs / dayMs) + 4) % 7) + 7) % 7
  if (!calendar.weekdays.includes(weekday)) return false
  return calendar.holidays.length === 0 || !calendar.holidays.includes(utcDate(dayStartMs).slice(5))
}

function utcDate(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10)
}
