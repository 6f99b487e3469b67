import { emptyBarColumns, type BarColumns } from '../bars/bar-columns.ts'

/** Turns the numbers of all bars before an instant into those of the shares after it. */
export interface Adjustment {
  /** Epoch milliseconds. A bar is before it if its middle is, whichever instant of a day its source lets daily bars open at. */
  readonly effectiveMs: number
  /** Multiplies prices, divides them on the way back; above zero. */
  readonly priceFactor: number
  /** Multiplies volumes. */
  readonly volumeFactor: number
}

/**
 * Bars as if the shares had always been those after the last adjustment: prices and volumes times the factors of all adjustments that
 * lie behind the bar. `adjustments` ascend. The bars given stay as they are.
 */
export function adjustBars(bars: BarColumns, adjustments: readonly Adjustment[]): BarColumns {
  return scaled(bars, adjustments, (value, factor) => value * factor)
}

/** The bars that `adjustBars` made these of, to within rounding (a relative 10⁻¹²). */
export function unadjustBars(bars: BarColumns, adjustments: readonly Adjustment[]): BarColumns {
  return scaled(bars, adjustments, (value, factor) => value / factor)
}

function scaled(
  bars: BarColumns,
  adjustments: readonly Adjustment[],
  scale: (value: number, factor: number) => number,
): BarColumns {
  const made = emptyBarColumns(bars, bars.length)
  made.openTimeMs.set(bars.openTimeMs)
  let behind = adjustments.length
  let price = 1
  let volume = 1
  for (let row = bars.length - 1; row >= 0; row--) {
    const middleMs = bars.openTimeMs[row]! + bars.intervalMs / 2
    for (; behind > 0 && adjustments[behind - 1]!.effectiveMs > middleMs; behind--) {
      price *= adjustments[behind - 1]!.priceFactor
      volume *= adjustments[behind - 1]!.volumeFactor
    }
    made.open[row] = scale(bars.open[row]!, price)
    made.high[row] = scale(bars.high[row]!, price)
    made.low[row] = scale(bars.low[row]!, price)
    made.close[row] = scale(bars.close[row]!, price)
    made.volume[row] = scale(bars.volume[row]!, volume)
  }
  return made
}
