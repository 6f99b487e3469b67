import { dayMs, minuteMs, minutesPerDay, type CivilDay } from './civil-date.ts'
import type { ExchangeCalendar } from './exchange-calendar.ts'
import { visitOpenSpans, type HoursOptions } from './open-hours.ts'

/** The exchange's local date at an instant, in days since 1970-01-01. */
export function localDayAt(calendar: ExchangeCalendar, epochMs: number): CivilDay {
  return Math.floor(calendar.clock.localMsOf(epochMs) / dayMs)
}

/** What the exchange's clock shows at an instant, in milliseconds since midnight, 0 to 86,399,999. */
export function localTimeAt(calendar: ExchangeCalendar, epochMs: number): number {
  const localMs = calendar.clock.localMsOf(epochMs)
  return localMs - Math.floor(localMs / dayMs) * dayMs
}

/**
 * Epoch milliseconds UTC at which the exchange's clock shows this time of a day, in milliseconds since midnight (86,400,000 is the
 * next midnight). A time that the spring change skips maps forward, one that occurs twice to the first.
 */
export function instantOnDay(calendar: ExchangeCalendar, day: CivilDay, timeMs: number): number {
  return calendar.clock.instantOf(day * minutesPerDay + timeMs / minuteMs)
}

/**
 * First open and last close, epoch milliseconds, of the hours that lie on a local day, regular ones or with `extended` any; breaks
 * between them are ignored. The evening of a session that opens the day before counts for the day on which it lies; what runs over
 * midnight begins or ends there. Nothing on a closed day. Throws `E_INVALID_DATA` outside the known years.
 */
export function hoursOnDay(
  calendar: ExchangeCalendar,
  day: CivilDay,
  options?: HoursOptions,
): { readonly openMs: number; readonly closeMs: number } | undefined {
  const fromMs = instantOnDay(calendar, day, 0)
  const toMs = instantOnDay(calendar, day, dayMs)
  let found: { openMs: number; closeMs: number } | undefined
  visitOpenSpans(calendar, { fromMs, toMs, extended: options?.extended === true }, (openMs, closeMs) => {
    found ??= { openMs: Math.max(openMs, fromMs), closeMs }
    found.closeMs = Math.min(closeMs, toMs)
  })
  return found
}
