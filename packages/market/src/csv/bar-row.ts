import type { Bar } from '../bars/bar-columns.ts'
import { latestOpenMs } from '../bars/sound-bar.ts'
import type { BarField } from '../bars/bar-block.ts'
import type { TimeReader } from '../layout/time-pattern.ts'
import { anyTime } from '../layout/time-reader.ts'

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

const zero = 48
const nine = 57
const point = 46
const space = 32
/** What makes `0x1f`, `0b1` and `0o7` numbers of other bases: the letters in lower case. */
const baseMarks: ReadonlySet<number> = new Set([98, 111, 120])
const lowerCase = 32

/**
 * The number that a text is in decimal notation; NaN for any other text. `Number` also takes what is empty, has blanks around it, is
 * `Infinity` or of another base: the ends of a text tell, in a third of the time of a regular expression.
 */
export function numberOf(text: string): number {
  const last = text.charCodeAt(text.length - 1)
  const endsInDigit = (last >= zero && last <= nine) || last === point
  const isDecimal = endsInDigit && text.charCodeAt(0) > space && !baseMarks.has(text.charCodeAt(1) | lowerCase)
  return isDecimal ? Number(text) : Number.NaN
}
