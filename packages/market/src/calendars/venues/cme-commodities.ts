import { weekdaysFrom, type CalendarTerms } from '../calendar-terms.ts'
import { hours } from '../day-hours.ts'
import {
  changesOf,
  closed,
  closesAt,
  fixedDay,
  inYears,
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

const [monday, tuesday, wednesday, thursday] = [1, 2, 3, 4] as const
const forever = Infinity

/** Holidays on which trading halts in the early afternoon and goes on in the evening as ever. */
const halts: readonly (readonly [name: string, day: YearlyDay])[] = [
  ['Martin Luther King Jr. Day', martinLutherKingDay],
  ["Washington's Birthday", presidentsDay],
  ['Memorial Day', memorialDay],
  ['Juneteenth', juneteenth],
  ['Independence Day', independenceDay],
  ['Labor Day', laborDay],
  ['Thanksgiving Day', thanksgivingDay],
]

const rules: readonly YearRule[] = [
  closed("New Year's Day", sundayToMonday(newYearsDay)),
  closed('Good Friday', goodFriday),
  closed('Christmas Day', christmasDay),
  ...halts.flatMap(([name, day]) => [
    closesAt('13:00', name, inYears(2013, 2021, day)),
    closesAt('14:30', name, inYears(2022, forever, day)),
  ]),
  closesAt('13:45', 'Day after Thanksgiving', plus(1, thanksgivingDay)),
  closesAt('13:45', 'Christmas Eve', onlyOn([monday, tuesday, wednesday, thursday], fixedDay(12, 24))),
]

/**
 * Energy and metal futures of NYMEX and COMEX on Globex. Regular hours run from the open of the stock market to the end of the
 * session; the evening and night before are extended hours. A session has the date on which it closes.
 */
export const cmeCommodityFutures: CalendarTerms = {
  id: 'CME-COMMODITIES',
  title: 'NYMEX and COMEX energy and metal futures (Globex)',
  timeZone: 'America/New_York',
  daysPerYear: 252,
  years: { first: 2013, last: 2099, reason: 'holiday hours before 2013 are not established' },
  weeks: [
    weekdaysFrom('2013-01-01', hours('pre', '18:00', '09:30'), hours('regular', '09:30', '17:15')),
    weekdaysFrom('2015-09-21', hours('pre', '18:00', '09:30'), hours('regular', '09:30', '17:00')),
  ],
  changesIn: (year) => changesOf(rules, year),
}
