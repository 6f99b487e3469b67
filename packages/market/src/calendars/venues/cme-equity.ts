import { weekdaysFrom, type CalendarTerms } from '../calendar-terms.ts'
import { parseDay } from '../civil-date.ts'
import { hours } from '../day-hours.ts'
import {
  changesOf,
  closed,
  closesAt,
  fixedDay,
  nthWeekday,
  onDate,
  onlyIf,
  onlyOn,
  plus,
  sundayToMonday,
  type YearRule,
  type YearlyDay,
} from '../year-rules.ts'
import {
  christmasDay,
  goodFriday,
  independenceDay,
  juneteenth,
  laborDay,
  martinLutherKingDay,
  memorialDay,
  newYearsDay,
  presidentsDay,
  thanksgivingDay,
} from './us-holidays.ts'

const [monday, tuesday, wednesday, thursday, friday] = [1, 2, 3, 4, 5] as const
const beforeFriday = [monday, tuesday, wednesday, thursday] as const

/** Holidays of the stock exchanges on which the session of the evening before ends early; the next one opens in the evening as ever. */
const halts: readonly (readonly [name: string, day: YearlyDay])[] = [
  ['Martin Luther King Jr. Day', martinLutherKingDay],
  ["Washington's Birthday", presidentsDay],
  ['Memorial Day', memorialDay],
  ['Juneteenth', juneteenth],
  ['Independence Day', independenceDay],
  ['Labor Day', laborDay],
  ['Thanksgiving Day', thanksgivingDay],
]
const firstLaterHalt = parseDay('2014-05-01')

/** The employment report comes out on a Good Friday that is the first Friday of April; trading then goes on until after it. */
const firstFridayOfApril = nthWeekday(1, friday, 4)
const withReport = (year: number): boolean => goodFriday(year) === firstFridayOfApril(year)

const rules: readonly YearRule[] = [
  closed("New Year's Day", sundayToMonday(newYearsDay)),
  closed('Good Friday', (year) => (withReport(year) ? undefined : goodFriday(year))),
  closesAt('09:15', 'Good Friday', (year) => (withReport(year) ? goodFriday(year) : undefined)),
  closed('Christmas Day', christmasDay),
  ...halts.flatMap(([name, day]) => [
    closesAt(
      '11:30',
      name,
      onlyIf((date) => date < firstLaterHalt, day),
    ),
    closesAt(
      '13:00',
      name,
      onlyIf((date) => date >= firstLaterHalt, day),
    ),
  ]),
  closesAt('13:15', 'Day after Thanksgiving', plus(1, thanksgivingDay)),
  closesAt('13:15', 'Christmas Eve', onlyOn(beforeFriday, fixedDay(12, 24))),
  closesAt('13:15', 'Independence Day eve', onlyOn(beforeFriday, fixedDay(7, 3))),
  closesAt('09:30', 'Mourning for President George H. W. Bush', onDate('2018-12-05')),
  closesAt('09:30', 'Mourning for President Carter', onDate('2025-01-09')),
]

/**
 * Equity index futures on Globex. Regular hours are those of the stock market and the hour after it; the evening and night before
 * are extended hours. A session has the date on which it closes, so Sunday evening belongs to Monday.
 */
export const cmeEquityFutures: CalendarTerms = {
  id: 'CME-EQUITY',
  title: 'CME equity index futures (Globex)',
  timeZone: 'America/New_York',
  daysPerYear: 252,
  years: { first: 2013, last: 2099, reason: 'until November 2012 trading days were cut otherwise' },
  weeks: [
    weekdaysFrom(
      '2013-01-01',
      hours('pre', '18:00', '09:30'),
      hours('regular', '09:30', '16:15'),
      hours('regular', '16:30', '17:15'),
    ),
    weekdaysFrom(
      '2015-09-21',
      hours('pre', '18:00', '09:30'),
      hours('regular', '09:30', '16:15'),
      hours('regular', '16:30', '17:00'),
    ),
    weekdaysFrom('2021-06-28', hours('pre', '18:00', '09:30'), hours('regular', '09:30', '17:00')),
  ],
  changesIn: (year) => changesOf(rules, year),
}
