import { dayMs, formatDay, minutesPerDay, parseDay } from './civil-date.ts'
import type { ExchangeCalendar } from './exchange-calendar.ts'
import { visitOpenSpans, type HoursOptions } from './open-hours.ts'

/** What the wall clock of an exchange shows. */
export interface WallClockTime {
  /** `YYYY-MM-DD`. */
  readonly date: string
  /** Milliseconds since midnight as the clock shows them, 0 to 86,399,999; on a day of a clock change not time gone by. */
  readonly msOfDay: number
}

/** The exchange's local date and time at an instant in epoch milliseconds UTC. */
export function wallClockAt(calendar: ExchangeCalendar, epochMs: number): WallClockTime {
  const localMs = calendar.clock.localMsOf(epochMs)
  const day = Math.floor(localMs / dayMs)
  return { date: formatDay(day), msOfDay: localMs - day * dayMs }
}

/**
 * Epoch milliseconds UTC at which the exchange's clock shows the date `YYYY-MM-DD` and this many minutes after midnight (1440 is the
 * next midnight). A time that the spring change skips maps forward, one that occurs twice to the first. Throws `E_INVALID_TIME`.
 */
export function instantOnDate(calendar: ExchangeCalendar, date: string, minuteOfDay: number): number {
  return calendar.clock.instantOf(parseDay(date) * minutesPerDay + minuteOfDay)
}

/** The date `YYYY-MM-DD` so many days later, or earlier where negative. Throws `E_INVALID_TIME`. */
export function addDays(date: string, days: number): string {
  return formatDay(parseDay(date) + days)
}

/**
 * True where the local day `YYYY-MM-DD` has regular hours, with `extended` any hours. The evening of a session that opens the day
 * before counts for the day on which it lies. Throws `E_INVALID_TIME` and, outside the known years, `E_INVALID_DATA`.
 */
export function isDateOpen(calendar: ExchangeCalendar, date: string, options?: HoursOptions): boolean {
  return lastCloseOn(calendar, date, options) !== undefined
}

/**
 * The end of the last hours of the local day `YYYY-MM-DD`, regular ones or with `extended` any, whatever breaks lie before it;
 * hours that run past midnight end at midnight, which is 00:00 of the next date. Nothing on a closed day. Throws like `isDateOpen`.
 */
export function lastCloseOn(calendar: ExchangeCalendar, date: string, options?: HoursOptions): number | undefined {
  const fromMs = instantOnDate(calendar, date, 0)
  const toMs = instantOnDate(calendar, date, minutesPerDay)
  let lastMs: number | undefined
  visitOpenSpans(calendar, { fromMs, toMs, extended: options?.extended === true }, (_, closeMs) => {
    lastMs = Math.min(closeMs, toMs)
  })
  return lastMs
}
