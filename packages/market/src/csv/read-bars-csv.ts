import { QmtlError, formatInstant, formatInterval, type ErrorCause } from '@qmtl/contracts'
import type { BarField } from '../bars/bar-block.ts'
import { barColumnsOf, type Bar, type BarColumns } from '../bars/bar-columns.ts'
import { findBarGaps, type BarGap } from '../bars/bar-gaps.ts'
import { isOnGrid } from '../bars/bar-grid.ts'
import { checkBarRow, type CellProblem, type NumberedBar } from './bar-row.ts'
import { readCsvRows, type CsvRow, type CsvTable } from './csv-rows.ts'
import { intervalOfBars } from './interval-of-bars.ts'

export interface ReadBarsOptions {
  /** Id of the instrument that the file holds. */
  readonly instrument: string
  /** File name for messages. */
  readonly name: string
  /** Interval of the bars; read from the file where absent. */
  readonly intervalMs?: number | undefined
  /** What to do about missing bars of open hours; default `refuse`. */
  readonly gaps?: 'refuse' | 'allow' | undefined
  /** Calendar that says which bars may be missing; default `24/7`. */
  readonly calendar?: string | undefined
}

const mostReported = 20

/**
 * Reads `ts,open,high,low,close,volume`: `ts` is the bar's open, RFC 3339 UTC, a date, or an epoch in seconds or milliseconds.
 * All bad cells are reported together (the first 20), each with line, column and rule, as `E_INVALID_DATA`. Throws
 * `E_DATA_INTERVAL` where the file holds another interval than the one given and `E_DATA_GAP` where bars are missing.
 */
export function readBarsCsv(source: string | Uint8Array, options: ReadBarsOptions): BarColumns {
  const { instrument, name, calendar = '24/7', gaps = 'refuse' } = options
  const table = readCsvRows(source, name)
  const { bars, errors } = checkRows(table, name)
  refuseErrors(errors, name)
  if (bars.length === 0)
    throw new QmtlError('E_INVALID_DATA', `${name}: no bars`, { hint: 'give a file with at least one row' })

  const intervalMs = intervalOfBars(bars, { name, intervalMs: options.intervalMs })
  refuseErrors(gridErrors(bars, { table, name, intervalMs }), name)
  const columns = barColumnsOf({ instrument, intervalMs }, bars)
  if (gaps === 'refuse') refuseGaps(findBarGaps(columns.openTimeMs, intervalMs, calendar), { bars, name, intervalMs })
  return columns
}

/** Checks each row by itself and its place behind the rows before it. */
function checkRows(table: CsvTable, name: string): { bars: NumberedBar[]; errors: ErrorCause[] } {
  const bars: NumberedBar[] = []
  const errors: ErrorCause[] = []
  for (const row of table.rows) {
    if (row.cells.length !== 6) {
      errors.push({ path: `${name}:${row.line}:1`, message: `line ${row.line}: ${row.cells.length} cells, not 6` })
      continue
    }
    const { bar, problems } = checkBarRow(cellsOf(row, table), row.line)
    const broken = [...problems, ...orderProblem(bar, bars)]
    for (const problem of broken) errors.push(causeOf(problem, row.line, { table, name }))
    if (broken.length === 0) bars.push(bar)
  }
  return { bars, errors }
}

function cellsOf({ cells }: CsvRow, { position }: CsvTable): Record<BarField, string> {
  const cell = (field: BarField): string => cells[position[field]] ?? ''
  return {
    ts: cell('ts'),
    open: cell('open'),
    high: cell('high'),
    low: cell('low'),
    close: cell('close'),
    volume: cell('volume'),
  }
}

/** Compared is the last good row, so one early row does not condemn all that follow. */
function orderProblem({ openTimeMs }: Bar, bars: readonly NumberedBar[]): readonly CellProblem[] {
  const last = bars.at(-1)
  if (!last || Number.isNaN(openTimeMs) || openTimeMs > last.openTimeMs) return []
  const twin = barOpeningAt(openTimeMs, bars)
  const rule = twin
    ? `repeats the time of line ${twin.line}`
    : `stands after the later ${formatInstant(last.openTimeMs)} of line ${last.line}`
  return [{ field: 'ts', value: formatInstant(openTimeMs), rule }]
}

/** By halves, because the bars ascend: a file that was appended to itself has a twin of every row. */
function barOpeningAt(openTimeMs: number, bars: readonly NumberedBar[]): NumberedBar | undefined {
  let from = 0
  let to = bars.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if (bars[middle]!.openTimeMs < openTimeMs) from = middle + 1
    else to = middle
  }
  return bars[from]?.openTimeMs === openTimeMs ? bars[from] : undefined
}

interface GridOptions {
  readonly table: CsvTable
  readonly name: string
  readonly intervalMs: number
}

function gridErrors(bars: readonly NumberedBar[], { table, name, intervalMs }: GridOptions): ErrorCause[] {
  const [first] = bars
  const originMs = first?.openTimeMs ?? 0
  return bars
    .filter(({ openTimeMs }) => !isOnGrid(openTimeMs, originMs, intervalMs))
    .map(({ openTimeMs, line }) => {
      const rule = `is not on the grid of ${formatInterval(intervalMs)} from ${formatInstant(originMs)}`
      return causeOf({ field: 'ts', value: formatInstant(openTimeMs), rule }, line, { table, name })
    })
}

function causeOf(
  { field, value, rule }: CellProblem,
  line: number,
  { table, name }: { readonly table: CsvTable; readonly name: string },
): ErrorCause {
  const column = table.position[field] + 1
  return {
    path: `${name}:${line}:${column}`,
    message: `line ${line}, column ${column} (${field}): '${value}' ${rule}`,
    value,
  }
}

function refuseErrors(errors: readonly ErrorCause[], name: string): void {
  const [first] = errors
  if (!first) return
  const more = errors.length === 1 ? '' : `, and ${errors.length - 1} more`
  throw new QmtlError('E_INVALID_DATA', `${name}: ${first.message}${more}`, {
    errors: errors.slice(0, mostReported),
    details: { bad_cells: errors.length },
    hint: 'correct the rows named; nothing was read',
  })
}

interface GapContext {
  readonly bars: readonly NumberedBar[]
  readonly name: string
  readonly intervalMs: number
}

function refuseGaps(gaps: readonly BarGap[], { bars, name, intervalMs }: GapContext): void {
  const [first] = gaps
  if (!first) return
  const line = (gap: BarGap): number => bars[gap.afterIndex + 1]?.line ?? 0
  const describe = (gap: BarGap): string =>
    `${gap.missing} ${gap.missing === 1 ? 'bar' : 'bars'} missing from ${formatInstant(gap.fromMs)}`
  const total = gaps.reduce((sum, gap) => sum + gap.missing, 0)
  const all = gaps.length === 1 ? '' : ` (in all ${gaps.length} gaps, ${total} bars)`
  throw new QmtlError('E_DATA_GAP', `${name} line ${line(first)}: before it ${describe(first)}${all}`, {
    errors: gaps.slice(0, mostReported).map((gap) => ({ path: `${name}:${line(gap)}:1`, message: describe(gap) })),
    details: { gaps: gaps.length, missing_bars: total, interval: formatInterval(intervalMs) },
    hint: 'fill the gaps, or run on the bars there are with --allow-gaps',
  })
}
