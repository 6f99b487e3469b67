/** Bars of one traded instrument as columns, ascending by open time, each `length` long. */
export interface PriceBars {
  readonly instrument: string
  readonly intervalMs: number
  readonly length: number
  /** Epoch milliseconds UTC; a bar covers `[open time, open time + intervalMs)`. */
  readonly openTimeMs: ArrayLike<number>
  readonly high: ArrayLike<number>
  readonly low: ArrayLike<number>
  /** Units of the instrument. */
  readonly volume: ArrayLike<number>
}

/** The first bars given for an instrument. */
export function barsOf(instrument: string, bars: readonly PriceBars[]): PriceBars | undefined {
  return bars.find((each) => each.instrument === instrument)
}

/** Index of the first bar that opens at or after an instant; `length` where none does. */
export function firstBarFrom({ openTimeMs, length }: PriceBars, instantMs: number): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (openTimeMs[middle]! < instantMs) low = middle + 1
    else high = middle
  }
  return low
}
