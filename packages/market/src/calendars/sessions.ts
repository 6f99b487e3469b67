import { dayMs, formatDay, parseDay, weekdayOf, yearOfDay, yearOfInstant, type CivilDay } from './civil-date.ts'
import type { DayChange, SegmentState } from './day-hours.ts'
import type { ExchangeCalendar } from './exchange-calendar.ts'
import { countUpTo, type HoursOptions } from './open-hours.ts'
import type { YearHours } from './year-hours.ts'

/** Open hours `[openMs, closeMs)` of one kind, epoch milliseconds. */
export interface SessionSegment {
  readonly state: SegmentState
  readonly openMs: number
  readonly closeMs: number
}

/** One trading day of an exchange; times are epoch milliseconds. */
export interface Session {
  /** `YYYY-MM-DD` on the exchange's clock. A session that opens in the evening has the date of the day it closes on. */
  readonly date: string
  /** Calendar, date and what is special: `XNYS 2024-11-29 (early close: Day after Thanksgiving)`. */
  readonly label: string
  /** First open and last close of the regular hours, `[openMs, closeMs)` with breaks in between; of all hours where none are regular. */
  readonly openMs: number
  readonly closeMs: number
  /** False where a date has only extended hours, as index futures on some Good Fridays. */
  readonly hasRegularHours: boolean
  /** First open and last close of all hours. */
  readonly extendedOpenMs: number
  readonly extendedCloseMs: number
  /** Ascending, never overlapping. */
  readonly segments: readonly SessionSegment[]
}

/**
 * The session that an instant belongs to, its breaks included: between the first open and the last close of its regular hours,
 * with `extended` of all its hours. Throws `E_INVALID_DATA` outside the known years.
 */
export function sessionAt(calendar: ExchangeCalendar, epochMs: number, options?: HoursOptions): Session | undefined {
  const found = lastSessionUpTo(calendar, epochMs)
  if (!found) return undefined
  const extended = options?.extended === true
  return covers(found, epochMs, epochMs + 1, extended) ? found : undefined
}

/**
 * Sessions whose hours, breaks included, overlap `[fromMs, toMs)`, ascending; without `extended` those that do so with their regular
 * hours. Throws `E_INVALID_DATA` outside the known years.
 */
export function sessionsBetween(
  calendar: ExchangeCalendar,
  fromMs: number,
  toMs: number,
  options?: HoursOptions,
): readonly Session[] {
  if (fromMs >= toMs) return []
  const extended = options?.extended === true
  const found: Session[] = []
  // Asked for first, so that an unknown year is refused and not skipped.
  calendar.hoursOfYear(yearOfInstant(fromMs))
  const firstYear = Math.max(calendar.firstYear, yearOfInstant(fromMs) - 1)
  for (let year = firstYear; year <= yearOfInstant(toMs - 1); year++) {
    const hours = calendar.hoursOfYear(year)
    for (let index = firstEndingAfter(hours, fromMs); index < hours.sessionDay.length; index++) {
      const session = sessionOf(calendar, hours, index)
      if (session.extendedOpenMs >= toMs) break
      if (covers(session, fromMs, toMs, extended)) found.push(session)
    }
  }
  return found
}

/** The session of a date `YYYY-MM-DD`, also one of extended hours alone, or nothing where there is none. Throws `E_INVALID_TIME` and, outside the known years, `E_INVALID_DATA`. */
export function sessionOn(calendar: ExchangeCalendar, date: string): Session | undefined {
  const day = parseDay(date)
  calendar.hoursOfYear(yearOfDay(day))
  for (const hours of hoursAround(calendar, day)) {
    const index = countUpTo(hours.sessionDay, day) - 1
    if (hours.sessionDay[index] === day) return sessionOf(calendar, hours, index)
  }
  return undefined
}

/**
 * How many sessions have a date within `[fromDate, toDate)`, both `YYYY-MM-DD`: those with regular hours, with `extended` also
 * those without. Throws like `sessionOn`.
 */
export function countSessions(
  calendar: ExchangeCalendar,
  fromDate: string,
  toDate: string,
  options?: HoursOptions,
): number {
  const fromDay = parseDay(fromDate)
  const lastDay = parseDay(toDate) - 1
  if (lastDay < fromDay) return 0
  const [firstYear, lastYear] = [yearOfDay(fromDay), yearOfDay(lastDay)]
  calendar.hoursOfYear(firstYear)
  calendar.hoursOfYear(lastYear)
  let count = 0
  for (let year = Math.max(firstYear - 1, calendar.firstYear); year <= lastYear + 1; year++) {
    if (year > calendar.lastYear) break
    const hours = calendar.hoursOfYear(year)
    const days = options?.extended === true ? hours.sessionDay : hours.regularDay
    count += countUpTo(days, lastDay) - countUpTo(days, fromDay - 1)
  }
  return count
}

/**
 * Why a date `YYYY-MM-DD` differs from an ordinary trading day: `closed: Thanksgiving Day`, `early close: Christmas Eve`, `no session
 * on a Saturday`; nothing on an ordinary day. Throws like `sessionOn`.
 */
export function describeDate(calendar: ExchangeCalendar, date: string): string | undefined {
  const session = sessionOn(calendar, date)
  const day = parseDay(date)
  const change = changeOn(calendar, day)
  if (session) return change && kindOf(change)
  return change?.closed ? `closed: ${change.name}` : `no session on a ${weekdayNames[weekdayOf(day)]}`
}

const weekdayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

function changeOn(calendar: ExchangeCalendar, day: CivilDay): DayChange | undefined {
  return calendar.changesIn(yearOfDay(day)).get(day)
}

function kindOf({ name, closeMinute, openMinute }: DayChange): string {
  const kinds = [
    ...(openMinute === undefined ? [] : ['late open']),
    ...(closeMinute === undefined ? [] : ['early close']),
  ]
  return `${kinds.join(' and ')}: ${name}`
}

/** A session opens in the year of its date on the UTC clock, or in one beside it. */
function hoursAround(calendar: ExchangeCalendar, day: CivilDay): readonly YearHours[] {
  const years = new Set([day - 2, day, day + 2].map((near) => yearOfInstant(near * dayMs)))
  return [...years]
    .filter((year) => year >= calendar.firstYear && year <= calendar.lastYear)
    .map((year) => calendar.hoursOfYear(year))
}

function lastSessionUpTo(calendar: ExchangeCalendar, epochMs: number): Session | undefined {
  const year = yearOfInstant(epochMs)
  const hours = calendar.hoursOfYear(year)
  const index = lastOpeningUpTo(hours, epochMs)
  if (index >= 0) return sessionOf(calendar, hours, index)
  if (year === calendar.firstYear) return undefined
  const before = calendar.hoursOfYear(year - 1)
  return before.sessionDay.length === 0 ? undefined : sessionOf(calendar, before, before.sessionDay.length - 1)
}

function lastOpeningUpTo(hours: YearHours, epochMs: number): number {
  const segment = countUpTo(hours.segmentOpenMs, epochMs) - 1
  return countUpTo(hours.firstSegment, segment) - 1
}

function firstEndingAfter(hours: YearHours, epochMs: number): number {
  const segment = countUpTo(hours.segmentCloseMs, epochMs)
  return countUpTo(hours.firstSegment, segment) - 1
}

function covers(session: Session, fromMs: number, toMs: number, extended: boolean): boolean {
  if (extended) return session.extendedOpenMs < toMs && session.extendedCloseMs > fromMs
  return session.hasRegularHours && session.openMs < toMs && session.closeMs > fromMs
}

function sessionOf(calendar: ExchangeCalendar, hours: YearHours, index: number): Session {
  const day = hours.sessionDay[index]!
  const segments: SessionSegment[] = []
  for (let at = hours.firstSegment[index]!; at < hours.firstSegment[index + 1]!; at++) {
    segments.push({
      state: hours.segmentState[at]!,
      openMs: hours.segmentOpenMs[at]!,
      closeMs: hours.segmentCloseMs[at]!,
    })
  }
  const regular = segments.filter(({ state }) => state === 'regular')
  const main = regular.length === 0 ? segments : regular
  const change = changeOn(calendar, day)
  const date = formatDay(day)
  return {
    date,
    label: `${calendar.id} ${date}${change ? ` (${kindOf(change)})` : ''}`,
    openMs: main[0]!.openMs,
    closeMs: main.at(-1)!.closeMs,
    hasRegularHours: regular.length > 0,
    extendedOpenMs: segments[0]!.openMs,
    extendedCloseMs: segments.at(-1)!.closeMs,
    segments,
  }
}
