import type { Calendar } from './calendar.ts'
import type { CalendarTerms } from './calendar-terms.ts'
import { dayOf, type Weekday } from './civil-date.ts'
import type { LocalSegment } from './day-hours.ts'
import { changesOf, closed, fixedDay } from './year-rules.ts'

const noTimes = 'instants far from our time are mistyped more often than meant'

/** Terms of a calendar that keeps the same hours of the UTC clock all year. */
export function termsOfFixed(calendar: Calendar): CalendarTerms {
  const segment = { state: 'regular', openMinute: calendar.openMinute, closeMinute: calendar.closeMinute } as const
  const on = (weekday: Weekday): readonly LocalSegment[] => (calendar.weekdays.includes(weekday) ? [segment] : [])
  const rules = calendar.holidays.map((date) =>
    closed('Holiday', fixedDay(Number(date.slice(0, 2)), Number(date.slice(3)))),
  )
  const neverCloses = calendar.weekdays.length === 7
  return {
    id: calendar.id,
    title: neverCloses ? 'Always open, such as crypto' : 'Sessions of the synthetic equities',
    timeZone: 'UTC',
    daysPerYear: neverCloses ? 365 : 252,
    years: { first: 1900, last: 2199, reason: noTimes },
    weeks: [
      {
        fromDay: dayOf(1900, 1, 1),
        days: { 0: on(0), 1: on(1), 2: on(2), 3: on(3), 4: on(4), 5: on(5), 6: on(6) },
      },
    ],
    changesIn: (year) => changesOf(rules, year),
  }
}
