import { createCauseList, type CauseList } from '@qmtl/contracts'
import type { CalendarTerms } from './calendar-terms.ts'
import { dayOf, readDay, yearOfDay, type CivilDay } from './civil-date.ts'
import { minuteOf, type DayChange, type LocalSegment, type SegmentState } from './day-hours.ts'
import type { ExchangeCalendar } from './exchange-calendar.ts'

/** Hours `[start, end)` of one kind within a day, `HH:MM` of the exchange's wall clock; `24:00` ends the day. */
export interface HoursSegment {
  readonly state: SegmentState
  readonly start: string
  readonly end: string
}

/** Hours of a market as data; dates are `YYYY-MM-DD` and times `HH:MM` of the exchange's wall clock. */
export interface ExchangeHours {
  readonly id: string
  /** The market in words; the id where absent. */
  readonly title?: string | undefined
  /** IANA zone. */
  readonly timeZone: string
  /** Segments of each weekday, ascending; a weekday without any is closed. */
  readonly weekly: Readonly<Partial<Record<WeekdayName, readonly HoursSegment[]>>>
  /** Dates closed all day. */
  readonly holidays?: readonly string[] | undefined
  /** Times at which trading ends early, by date. */
  readonly earlyCloses?: Readonly<Record<string, string>> | undefined
  /** Times at which trading begins late, by date; after an early close of that date, when it resumes. */
  readonly lateOpens?: Readonly<Record<string, string>> | undefined
}

const weekdayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

export type WeekdayName = (typeof weekdayNames)[number]

const timePattern = /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/

/**
 * A calendar of one's own. Each date of the wall clock is one session; hours that go on over midnight are joined when opens and
 * closes are asked for. Throws `E_INVALID_DATA` with every malformed time, date and segment, or for an unknown zone.
 */
export async function defineCalendar(hours: ExchangeHours): Promise<ExchangeCalendar> {
  const causes = createCauseList()
  const changes = changesByYear(hours, causes)
  const [sunday, monday, tuesday, wednesday, thursday, friday, saturday] = weekdayNames.map((name) =>
    readSegments(hours.weekly[name] ?? [], `weekly/${name}`, causes),
  )
  causes.throwAll('E_INVALID_DATA')
  const none: readonly LocalSegment[] = []
  const days = {
    0: sunday ?? none,
    1: monday ?? none,
    2: tuesday ?? none,
    3: wednesday ?? none,
    4: thursday ?? none,
    5: friday ?? none,
    6: saturday ?? none,
  }
  const terms: CalendarTerms = {
    id: hours.id,
    title: hours.title ?? hours.id,
    timeZone: hours.timeZone,
    daysPerYear: Object.values(days).every((segments) => segments.length > 0) ? 365 : 252,
    years: { first: 1900, last: 2199, reason: 'instants far from our time are mistyped more often than meant' },
    weeks: [{ fromDay: dayOf(1900, 1, 1), days }],
    changesIn: (year) => changes.get(year) ?? noChanges,
  }
  const { openCalendar } = await import('./open-calendar.ts')
  return openCalendar(terms)
}

const noChanges: ReadonlyMap<CivilDay, DayChange> = new Map()

function readSegments(segments: readonly HoursSegment[], path: string, causes: CauseList): readonly LocalSegment[] {
  let endOfLast = 0
  return segments.map(({ state, start, end }, index) => {
    const openMinute = readTime(start, `/${path}/${index}/start`, causes)
    const closeMinute = readTime(end, `/${path}/${index}/end`, causes)
    if (openMinute >= closeMinute || openMinute < endOfLast) {
      const rule = openMinute >= closeMinute ? 'must end after it starts' : 'starts before the segment ahead of it ends'
      causes.add({ path: `/${path}/${index}`, message: `the segment ${start}–${end} ${rule}`, value: start })
    }
    endOfLast = closeMinute
    return { state, openMinute, closeMinute }
  })
}

/** Minutes since midnight, or NaN where the text is no time: comparisons with it are false. */
function readTime(text: string, path: string, causes: CauseList): number {
  if (timePattern.test(text)) return minuteOf(text)
  causes.add({ path, message: `'${text}' is not a time between 00:00 and 24:00`, value: text })
  return Number.NaN
}

function changesByYear(hours: ExchangeHours, causes: CauseList): ReadonlyMap<number, ReadonlyMap<CivilDay, DayChange>> {
  const years = new Map<number, Map<CivilDay, DayChange>>()
  const change = (date: string, path: string, what: Partial<DayChange>): void => {
    const day = readDay(date)
    if (day === undefined) {
      causes.add({ path, message: `'${date}' is not a date like 2024-01-31`, value: date })
      return
    }
    const ofYear = years.get(yearOfDay(day)) ?? new Map<CivilDay, DayChange>()
    years.set(yearOfDay(day), ofYear)
    ofYear.set(day, { name: 'Special hours', ...ofYear.get(day), ...what, day })
  }
  for (const [index, date] of (hours.holidays ?? []).entries()) {
    change(date, `/holidays/${index}`, { name: 'Holiday', closed: true })
  }
  for (const [date, time] of Object.entries(hours.earlyCloses ?? {})) {
    const path = `/earlyCloses/${date}`
    change(date, path, { closeMinute: readTime(time, path, causes) })
  }
  for (const [date, time] of Object.entries(hours.lateOpens ?? {})) {
    const path = `/lateOpens/${date}`
    change(date, path, { openMinute: readTime(time, path, causes) })
  }
  return years
}
