import { emptyBarColumns, sliceBars, type BarColumns } from '../bars/bar-columns.ts'
import type { MinuteBars } from './minute-bridge.ts'
import type { HourBar, PriceWalk } from './price-walk.ts'
import type { SyntheticInstrument } from './synthetic-instruments.ts'

/** Bars in ticks and lots while they are rolled up. */
interface Bucket {
  openTimeMs: number
  open: number
  high: number
  low: number
  close: number
  volume: number
}

export interface CollectRequest {
  readonly intervalMs: number
  /** Open time of the first bar, on the interval's grid. */
  readonly fromMs: number
  /** End of the last bar, on the interval's grid. */
  readonly toMs: number
}

export interface InstrumentWalk {
  readonly spec: SyntheticInstrument
  readonly walk: PriceWalk
  readonly minutesOf: (hour: HourBar) => MinuteBars
}

const hourMs = 3_600_000
const minuteMs = 60_000

/** Bars of a range as exact roll-ups of hours, or of minutes where hours do not fit the interval. */
export function collectBars({ spec, walk, minutesOf }: InstrumentWalk, request: CollectRequest): BarColumns {
  const { intervalMs, fromMs, toMs } = request
  const source = { instrument: spec.instrument.id, intervalMs }
  const columns = emptyBarColumns(source, Math.max(0, (toMs - fromMs) / intervalMs))
  const bucket: Bucket = { openTimeMs: Number.NaN, open: 0, high: 0, low: 0, close: 0, volume: 0 }
  let length = 0

  const flush = (): void => {
    if (!Number.isNaN(bucket.openTimeMs)) writeBucket(columns, length++, bucket, spec)
  }
  const open = (timeMs: number): boolean => {
    const openTimeMs = Math.floor(timeMs / intervalMs) * intervalMs
    if (openTimeMs === bucket.openTimeMs) return false
    flush()
    bucket.openTimeMs = openTimeMs
    return true
  }
  const addHour = (hour: HourBar): void => {
    const isFirst = open(hour.hour * hourMs)
    addBar(bucket, isFirst, hour)
  }
  const addMinutes = (hour: HourBar): void => {
    const bars = minutesOf(hour)
    for (let minute = 0; minute < hour.minutes; minute++) {
      const timeMs = hour.hour * hourMs + (hour.firstMinute + minute) * minuteMs
      if (timeMs < fromMs || timeMs >= toMs) continue
      const isFirst = open(timeMs)
      addBar(bucket, isFirst, minuteAt(bars, minute))
    }
  }
  walk.visitHours(
    Math.floor(fromMs / hourMs),
    Math.ceil(toMs / hourMs),
    intervalMs % hourMs === 0 ? addHour : addMinutes,
  )
  flush()
  return sliceBars(columns, 0, length)
}

type Prices = Pick<HourBar, 'open' | 'high' | 'low' | 'close' | 'volume'>

function addBar(bucket: Bucket, isFirst: boolean, bar: Prices): void {
  bucket.open = isFirst ? bar.open : bucket.open
  bucket.high = isFirst ? bar.high : Math.max(bucket.high, bar.high)
  bucket.low = isFirst ? bar.low : Math.min(bucket.low, bar.low)
  bucket.close = bar.close
  bucket.volume = isFirst ? bar.volume : bucket.volume + bar.volume
}

function minuteAt({ open, high, low, close, volume }: MinuteBars, minute: number): Prices {
  return { open: open[minute]!, high: high[minute]!, low: low[minute]!, close: close[minute]!, volume: volume[minute]! }
}

function writeBucket(columns: BarColumns, index: number, bucket: Bucket, spec: SyntheticInstrument): void {
  columns.openTimeMs[index] = bucket.openTimeMs
  columns.open[index] = bucket.open / spec.ticksPerUnit
  columns.high[index] = bucket.high / spec.ticksPerUnit
  columns.low[index] = bucket.low / spec.ticksPerUnit
  columns.close[index] = bucket.close / spec.ticksPerUnit
  columns.volume[index] = bucket.volume / spec.lotsPerUnit
}
