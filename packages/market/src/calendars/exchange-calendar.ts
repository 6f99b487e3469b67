import { QmtlError } from '@qmtl/contracts'
import type { CalendarTerms } from './calendar-terms.ts'
import type { CivilDay } from './civil-date.ts'
import type { DayChange } from './day-hours.ts'
import { buildYearHours, type YearHours } from './year-hours.ts'
import type { ZoneClock } from './zone-clock.ts'

/**
 * When an exchange trades. Ask it with `isOpen`, `nextOpen`, `nextClose`, `sessionAt`, `sessionsBetween` and their like; all take
 * and give epoch milliseconds UTC, and spans are half-open. Hours are worked out year by year on first use and kept.
 */
export interface ExchangeCalendar {
  readonly id: string
  /** The market in words. */
  readonly title: string
  /** IANA zone of the exchange's wall clock. */
  readonly timeZone: string
  /** Days by which daily figures are annualised. */
  readonly daysPerYear: 252 | 365
  /** First and last year with known sessions. */
  readonly firstYear: number
  readonly lastYear: number
  /** The exchange's wall clock. */
  readonly clock: ZoneClock
  /** Hours of the sessions that open within a year on the UTC clock. Throws `E_INVALID_DATA` outside the known years. */
  readonly hoursOfYear: (year: number) => YearHours
  /** What is special about the dates of a year. Throws `E_INVALID_DATA` outside the known years. */
  readonly changesIn: (year: number) => ReadonlyMap<CivilDay, DayChange>
}

export function createExchangeCalendar(terms: CalendarTerms, clock: ZoneClock): ExchangeCalendar {
  const { id, title, timeZone, daysPerYear, years } = terms
  const hours: YearHours[] = []
  const changes: ReadonlyMap<CivilDay, DayChange>[] = []

  function changesIn(year: number): ReadonlyMap<CivilDay, DayChange> {
    const known = changes[year - years.first]
    if (known) return known
    refuseUnknownYear(terms, year)
    return (changes[year - years.first] = terms.changesIn(year))
  }

  function hoursOfYear(year: number): YearHours {
    const known = hours[year - years.first]
    if (known) return known
    refuseUnknownYear(terms, year)
    return (hours[year - years.first] = buildYearHours(year, { terms, clock, changesIn }))
  }

  return {
    id,
    title,
    timeZone,
    daysPerYear,
    firstYear: years.first,
    lastYear: years.last,
    clock,
    hoursOfYear,
    changesIn,
  }
}

function refuseUnknownYear({ id, years }: CalendarTerms, year: number): void {
  if (year >= years.first && year <= years.last) return
  throw new QmtlError('E_INVALID_DATA', `calendar ${id} knows the years ${years.first} to ${years.last}, not ${year}`, {
    details: { calendar: id, year, first_year: years.first, last_year: years.last },
    hint: `ask for a time within these years; ${years.reason}`,
  })
}
