import { findCalendar, hasSession, type Calendar } from '../calendars/calendar.ts'
import type { ExchangeCalendar } from '../calendars/exchange-calendar.ts'
import { visitOpenSpans, type HoursOptions } from '../calendars/open-hours.ts'

/** Bars missing between two neighbours. */
export interface BarGap {
  /** Index of the bar before the hole. */
  readonly afterIndex: number
  /** Open time of the first missing bar. */
  readonly fromMs: number
  /** How many bars of open hours are missing. */
  readonly missing: number
}

const dayMs = 86_400_000
const minuteMs = 60_000

/**
 * Holes in ascending open times: grid points without a bar whose bar would overlap the calendar's open hours. The calendar is the
 * id of one that keeps its hours on the UTC clock, or an exchange's calendar as `loadCalendar` gives it; `extended` also counts the
 * latter's hours outside the regular ones. Throws `E_INVALID_DATA` for an unknown id and for bars outside the known years.
 */
export function findBarGaps(
  openTimesMs: Float64Array,
  intervalMs: number,
  calendar: string | ExchangeCalendar,
  options: HoursOptions = {},
): readonly BarGap[] {
  const openPoints = openPointsOf(calendar, intervalMs, options)
  const gaps: BarGap[] = []
  for (let index = 0; index + 1 < openTimesMs.length; index++) {
    const firstMs = openTimesMs[index]! + intervalMs
    const points = Math.ceil((openTimesMs[index + 1]! - firstMs) / intervalMs)
    const hole = points > 0 ? openPoints(firstMs, points) : undefined
    if (hole) gaps.push({ afterIndex: index, ...hole })
  }
  return gaps
}

/** What is missing of the bars at `points` grid points from `firstMs` on: those that overlap open hours; undefined for none. */
export type OpenPoints = (firstMs: number, points: number) => Omit<BarGap, 'afterIndex'> | undefined

/** The open points of a calendar's grid, as `findBarGaps` counts them. */
export function openPointsOf(
  calendar: string | ExchangeCalendar,
  intervalMs: number,
  options: HoursOptions = {},
): OpenPoints {
  const visitSpans = openSpansOf(calendar, options)
  return (firstMs, points) => openPoints(visitSpans, { firstMs, intervalMs, points })
}

/** Visits the open time that overlaps `[fromMs, toMs)`, and perhaps some around it, ascending. */
type VisitSpans = (fromMs: number, toMs: number, visit: (openMs: number, closeMs: number) => void) => void

function openSpansOf(calendar: string | ExchangeCalendar, { extended = false }: HoursOptions): VisitSpans {
  if (typeof calendar !== 'string') {
    return (fromMs, toMs, visit) => visitOpenSpans(calendar, { fromMs, toMs, extended }, visit)
  }
  const fixed = findCalendar(calendar)
  return (fromMs, toMs, visit) => visitFixedSpans(fixed, { fromMs, toMs }, visit)
}

/** Goes day by day instead of point by point: a mistyped year must not take minutes to report. */
function visitFixedSpans(
  calendar: Calendar,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  visit: (openMs: number, closeMs: number) => void,
): void {
  for (let dayStartMs = Math.floor(fromMs / dayMs) * dayMs; dayStartMs < toMs; dayStartMs += dayMs) {
    if (!hasSession(calendar, dayStartMs)) continue
    visit(dayStartMs + calendar.openMinute * minuteMs, dayStartMs + calendar.closeMinute * minuteMs)
  }
}

interface GridSpan {
  readonly firstMs: number
  readonly intervalMs: number
  readonly points: number
}

function openPoints(
  visitSpans: VisitSpans,
  { firstMs, intervalMs, points }: GridSpan,
): Omit<BarGap, 'afterIndex'> | undefined {
  let missing = 0
  let fromMs = 0
  let nextPoint = 0
  visitSpans(firstMs, firstMs + points * intervalMs, (openMs, closeMs) => {
    const from = Math.max(nextPoint, Math.floor((openMs - firstMs) / intervalMs))
    const to = Math.min(points, Math.ceil((closeMs - firstMs) / intervalMs))
    if (to <= from) return
    if (missing === 0) fromMs = firstMs + from * intervalMs
    missing += to - from
    nextPoint = to
  })
  return missing === 0 ? undefined : { fromMs, missing }
}
