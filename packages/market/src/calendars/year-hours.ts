import type { CalendarTerms, Week } from './calendar-terms.ts'
import { dayOf, minutesPerDay, startOfYearMs, weekdayOf, type CivilDay } from './civil-date.ts'
import { applyChange, type DayChange, type LocalSegment, type SegmentState } from './day-hours.ts'
import type { ZoneClock } from './zone-clock.ts'

/** Ascending spans `[openMs, closeMs)` that neither overlap nor touch within the year. */
export interface OpenSpans {
  readonly openMs: Float64Array
  readonly closeMs: Float64Array
}

/** Sessions and segments that open within one year on the UTC clock, in columns; times are epoch milliseconds. */
export interface YearHours {
  /** Regular hours, and all hours, with touching segments joined. */
  readonly regular: OpenSpans
  readonly extended: OpenSpans
  /** Date of each session, ascending. */
  readonly sessionDay: Int32Array
  /** Dates of the sessions with regular hours. */
  readonly regularDay: Int32Array
  /** First segment of each session, and after the last one the number of segments. */
  readonly firstSegment: Int32Array
  readonly segmentState: readonly SegmentState[]
  readonly segmentOpenMs: Float64Array
  readonly segmentCloseMs: Float64Array
}

interface YearContext {
  readonly terms: CalendarTerms
  readonly clock: ZoneClock
  readonly changesIn: (year: number) => ReadonlyMap<CivilDay, DayChange>
}

interface Segment {
  readonly state: SegmentState
  readonly openMs: number
  readonly closeMs: number
}

/** A session may open a day before its date and a zone may be most of a day from UTC. */
const marginDays = 2

export function buildYearHours(year: number, { terms, clock, changesIn }: YearContext): YearHours {
  const fromMs = startOfYearMs(year)
  const toMs = startOfYearMs(year + 1)
  const sessionDays: CivilDay[] = []
  const regularDays: CivilDay[] = []
  const firstSegment: number[] = [0]
  const segments: Segment[] = []
  for (const knownYear of [year - 1, year, year + 1]) {
    if (knownYear < terms.years.first || knownYear > terms.years.last) continue
    const changes = changesIn(knownYear)
    const firstDay = Math.max(dayOf(knownYear, 1, 1), dayOf(year, 1, 1) - marginDays)
    const endDay = Math.min(dayOf(knownYear + 1, 1, 1), dayOf(year + 1, 1, 1) + marginDays)
    for (let day = firstDay; day < endDay; day++) {
      const hours = applyChange(segmentsOf(terms.weeks, day), changes.get(day))
      const session = hours.map((segment) => placed(segment, day, clock))
      const openMs = session[0]?.openMs ?? Infinity
      if (openMs < fromMs || openMs >= toMs) continue
      sessionDays.push(day)
      if (session.some(({ state }) => state === 'regular')) regularDays.push(day)
      segments.push(...session)
      firstSegment.push(segments.length)
    }
  }
  return {
    regular: joined(segments.filter(({ state }) => state === 'regular')),
    extended: joined(segments),
    sessionDay: Int32Array.from(sessionDays),
    regularDay: Int32Array.from(regularDays),
    firstSegment: Int32Array.from(firstSegment),
    segmentState: segments.map(({ state }) => state),
    segmentOpenMs: Float64Array.from(segments, ({ openMs }) => openMs),
    segmentCloseMs: Float64Array.from(segments, ({ closeMs }) => closeMs),
  }
}

function segmentsOf(weeks: readonly Week[], day: CivilDay): readonly LocalSegment[] {
  const week = weeks.findLast(({ fromDay }) => fromDay <= day) ?? weeks[0]
  return week?.days[weekdayOf(day)] ?? []
}

function placed({ state, openMinute, closeMinute }: LocalSegment, day: CivilDay, clock: ZoneClock): Segment {
  const midnight = day * minutesPerDay
  return { state, openMs: clock.instantOf(midnight + openMinute), closeMs: clock.instantOf(midnight + closeMinute) }
}

function joined(segments: readonly Segment[]): OpenSpans {
  const openMs: number[] = []
  const closeMs: number[] = []
  for (const segment of segments) {
    if (closeMs.at(-1) === segment.openMs) closeMs[closeMs.length - 1] = segment.closeMs
    else {
      openMs.push(segment.openMs)
      closeMs.push(segment.closeMs)
    }
  }
  return { openMs: Float64Array.from(openMs), closeMs: Float64Array.from(closeMs) }
}
