import { weekdaysFrom, type CalendarTerms } from '../calendar-terms.ts'
import { hours } from '../day-hours.ts'
import { changesOf, closed, fixedDay, type YearRule } from '../year-rules.ts'

const rules: readonly YearRule[] = [closed("New Year's Day", fixedDay(1, 1)), closed('Christmas Day', fixedDay(12, 25))]

/** Spot currencies. A trading day runs from 17:00 to 17:00 in New York and has the date on which it ends. */
export const foreignExchange: CalendarTerms = {
  id: 'FX',
  title: 'Spot foreign exchange',
  timeZone: 'America/New_York',
  daysPerYear: 252,
  years: { first: 1990, last: 2099, reason: 'the New York day is the convention of these years' },
  weeks: [weekdaysFrom('1990-01-01', hours('regular', '17:00', '17:00'))],
  changesIn: (year) => changesOf(rules, year),
}
