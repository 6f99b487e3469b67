import { QmtlError } from '@qmtl/contracts'

/** A date as a number: whole days since 1970-01-01 of the Gregorian calendar, in no time zone. */
export type CivilDay = number

/** Sunday is 0. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6

export const dayMs = 86_400_000
export const minuteMs = 60_000
export const minutesPerDay = 1440

const daysPerWeek = 7
const meanYearMs = 365.2425 * dayMs
// 1970-01-01 was a Thursday.
const weekdayOfEpoch = 4

/** The day of a date; `month` is 1 to 12. */
export function dayOf(year: number, month: number, day: number): CivilDay {
  return Date.UTC(year, month - 1, day) / dayMs
}

export function weekdayOf(day: CivilDay): Weekday {
  const weekday = (((day + weekdayOfEpoch) % daysPerWeek) + daysPerWeek) % daysPerWeek
  return weekday as Weekday
}

export function yearOfDay(day: CivilDay): number {
  return yearOfInstant(day * dayMs)
}

/** `YYYY-MM-DD`. */
export function formatDay(day: CivilDay): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

/** The day of `YYYY-MM-DD`, or nothing where the text is no date or the month has no such day. */
export function readDay(text: string): CivilDay | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const day = Date.parse(`${text}T00:00:00Z`) / dayMs
  return Number.isFinite(day) && formatDay(day) === text ? day : undefined
}

/** The day of `YYYY-MM-DD`. Throws `E_INVALID_TIME`. */
export function parseDay(text: string): CivilDay {
  const day = readDay(text)
  if (day !== undefined) return day
  throw new QmtlError('E_INVALID_TIME', `'${text}' is not a date`, { hint: 'write it like 2024-01-31' })
}

/** Midnight UTC of 1 January, by arithmetic alone: it is asked on every lookup. */
export function startOfYearMs(year: number): number {
  const leapDays = Math.floor((year - 1969) / 4) - Math.floor((year - 1901) / 100) + Math.floor((year - 1601) / 400)
  return (365 * (year - 1970) + leapDays) * dayMs
}

/** Year of an instant on the UTC clock. */
export function yearOfInstant(epochMs: number): number {
  const guess = 1970 + Math.floor(epochMs / meanYearMs)
  if (epochMs < startOfYearMs(guess)) return guess - 1
  return epochMs < startOfYearMs(guess + 1) ? guess : guess + 1
}
