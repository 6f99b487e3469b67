/** Times of a chart's left and right edge, epoch milliseconds; the right one is later. */
export interface TimeSpan {
  readonly fromMs: number
  readonly toMs: number
}

/** Pixel columns of every chart; also the width of its coordinates. */
export const chartColumns = 1000

/** The column, from 0 on, that an instant falls into. */
export function columnOf(timeMs: number, { fromMs, toMs }: TimeSpan): number {
  const column = Math.floor(((timeMs - fromMs) / (toMs - fromMs)) * chartColumns)
  return Math.min(chartColumns - 1, Math.max(0, column))
}

/**
 * The rows that draw a curve of any length: of each column the smallest and the largest value in their order, so that no spike
 * is lost, with the first and the last of the curve. A curve is parted where values that are `NaN` leave at least a column
 * empty. Times ascend.
 */
export function extremeRows(
  timesMs: ArrayLike<number>,
  values: ArrayLike<number>,
  span: TimeSpan,
): readonly (readonly number[])[] {
  const curves: number[][] = []
  let open: OpenColumn | undefined
  let hasHole = false
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row]!)) {
      hasHole = true
      continue
    }
    const column = columnOf(timesMs[row]!, span)
    if (open?.column === column) {
      widen(open, row, values)
    } else {
      const isParted = open === undefined || (hasHole && column - open.column > 1)
      const curve: number[] = isParted ? startCurve(curves, open) : continueCurve(open)
      open = { column, curve, low: row, high: row, last: row }
      if (isParted) curve.push(row)
    }
    hasHole = false
  }
  if (open) endCurve(open)
  return curves
}

/** The rows of the column being read. */
interface OpenColumn {
  readonly column: number
  readonly curve: number[]
  low: number
  high: number
  last: number
}

function widen(open: OpenColumn, row: number, values: ArrayLike<number>): void {
  if (values[row]! < values[open.low]!) open.low = row
  if (values[row]! > values[open.high]!) open.high = row
  open.last = row
}

function startCurve(curves: number[][], before: OpenColumn | undefined): number[] {
  if (before) endCurve(before)
  const curve: number[] = []
  curves.push(curve)
  return curve
}

function continueCurve(open: OpenColumn | undefined): number[] {
  if (!open) return []
  keep(open.curve, Math.min(open.low, open.high))
  keep(open.curve, Math.max(open.low, open.high))
  return open.curve
}

function endCurve(open: OpenColumn): void {
  continueCurve(open)
  keep(open.curve, open.last)
}

function keep(curve: number[], row: number): void {
  const last = curve.at(-1)
  if (last === undefined || row > last) curve.push(row)
}
