import { parseDay, type CivilDay, type Weekday } from './civil-date.ts'
import type { DayChange, LocalSegment } from './day-hours.ts'

/** Weekly hours from a date on: the segments of each weekday's session, ascending. */
export interface Week {
  readonly fromDay: CivilDay
  readonly days: Readonly<Record<Weekday, readonly LocalSegment[]>>
}

/** What makes a calendar: hours of the week and what changes them, on the wall clock of the exchange. */
export interface CalendarTerms {
  readonly id: string
  /** The market in words. */
  readonly title: string
  /** IANA zone of the exchange's wall clock. */
  readonly timeZone: string
  /** Days by which daily figures are annualised. */
  readonly daysPerYear: 252 | 365
  /** Years of the session dates that are known, both inclusive, and why no others are. */
  readonly years: { readonly first: number; readonly last: number; readonly reason: string }
  /** Ascending by `fromDay`; the first one also holds for all days before. */
  readonly weeks: readonly Week[]
  /** Closed days, early closes and late opens whose date lies in a year. */
  readonly changesIn: (year: number) => ReadonlyMap<CivilDay, DayChange>
}

/** A week of five equal days, from `YYYY-MM-DD` on. */
export function weekdaysFrom(fromDate: string, ...segments: readonly LocalSegment[]): Week {
  return {
    fromDay: parseDay(fromDate),
    days: { 0: [], 1: segments, 2: segments, 3: segments, 4: segments, 5: segments, 6: [] },
  }
}
