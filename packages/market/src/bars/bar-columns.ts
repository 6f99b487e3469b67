/** One closed bar: open, high, low, close and volume over `[openTimeMs, openTimeMs + intervalMs)`. */
export interface Bar {
  readonly openTimeMs: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** Bars of one instrument and interval as columns, ascending by open time (epoch milliseconds UTC), each `length` long. */
export interface BarColumns {
  readonly instrument: string
  readonly intervalMs: number
  readonly length: number
  readonly openTimeMs: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** What bars belong to. */
export interface BarSource {
  readonly instrument: string
  readonly intervalMs: number
}

/** Columns of zeros for `length` bars, to be filled by their maker. */
export function emptyBarColumns({ instrument, intervalMs }: BarSource, length: number): BarColumns {
  const column = (): Float64Array => new Float64Array(length)
  return {
    instrument,
    intervalMs,
    length,
    openTimeMs: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  }
}

/** Columns of bars that stand in ascending order. */
export function barColumnsOf(source: BarSource, bars: readonly Bar[]): BarColumns {
  const columns = emptyBarColumns(source, bars.length)
  bars.forEach((bar, index) => setBar(columns, index, bar))
  return columns
}

/** The bar at an index within `[0, length)`. */
export function barAt(columns: BarColumns, index: number): Bar {
  return {
    openTimeMs: columns.openTimeMs[index]!,
    open: columns.open[index]!,
    high: columns.high[index]!,
    low: columns.low[index]!,
    close: columns.close[index]!,
    volume: columns.volume[index]!,
  }
}

/** Writes a bar at an index within `[0, length)`. */
export function setBar(columns: BarColumns, index: number, bar: Bar): void {
  columns.openTimeMs[index] = bar.openTimeMs
  columns.open[index] = bar.open
  columns.high[index] = bar.high
  columns.low[index] = bar.low
  columns.close[index] = bar.close
  columns.volume[index] = bar.volume
}

/** Bars with index in `[from, to)`, sharing memory with the original. */
export function sliceBars(columns: BarColumns, from: number, to: number): BarColumns {
  return {
    instrument: columns.instrument,
    intervalMs: columns.intervalMs,
    length: to - from,
    openTimeMs: columns.openTimeMs.subarray(from, to),
    open: columns.open.subarray(from, to),
    high: columns.high.subarray(from, to),
    low: columns.low.subarray(from, to),
    close: columns.close.subarray(from, to),
    volume: columns.volume.subarray(from, to),
  }
}

/** Index of the first bar that opens at or after an instant; `length` where none does. */
export function firstBarFrom(columns: BarColumns, fromMs: number): number {
  let low = 0
  let high = columns.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (columns.openTimeMs[middle]! < fromMs) low = middle + 1
    else high = middle
  }
  return low
}

/** Bars that open at or after `fromMs` and have closed by `toMs`, sharing memory with the original. */
export function barsBetween(columns: BarColumns, fromMs: number, toMs: number): BarColumns {
  const from = firstBarFrom(columns, fromMs)
  const to = firstBarFrom(columns, toMs - columns.intervalMs + 1)
  return sliceBars(columns, from, Math.max(from, to))
}
