import { weekdaysFrom, type CalendarTerms } from '../calendar-terms.ts'
import { dayOf, weekdayOf, type CivilDay } from '../civil-date.ts'
import { hours, type DayChange } from '../day-hours.ts'
import {
  changesOf,
  closed,
  except,
  fixedDay,
  inYears,
  nthWeekday,
  onDate,
  type YearRule,
  type YearlyDay,
} from '../year-rules.ts'

const [sunday, monday] = [0, 1] as const
/** Years in which the Olympic Games moved three holidays. */
const olympicYears = [2020, 2021]
const movedFor = (yearly: YearlyDay): YearlyDay => except(olympicYears, yearly)

/**
 * Day of the month of an equinox in Japan: the customary approximation for 1980 to 2099, 0.242194 days a year less the leap
 * days. The dates of the next year are made law each February; until now they agreed.
 */
function equinox(month: number, dayIn1980: number): YearlyDay {
  return (year) => {
    const years = year - 1980
    return dayOf(year, month, Math.floor(dayIn1980 + 0.242194 * years) - Math.floor(years / 4))
  }
}

/** Holidays of the law on national holidays, before what they entail. */
const nationalHolidays: readonly (readonly [name: string, day: YearlyDay])[] = [
  ["New Year's Day", fixedDay(1, 1)],
  ['Coming of Age Day', nthWeekday(2, monday, 1)],
  ['National Foundation Day', fixedDay(2, 11)],
  ["Emperor's Birthday", inYears(2020, Infinity, fixedDay(2, 23))],
  ['Vernal Equinox Day', equinox(3, 20.8431)],
  ['Showa Day', fixedDay(4, 29)],
  ['Enthronement of the Emperor', onDate('2019-05-01')],
  ['Constitution Memorial Day', fixedDay(5, 3)],
  ['Greenery Day', fixedDay(5, 4)],
  ["Children's Day", fixedDay(5, 5)],
  ['Marine Day', movedFor(nthWeekday(3, monday, 7))],
  ['Marine Day', onDate('2020-07-23')],
  ['Marine Day', onDate('2021-07-22')],
  ['Mountain Day', movedFor(inYears(2016, Infinity, fixedDay(8, 11)))],
  ['Mountain Day', onDate('2020-08-10')],
  ['Mountain Day', onDate('2021-08-08')],
  ['Respect for the Aged Day', nthWeekday(3, monday, 9)],
  ['Autumnal Equinox Day', equinox(9, 23.2488)],
  ['Sports Day', movedFor(nthWeekday(2, monday, 10))],
  ['Sports Day', onDate('2020-07-24')],
  ['Sports Day', onDate('2021-07-23')],
  ['Enthronement ceremony', onDate('2019-10-22')],
  ['Culture Day', fixedDay(11, 3)],
  ['Labour Thanksgiving Day', fixedDay(11, 23)],
  ["Emperor's Birthday", inYears(1989, 2018, fixedDay(12, 23))],
]

/**
 * National holidays of a year with the two days that the law derives (article 3): a holiday on a Sunday is made up for on the
 * next day that is none, and a day between two holidays is one itself.
 */
function japaneseHolidays(year: number): readonly DayChange[] {
  const named = new Map<CivilDay, string>()
  for (const [name, yearly] of nationalHolidays) {
    const day = yearly(year)
    if (day !== undefined) named.set(day, name)
  }
  const lawful = [...named].toSorted(([one], [other]) => one - other)
  for (const [day, name] of lawful) {
    if (weekdayOf(day) === sunday) named.set(firstFreeAfter(day, named), `${name}, made up for`)
    if (named.has(day + 2) && !named.has(day + 1)) named.set(day + 1, "Citizens' holiday")
  }
  return [...named].map(([day, name]) => ({ day, name, closed: true }))
}

function firstFreeAfter(day: CivilDay, taken: ReadonlyMap<CivilDay, string>): CivilDay {
  let free = day + 1
  while (taken.has(free)) free += 1
  return free
}

const rules: readonly YearRule[] = [
  japaneseHolidays,
  closed('Market holiday at the turn of the year', fixedDay(1, 2), fixedDay(1, 3), fixedDay(12, 31)),
  closed('Failure of the trading system', onDate('2020-10-01')),
]

export const tokyoStockExchange: CalendarTerms = {
  id: 'XTKS',
  title: 'Tokyo Stock Exchange',
  timeZone: 'Asia/Tokyo',
  daysPerYear: 252,
  years: {
    first: 2010,
    last: 2099,
    reason: 'until 2009 the first and last days of a year were half days, and the rule of the equinoxes ends with 2099',
  },
  weeks: [
    weekdaysFrom('2010-01-01', hours('regular', '09:00', '11:00'), hours('regular', '12:30', '15:00')),
    weekdaysFrom('2011-11-21', hours('regular', '09:00', '11:30'), hours('regular', '12:30', '15:00')),
    weekdaysFrom('2024-11-05', hours('regular', '09:00', '11:30'), hours('regular', '12:30', '15:30')),
  ],
  changesIn: (year) => changesOf(rules, year),
}
