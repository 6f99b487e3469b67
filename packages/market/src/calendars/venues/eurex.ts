import { weekdaysFrom, type CalendarTerms } from '../calendar-terms.ts'
import { hours } from '../day-hours.ts'
import { changesOf, closed, easterPlus, fixedDay, type YearRule } from '../year-rules.ts'

const rules: readonly YearRule[] = [
  closed("New Year's Day", fixedDay(1, 1)),
  closed('Good Friday', easterPlus(-2)),
  closed('Easter Monday', easterPlus(1)),
  closed('Labour Day', fixedDay(5, 1)),
  closed('Christmas Eve', fixedDay(12, 24)),
  closed('Christmas Day', fixedDay(12, 25)),
  closed('Second Christmas Day', fixedDay(12, 26)),
  closed("New Year's Eve", fixedDay(12, 31)),
]

/** Futures on European indices, which trade from the Asian morning on since 10 December 2018. It has no half days. */
export const eurex: CalendarTerms = {
  id: 'XEUR',
  title: 'Eurex',
  timeZone: 'Europe/Berlin',
  daysPerYear: 252,
  years: { first: 2010, last: 2099, reason: 'holidays before 2010 are not established' },
  weeks: [
    weekdaysFrom('2010-01-01', hours('regular', '07:50', '22:00')),
    weekdaysFrom('2018-12-10', hours('regular', '01:10', '22:00')),
  ],
  changesIn: (year) => changesOf(rules, year),
}
