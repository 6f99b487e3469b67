import { minutesPerDay, type CivilDay } from './civil-date.ts'

/** What kind of trading a stretch of the day holds; `pre` and `post` are the extended hours. */
export type SegmentState = 'pre' | 'regular' | 'post'

/** Open hours `[openMinute, closeMinute)` in minutes of the wall clock since midnight of the session's date; negative on the evening before. */
export interface LocalSegment {
  readonly state: SegmentState
  readonly openMinute: number
  readonly closeMinute: number
}

/** Minutes since midnight of `HH:MM`. */
export function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
}

/** Hours from `HH:MM` to `HH:MM` of the session's date; an open that is not before the close lies on the evening before. */
export function hours(state: SegmentState, open: string, close: string): LocalSegment {
  const [openMinute, closeMinute] = [minuteOf(open), minuteOf(close)]
  return { state, openMinute: openMinute < closeMinute ? openMinute : openMinute - minutesPerDay, closeMinute }
}

/** What is special about one date: closed all day, an early close, a late open, or both of these. */
export interface DayChange {
  readonly day: CivilDay
  /** The reason, such as `Thanksgiving Day`. */
  readonly name: string
  readonly closed?: boolean | undefined
  readonly closeMinute?: number | undefined
  readonly openMinute?: number | undefined
}

/**
 * The segments of a day after its change. An early close cuts what runs past it and drops what begins later; a late open is its
 * mirror and has no effect after the last close. With both, a close before the open is a pause: the day runs until the close
 * and resumes at the open.
 */
export function applyChange(segments: readonly LocalSegment[], change: DayChange | undefined): readonly LocalSegment[] {
  if (!change) return segments
  if (change.closed) return []
  const { closeMinute = Infinity, openMinute = -Infinity } = change
  if (closeMinute <= openMinute) return [...cutAt(segments, closeMinute), ...resumeAt(segments, openMinute)]
  const last = segments.at(-1)?.closeMinute ?? -Infinity
  return resumeAt(cutAt(segments, closeMinute), openMinute > last ? -Infinity : openMinute)
}

function cutAt(segments: readonly LocalSegment[], minute: number): readonly LocalSegment[] {
  return segments
    .filter(({ openMinute }) => openMinute < minute)
    .map((segment) => ({ ...segment, closeMinute: Math.min(segment.closeMinute, minute) }))
}

function resumeAt(segments: readonly LocalSegment[], minute: number): readonly LocalSegment[] {
  return segments
    .filter(({ closeMinute }) => closeMinute > minute)
    .map((segment) => ({ ...segment, openMinute: Math.max(segment.openMinute, minute) }))
}
