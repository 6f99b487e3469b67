import { findCalendar, hasSession, type Calendar } from '../calendars/calendar.ts'

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

/** Holes in ascending open times: grid points without a bar whose bar would overlap the calendar's open hours. */
export function findBarGaps(openTimesMs: Float64Array, intervalMs: number, calendarId: string): readonly BarGap[] {
  const calendar = findCalendar(calendarId)
  const gaps: BarGap[] = []
  for (let index = 0; index + 1 < openTimesMs.length; index++) {
    const firstMs = openTimesMs[index]! + intervalMs
    const points = Math.ceil((openTimesMs[index + 1]! - firstMs) / intervalMs)
    const hole = points > 0 ? openPoints(calendar, { firstMs, intervalMs, points }) : undefined
    if (hole) gaps.push({ afterIndex: index, ...hole })
  }
  return gaps
}

interface GridSpan {
  readonly firstMs: number
  readonly intervalMs: number
  readonly points: number
}

/** Counts day by day instead of point by point: a mistyped year must not take minutes to report. */
function openPoints(
  calendar: Calendar,
  { firstMs, intervalMs, points }: GridSpan,
): Omit<BarGap, 'afterIndex'> | undefined {
  const endMs = firstMs + points * intervalMs
  let missing = 0
  let fromMs = 0
  let nextPoint = 0
  for (let dayStartMs = Math.floor(firstMs / dayMs) * dayMs; dayStartMs < endMs; dayStartMs += dayMs) {
    if (!hasSession(calendar, dayStartMs)) continue
    const openMs = dayStartMs + calendar.openMinute * minuteMs
    const closeMs = dayStartMs + calendar.closeMinute * minuteMs
    const from = Math.max(nextPoint, Math.floor((openMs - firstMs) / intervalMs))
    const to = Math.min(points, Math.ceil((closeMs - firstMs) / intervalMs))
    if (to <= from) continue
    if (missing === 0) fromMs = firstMs + from * intervalMs
    missing += to - from
    nextPoint = to
  }
  return missing === 0 ? undefined : { fromMs, missing }
}
