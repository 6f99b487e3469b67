import { openPointsOf } from '../bars/bar-gaps.ts'
import { dayMs, formatDay, yearOfDay, type CivilDay } from '../calendars/civil-date.ts'
import type { DayChange } from '../calendars/day-hours.ts'
import type { ExchangeCalendar } from '../calendars/exchange-calendar.ts'
import { isBarExpected, type HoursOptions } from '../calendars/open-hours.ts'
import { describeDate, sessionOn } from '../calendars/sessions.ts'

/**
 * Why there are no bars: the market was open and they are `missing`; a `holiday`; `special-hours`, an early close or a late open; or
 * `closed`, an ordinary night, weekend or break.
 */
export type GapCause = 'missing' | 'holiday' | 'special-hours' | 'closed'

/** Time without bars, `[fromMs, toMs)` on the bars' grid, epoch milliseconds UTC. */
export interface CoverageGap {
  readonly fromMs: number
  readonly toMs: number
  /** `missing` where any bar of open hours is, else what explains the gap. */
  readonly cause: GapCause
  /** Bars of open hours that are missing. */
  readonly missing: number
  /** What is special about its dates: `2024-11-28 closed: Thanksgiving Day`. */
  readonly notes: readonly string[]
}

/** How far bars cover the open hours of their market. */
export interface Coverage {
  readonly bars: number
  /** Bars outside the open hours. */
  readonly outside: number
  /** Bars that the open hours of the range ask for. */
  readonly expected: number
  /** Those of them that are missing. */
  readonly missing: number
  /** How many gaps each cause explains. */
  readonly gapCounts: Readonly<Record<GapCause, number>>
  /** The first 1,000 of all causes but `closed`. */
  readonly gaps: readonly CoverageGap[]
}

export interface CoverageOptions extends HoursOptions {
  readonly intervalMs: number
  readonly calendar: ExchangeCalendar
  /** The range asked about: its bars open at or after `fromMs` and close by `toMs`. The range of the bars where absent. */
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

/** Gathers the coverage of bars that pass by in order. */
export interface CoverageCounter {
  update(openTimesMs: Float64Array): void
  /** To be called once, after the last bar. */
  result(): Coverage
}

const mostGaps = 1000

/** Throws, as its parts do, `E_INVALID_DATA` for bars outside the years that the calendar knows. */
export function createCoverageCounter(options: CoverageOptions): CoverageCounter {
  const { intervalMs, calendar, fromMs, toMs } = options
  const openPoints = openPointsOf(calendar, intervalMs, options)
  const notesOf = createNotes(calendar, options)
  const gapCounts = { missing: 0, holiday: 0, 'special-hours': 0, closed: 0 }
  const gaps: CoverageGap[] = []
  let bars = 0
  let outside = 0
  let missing = 0
  let nextMs = Number.NaN

  function addHole(holeFromMs: number, holeToMs: number): void {
    const points = Math.ceil((holeToMs - holeFromMs) / intervalMs)
    if (points <= 0) return
    const hole = { fromMs: holeFromMs, toMs: holeToMs }
    const open = openPoints(holeFromMs, points)?.missing ?? 0
    const gap = { ...hole, missing: open, ...explained(open, notesOf(hole)) }
    missing += open
    gapCounts[gap.cause] += 1
    if (gap.cause !== 'closed' && gaps.length < mostGaps) gaps.push(gap)
  }
  return {
    update(openTimesMs) {
      for (const openTimeMs of openTimesMs) {
        if (bars === 0) nextMs = firstPointFrom(fromMs ?? openTimeMs, openTimeMs, intervalMs)
        if (openTimeMs > nextMs) addHole(nextMs, openTimeMs)
        if (!isBarExpected(calendar, openTimeMs, intervalMs, options)) outside += 1
        nextMs = openTimeMs + intervalMs
        bars += 1
      }
    },
    result() {
      if (bars > 0 && toMs !== undefined)
        addHole(nextMs, nextMs + Math.floor((toMs - nextMs) / intervalMs) * intervalMs)
      return { bars, outside, expected: bars - outside + missing, missing, gapCounts, gaps }
    },
  }
}

/** The first point of a bar's grid at or after an instant before it. */
function firstPointFrom(fromMs: number, openTimeMs: number, intervalMs: number): number {
  return openTimeMs - Math.floor((openTimeMs - fromMs) / intervalMs) * intervalMs
}

interface Note {
  readonly isHoliday: boolean
  readonly text: string
}

function explained(missing: number, notes: readonly Note[]): Pick<CoverageGap, 'cause' | 'notes'> {
  const texts = notes.map(({ text }) => text)
  if (missing > 0) return { cause: 'missing', notes: texts }
  if (notes.some(({ isHoliday }) => isHoliday)) return { cause: 'holiday', notes: texts }
  return { cause: notes.length > 0 ? 'special-hours' : 'closed', notes: texts }
}

interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** Further away from a date than this no closure around it reaches. */
const reachDays = 15

/** What is special about the dates whose closures overlap a gap. */
function createNotes(calendar: ExchangeCalendar, { extended = false }: HoursOptions): (gap: Span) => readonly Note[] {
  const closures = new Map<CivilDay, Span>()

  function closureOf(change: DayChange): Span {
    const known = closures.get(change.day) ?? closureAround(calendar, change, extended)
    closures.set(change.day, known)
    return known
  }
  return (gap) => {
    const firstDay = Math.floor(gap.fromMs / dayMs) - reachDays
    const lastDay = Math.floor(gap.toMs / dayMs) + reachDays
    const notes: Note[] = []
    for (let year = yearOfDay(firstDay); year <= yearOfDay(lastDay); year++) {
      if (year < calendar.firstYear || year > calendar.lastYear) continue
      for (const [day, change] of calendar.changesIn(year)) {
        if (day < firstDay || day > lastDay) continue
        const { fromMs, toMs } = closureOf(change)
        if (fromMs >= gap.toMs || toMs <= gap.fromMs) continue
        const date = formatDay(day)
        notes.push({
          isHoliday: change.closed === true,
          text: `${date} ${describeDate(calendar, date) ?? change.name}`,
        })
      }
    }
    return notes
  }
}

/** The time without trading that a change makes or lengthens: around a closed date, after an early close, before a late open. */
function closureAround(calendar: ExchangeCalendar, change: DayChange, extended: boolean): Span {
  const own = hoursOn(calendar, change.day, extended)
  const before = nearestHours(calendar, { day: change.day, step: -1, extended })
  const after = nearestHours(calendar, { day: change.day, step: 1, extended })
  const nightBefore = { fromMs: before?.toMs ?? Infinity, toMs: (own ?? after)?.fromMs ?? -Infinity }
  if (own === undefined) return nightBefore
  return change.closeMinute === undefined ? nightBefore : { fromMs: own.toMs, toMs: after?.fromMs ?? -Infinity }
}

interface Search {
  readonly day: CivilDay
  readonly step: 1 | -1
  readonly extended: boolean
}

function nearestHours(calendar: ExchangeCalendar, { day, step, extended }: Search): Span | undefined {
  for (let away = 1; away <= reachDays; away++) {
    const near = day + away * step
    if (yearOfDay(near) < calendar.firstYear || yearOfDay(near) > calendar.lastYear) return undefined
    const hours = hoursOn(calendar, near, extended)
    if (hours !== undefined) return hours
  }
  return undefined
}

function hoursOn(calendar: ExchangeCalendar, day: CivilDay, extended: boolean): Span | undefined {
  const session = sessionOn(calendar, formatDay(day))
  if (session === undefined) return undefined
  if (extended) return { fromMs: session.extendedOpenMs, toMs: session.extendedCloseMs }
  return session.hasRegularHours ? { fromMs: session.openMs, toMs: session.closeMs } : undefined
}
