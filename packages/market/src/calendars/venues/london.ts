import { weekdaysFrom, type CalendarTerms } from '../calendar-terms.ts'
import { hours } from '../day-hours.ts'
import {
  changesOf,
  closed,
  closesAt,
  easterPlus,
  except,
  fixedDay,
  lastWeekday,
  nthWeekday,
  onDate,
  onlyOn,
  weekendToFriday,
  weekendToMonday,
  type YearRule,
} from '../year-rules.ts'

const [monday, tuesday] = [1, 2] as const
const halfDay = '12:30'

const rules: readonly YearRule[] = [
  closed("New Year's Day", weekendToMonday(fixedDay(1, 1))),
  closed('Good Friday', easterPlus(-2)),
  closed('Easter Monday', easterPlus(1)),
  closed('Early May bank holiday', except([2020], nthWeekday(1, monday, 5)), onDate('2020-05-08')),
  closed(
    'Spring bank holiday',
    except([2002, 2012, 2022], lastWeekday(monday, 5)),
    onDate('2002-06-04'),
    onDate('2012-06-04'),
    onDate('2022-06-02'),
  ),
  closed('Summer bank holiday', lastWeekday(monday, 8)),
  closed('Christmas Day', fixedDay(12, 25)),
  closed('Boxing Day', fixedDay(12, 26)),
  // Christmas Day and Boxing Day on a weekend are made up for on the next days.
  closed('Christmas Day, made up for', onlyOn([monday, tuesday], fixedDay(12, 27))),
  closed('Boxing Day, made up for', onlyOn([monday, tuesday], fixedDay(12, 28))),
  closesAt(halfDay, 'Christmas Eve', weekendToFriday(fixedDay(12, 24))),
  closesAt(halfDay, "New Year's Eve", weekendToFriday(fixedDay(12, 31))),
  closed('Golden Jubilee', onDate('2002-06-03')),
  closed('Royal wedding', onDate('2011-04-29')),
  closed('Diamond Jubilee', onDate('2012-06-05')),
  closed('Platinum Jubilee', onDate('2022-06-03')),
  closed('State funeral of Queen Elizabeth II', onDate('2022-09-19')),
  closed('Coronation of King Charles III', onDate('2023-05-08')),
]

export const londonStockExchange: CalendarTerms = {
  id: 'XLON',
  title: 'London Stock Exchange',
  timeZone: 'Europe/London',
  daysPerYear: 252,
  years: { first: 2001, last: 2099, reason: 'half days and hours before 2001 are not established' },
  weeks: [
    weekdaysFrom(
      '2001-01-01',
      hours('pre', '07:50', '08:00'),
      hours('regular', '08:00', '16:30'),
      hours('post', '16:30', '16:35'),
    ),
  ],
  changesIn: (year) => changesOf(rules, year),
}
