import { formatInterval, QmtlError } from '@qmtl/contracts'
import { dayMs } from '../calendars/civil-date.ts'
import type { ExchangeCalendar } from '../calendars/exchange-calendar.ts'
import type { HoursOptions } from '../calendars/open-hours.ts'
import { sessionsBetween, type Session } from '../calendars/sessions.ts'
import { columnsOf, type BarBlock } from './bar-block.ts'
import { createBlockWriter } from './block-writer.ts'

export interface RollUpOptions extends HoursOptions {
  /** Interval of the bars given. */
  readonly sourceMs: number
  /** Interval of the bars made: a multiple of the source's that divides a day. */
  readonly intervalMs: number
  /** Bars are counted from the open of its sessions; those of `24/7` are UTC days. */
  readonly calendar: ExchangeCalendar
  /** What to do with a first or last bar of which the source has only a part: leave it out (the default) or keep it. */
  readonly partial?: 'drop' | 'keep' | undefined
}

/** Makes longer bars from shorter ones that pass by in order. */
export interface RollUp {
  /** Bars given that belong to no session: they are in no bar made. */
  readonly outside: number
  update(block: BarBlock): void
  /** The full blocks since the last call. */
  drain(): readonly BarBlock[]
  /** The bars that fill no block. To be called once, after the last bar. */
  finish(): BarBlock
}

/**
 * Rolls bars up: the open of the first, the highest high, the lowest low, the close of the last, the sum of volumes. A bar never holds
 * parts of two sessions, it opens whole intervals after the open of its session, and its last one may end early. A session that opens
 * late keeps the grid of the others. Throws `E_DATA_INTERVAL` for an interval that is no multiple or does not divide a day.
 */
export function createRollUp(options: RollUpOptions): RollUp {
  checkIntervals(options)
  const { sourceMs, partial = 'drop' } = options
  const bucketAt = createBuckets(options)
  const blocks = createBlockWriter()
  const made = new Float64Array(6)
  let bucket: Bucket | undefined
  let lastEndMs = Number.NEGATIVE_INFINITY
  let isPartial = false
  let bars = 0
  let outside = 0

  function close(isLast: boolean): void {
    if (bucket === undefined) return
    const isCut = isPartial || (isLast && lastEndMs < bucket.closeMs)
    if (!isCut || partial === 'keep') blocks.push(made)
  }

  function begin(next: Bucket, openTimeMs: number): void {
    close(false)
    isPartial = bars === 0 && openTimeMs > next.openMs
    bucket = next
    made.set([next.startMs, Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, 0])
  }
  return {
    get outside() {
      return outside
    },
    update(block) {
      const [ts, open, high, low, end, volume] = columnsOf(block)
      for (let row = 0; row < block.length; row++) {
        const openTimeMs = ts![row]!
        if (bucket === undefined || openTimeMs >= bucket.closeMs) {
          const next = bucketAt(openTimeMs)
          if (next === undefined) {
            outside += 1
            continue
          }
          if (next.startMs !== bucket?.startMs) begin(next, openTimeMs)
        }
        if (Number.isNaN(made[1]!)) made[1] = open![row]!
        made[2] = Math.max(made[2]!, high![row]!)
        made[3] = Math.min(made[3]!, low![row]!)
        made[4] = end![row]!
        made[5] = made[5]! + volume![row]!
        lastEndMs = openTimeMs + sourceMs
        bars += 1
      }
    },
    drain: blocks.drain,
    finish() {
      close(true)
      return blocks.rest()
    },
  }
}

function checkIntervals({ sourceMs, intervalMs }: RollUpOptions): void {
  const [own, wanted] = [formatInterval(sourceMs), formatInterval(intervalMs)]
  if (intervalMs <= sourceMs || intervalMs % sourceMs !== 0) {
    throw new QmtlError('E_DATA_INTERVAL', `bars of ${own} do not add up to bars of ${wanted}`, {
      hint: `name a multiple of ${own}`,
    })
  }
  if (dayMs % intervalMs !== 0) {
    throw new QmtlError('E_DATA_INTERVAL', `a day is not a whole number of ${wanted}`, {
      hint: 'name an interval that divides a day, such as 5m, 1h, 4h or 1d',
    })
  }
}

/** A bar to be made. */
interface Bucket {
  readonly startMs: number
  /** First and last moment of trading in it, `[openMs, closeMs)`. */
  readonly openMs: number
  readonly closeMs: number
}

const hourMs = 3_600_000

/** Finds the bar that a shorter one belongs to; undefined outside the sessions. */
function createBuckets(options: RollUpOptions): (openTimeMs: number) => Bucket | undefined {
  const { calendar, sourceMs, intervalMs } = options
  let session: Session | undefined
  let anchorMs = Number.NaN

  function enter(next: Session): void {
    const [from, to] = hoursOf(next, options)
    const ordinaryMs = Number.isNaN(anchorMs) ? ordinaryOpen(next, options) : anchorMs
    const off = (((from - ordinaryMs) % intervalMs) + intervalMs) % intervalMs
    const isClockChange = intervalMs > hourMs && (off === hourMs || off === intervalMs - hourMs)
    anchorMs = isClockChange ? from : from - off
    session = to > from ? next : undefined
  }
  return (openTimeMs) => {
    if (session === undefined || openTimeMs >= hoursOf(session, options)[1]) {
      const [next] = sessionsBetween(calendar, openTimeMs, openTimeMs + sourceMs, options)
      if (next === undefined) return undefined
      enter(next)
    }
    if (session === undefined) return undefined
    const [from, to] = hoursOf(session, options)
    if (openTimeMs + sourceMs <= from) return undefined
    const at = Math.max(openTimeMs, from)
    const startMs = anchorMs + Math.floor((at - anchorMs) / intervalMs) * intervalMs
    return { startMs, openMs: Math.max(startMs, from), closeMs: Math.min(startMs + intervalMs, to) }
  }
}

function hoursOf(session: Session, { extended }: HoursOptions): readonly [fromMs: number, toMs: number] {
  return extended === true ? [session.extendedOpenMs, session.extendedCloseMs] : [session.openMs, session.closeMs]
}

/** Open of the first session from this one on that does not open late. */
function ordinaryOpen(session: Session, options: RollUpOptions): number {
  const [fromMs] = hoursOf(session, options)
  const near = sessionsBetween(options.calendar, fromMs, fromMs + 15 * dayMs, options)
  return hoursOf(near.find(({ label }) => !label.includes('late open')) ?? session, options)[0]
}
