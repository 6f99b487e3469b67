import { weekdaysFrom, type CalendarTerms } from '../calendar-terms.ts'
import { hours } from '../day-hours.ts'
import {
  changesOf,
  closed,
  closesAt,
  easterPlus,
  fixedDay,
  inYears,
  onDate,
  plus,
  weekendToFriday,
  type YearRule,
} from '../year-rules.ts'

const rules: readonly YearRule[] = [
  closed("New Year's Day", fixedDay(1, 1)),
  closed('Good Friday', easterPlus(-2)),
  closed('Easter Monday', easterPlus(1)),
  closed('Labour Day', fixedDay(5, 1)),
  closed('Whit Monday', inYears(2015, 2021, easterPlus(50))),
  closed('Day of German Unity', inYears(2014, 2021, fixedDay(10, 3))),
  closed('Reformation Day, 500 years', onDate('2017-10-31')),
  closed('Christmas Eve', fixedDay(12, 24)),
  closed('Christmas Day', fixedDay(12, 25)),
  closed('Second Christmas Day', fixedDay(12, 26)),
  closed("New Year's Eve", fixedDay(12, 31)),
  closesAt('14:00', 'Last trading day of the year', weekendToFriday(plus(-1, fixedDay(12, 31)))),
]

export const frankfurtXetra: CalendarTerms = {
  id: 'XETR',
  title: 'Xetra, Frankfurt',
  timeZone: 'Europe/Berlin',
  daysPerYear: 252,
  years: { first: 2010, last: 2099, reason: 'half days before 2010 are not established' },
  weeks: [
    weekdaysFrom(
      '2010-01-01',
      hours('pre', '08:50', '09:00'),
      hours('regular', '09:00', '17:30'),
      hours('post', '17:30', '17:35'),
    ),
  ],
  changesIn: (year) => changesOf(rules, year),
}
