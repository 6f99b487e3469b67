import type { Bar } from '../bars/bar-columns.ts'
import { latestOpenMs } from '../bars/sound-bar.ts'
import type { BarField } from '../bars/bar-block.ts'
import { anyTime, type TimeReader } from '../layout/time-reader.ts'

/** A rule that a cell breaks. */
export interface CellProblem {
  readonly field: BarField
  readonly value: string
  readonly rule: string
}

/** A bar and the line on which it stands. */
export interface NumberedBar extends Bar {
  readonly line: number
}

interface CheckedRow {
  readonly bar: NumberedBar
  readonly problems: readonly CellProblem[]
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/

/** Reads one row's cells and names every rule that they break; the bar means nothing where there are problems. */
export function checkBarRow(
  cells: Readonly<Record<BarField, string>>,
  line: number,
  times: TimeReader = anyTime,
): CheckedRow {
  const problems: CellProblem[] = []
  const report = (field: BarField, rule: string): void => void problems.push({ field, value: cells[field], rule })

  const openTimeMs = times.read(cells.ts)
  if (openTimeMs === undefined) report('ts', cells.ts === '' ? 'is empty' : times.rule)
  else if (openTimeMs < 0 || openTimeMs >= latestOpenMs) report('ts', 'lies outside the years 1970 to 2199')

  const read = (field: Exclude<BarField, 'ts'>): number => {
    const value = numberOf(cells[field])
    if (!Number.isFinite(value)) report(field, cells[field] === '' ? 'is empty' : 'is not a number')
    else if (field === 'volume' ? value < 0 : value <= 0) {
      report(field, field === 'volume' ? 'is negative' : 'is not above zero')
    }
    return value
  }
  const bar = {
    line,
    openTimeMs: openTimeMs ?? Number.NaN,
    open: read('open'),
    high: read('high'),
    low: read('low'),
    close: read('close'),
    volume: read('volume'),
  }
  for (const [field, rule] of rangeProblems(bar, cells)) report(field, rule)
  return { bar, problems }
}

/** Comparisons with NaN are false, so a cell that is no number is not reported twice. */
function rangeProblems(
  { open, high, low, close }: Bar,
  cells: Readonly<Record<BarField, string>>,
): readonly (readonly [BarField, string])[] {
  if (high < low) return [['high', `is below the low ${cells.low}`]]
  const range = `lies outside low ${cells.low} to high ${cells.high}`
  const problems: (readonly [BarField, string])[] = []
  if (open < low || open > high) problems.push(['open', range])
  if (close < low || close > high) problems.push(['close', range])
  return problems
}

/** The number that a text is in decimal notation; NaN for any other text. */
export function numberOf(text: string): number {
  return number.test(text) ? Number(text) : Number.NaN
}
