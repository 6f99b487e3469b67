import { dayOf, parseDay, weekdayOf, yearOfDay, type CivilDay, type Weekday } from './civil-date.ts'
import { minuteOf, type DayChange } from './day-hours.ts'

/** The day on which something falls in a year, or nothing in a year without it. */
export type YearlyDay = (year: number) => CivilDay | undefined

/** What a rule changes in a year. */
export type YearRule = (year: number) => readonly DayChange[]

const sunday = 0

/** The same date every year. */
export function fixedDay(month: number, day: number): YearlyDay {
  return (year) => dayOf(year, month, day)
}

/** The first, second … weekday of a month. */
export function nthWeekday(n: number, weekday: Weekday, month: number): YearlyDay {
  return (year) => {
    const first = dayOf(year, month, 1)
    return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (n - 1)
  }
}

/** The last such weekday of a month. */
export function lastWeekday(weekday: Weekday, month: number): YearlyDay {
  return (year) => {
    const last = dayOf(year, month + 1, 1) - 1
    return last - ((weekdayOf(last) - weekday + 7) % 7)
  }
}

/** Days from Easter Sunday of the Gregorian calendar: −2 is Good Friday. By the anonymous computus (Meeus, Astronomical Algorithms, ch. 8). */
export function easterPlus(days: number): YearlyDay {
  return (year) => {
    const golden = year % 19
    const century = Math.floor(year / 100)
    const yearOfCentury = year % 100
    const moonShift = Math.floor((century + 8) / 25)
    const epact =
      (19 * golden + century - Math.floor(century / 4) - Math.floor((century - moonShift + 1) / 3) + 15) % 30
    const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7
    const correction = Math.floor((golden + 11 * epact + 22 * toSunday) / 451)
    const dayOfMarch = epact + toSunday - 7 * correction + 22
    return dayOf(year, 3, dayOfMarch) + days
  }
}

/** Days after another one. */
export function plus(days: number, yearly: YearlyDay): YearlyDay {
  return mapped(yearly, (day) => day + days)
}

/** Saturday moves to Friday, Sunday to Monday. */
export function nearestWeekday(yearly: YearlyDay): YearlyDay {
  return mapped(yearly, (day) => day + ([1, 0, 0, 0, 0, 0, -1][weekdayOf(day)] ?? 0))
}

/** Sunday moves to Monday; a Saturday stays where it is. */
export function sundayToMonday(yearly: YearlyDay): YearlyDay {
  return mapped(yearly, (day) => (weekdayOf(day) === sunday ? day + 1 : day))
}

/** Saturday and Sunday move to Monday. */
export function weekendToMonday(yearly: YearlyDay): YearlyDay {
  return mapped(yearly, (day) => day + ([1, 0, 0, 0, 0, 0, 2][weekdayOf(day)] ?? 0))
}

/** Saturday and Sunday move to the Friday before them. */
export function weekendToFriday(yearly: YearlyDay): YearlyDay {
  return mapped(yearly, (day) => day - ([2, 0, 0, 0, 0, 0, 1][weekdayOf(day)] ?? 0))
}

/** Only where it falls on one of these weekdays. */
export function onlyOn(weekdays: readonly Weekday[], yearly: YearlyDay): YearlyDay {
  return onlyIf((day) => weekdays.includes(weekdayOf(day)), yearly)
}

export function onlyIf(holds: (day: CivilDay) => boolean, yearly: YearlyDay): YearlyDay {
  return (year) => {
    const day = yearly(year)
    return day !== undefined && holds(day) ? day : undefined
  }
}

/** Only in the years from `first` to `last`, both inclusive. */
export function inYears(first: number, last: number, yearly: YearlyDay): YearlyDay {
  return (year) => (year >= first && year <= last ? yearly(year) : undefined)
}

export function except(years: readonly number[], yearly: YearlyDay): YearlyDay {
  return (year) => (years.includes(year) ? undefined : yearly(year))
}

/** Closed all day. */
export function closed(name: string, ...days: readonly YearlyDay[]): YearRule {
  return ruleOf(days, (day) => ({ day, name, closed: true }))
}

/** Closes early, at `HH:MM` of the wall clock. */
export function closesAt(time: string, name: string, ...days: readonly YearlyDay[]): YearRule {
  const closeMinute = minuteOf(time)
  return ruleOf(days, (day) => ({ day, name, closeMinute }))
}

/** Opens late, at `HH:MM` of the wall clock. */
export function opensAt(time: string, name: string, ...days: readonly YearlyDay[]): YearRule {
  const openMinute = minuteOf(time)
  return ruleOf(days, (day) => ({ day, name, openMinute }))
}

/** One date `YYYY-MM-DD`, in its year alone. */
export function onDate(date: string): YearlyDay {
  const day = parseDay(date)
  const itsYear = yearOfDay(day)
  return (year) => (year === itsYear ? day : undefined)
}

/** The changes of a year by day. Where two meet, closed wins, then the earlier close and the later open; both names are kept. */
export function changesOf(rules: readonly YearRule[], year: number): ReadonlyMap<CivilDay, DayChange> {
  const changes = new Map<CivilDay, DayChange>()
  for (const change of rules.flatMap((rule) => rule(year))) {
    const other = changes.get(change.day)
    changes.set(change.day, other ? merged(other, change) : change)
  }
  return changes
}

function merged(one: DayChange, other: DayChange): DayChange {
  return {
    day: one.day,
    name: one.name === other.name ? one.name : `${one.name}, ${other.name}`,
    closed: one.closed === true || other.closed === true,
    closeMinute: extremeOf(Math.min, one.closeMinute, other.closeMinute),
    openMinute: extremeOf(Math.max, one.openMinute, other.openMinute),
  }
}

function extremeOf(pick: (...values: number[]) => number, ...values: (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : pick(...known)
}

function ruleOf(days: readonly YearlyDay[], change: (day: CivilDay) => DayChange): YearRule {
  return (year) =>
    days
      .map((yearly) => yearly(year))
      .filter((day) => day !== undefined)
      .map(change)
}

function mapped(yearly: YearlyDay, move: (day: CivilDay) => CivilDay): YearlyDay {
  return (year) => {
    const day = yearly(year)
    return day === undefined ? undefined : move(day)
  }
}
