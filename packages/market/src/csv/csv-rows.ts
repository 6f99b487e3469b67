import { QmtlError, messageOf, suggestName } from '@qmtl/contracts'
import { parse } from 'csv-parse/sync'
import { barFields, type BarField } from '../bars/bar-block.ts'

/** One data row and the line, from 1, on which it ends. */
export interface CsvRow {
  readonly line: number
  readonly cells: readonly string[]
}

export interface CsvTable {
  /** Position of each field in a row's cells. */
  readonly position: Readonly<Record<BarField, number>>
  readonly rows: readonly CsvRow[]
}

interface ParsedRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

/**
 * Splits CSV text (UTF-8, comma, LF or CRLF, quotes as in RFC 4180, blank lines ignored) whose header names the six fields in
 * any order. Throws `E_INVALID_DATA` for broken quoting and for a missing, repeated or unknown header name.
 */
export function readCsvRows(source: string | Uint8Array, name: string): CsvTable {
  const text = typeof source === 'string' ? source.replace(/^\uFEFF/, '') : new TextDecoder().decode(source)
  const [header, ...rows] = text.includes('"') ? parseQuotedRows(text, name) : splitPlainRows(text)
  return { position: positionsOf(header, name), rows }
}

/** Without quotes a line is a row: several times as fast as the general parser, which must also track where rows end. */
function splitPlainRows(text: string): readonly CsvRow[] {
  return text.split(/\r?\n/).flatMap((row, index) => {
    if (row.trim() === '') return []
    return [{ line: index + 1, cells: row.split(',').map((cell) => cell.trim()) }]
  })
}

function parseQuotedRows(text: string, name: string): readonly CsvRow[] {
  try {
    // The types of csv-parse do not know that `info` wraps each record.
    const records: readonly unknown[] = parse(text, {
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    })
    return records.filter(isParsedRecord).map(({ record, info }) => ({ line: info.lines, cells: record }))
  } catch (cause) {
    throw new QmtlError('E_INVALID_DATA', `${name}: not a CSV file: ${messageOf(cause)}`, { cause })
  }
}

function isParsedRecord(value: unknown): value is ParsedRecord {
  return typeof value === 'object' && value !== null && 'record' in value && 'info' in value
}

/** Where each field stands. Throws `E_INVALID_DATA` for a missing, repeated or unknown name. */
export function positionsOf(header: CsvRow | undefined, name: string): Record<BarField, number> {
  const cells = header?.cells ?? []
  const line = header?.line ?? 1
  const problems = [
    ...cells.flatMap((cell, index) => headerProblem(cells, cell, index)),
    ...barFields
      .filter((field) => !cells.includes(field))
      .map((field) => ({ column: 1, message: `no column '${field}'` })),
  ]
  if (problems.length > 0) {
    const [first] = problems
    throw new QmtlError('E_INVALID_DATA', `${name} line ${line}: ${first?.message ?? ''}`, {
      errors: problems.map(({ column, message }) => ({ path: `${name}:${line}:${column}`, message })),
      hint: `begin the file with the line ${barFields.join(',')}, or import it with qmtl data import --map`,
    })
  }
  const at = (field: BarField): number => cells.indexOf(field)
  return { ts: at('ts'), open: at('open'), high: at('high'), low: at('low'), close: at('close'), volume: at('volume') }
}

function headerProblem(cells: readonly string[], cell: string, index: number): { column: number; message: string }[] {
  const column = index + 1
  if (!barFields.some((field) => field === cell)) {
    return [{ column, message: `unknown column '${cell}'; ${suggestName(cell, barFields)}` }]
  }
  return cells.indexOf(cell) === index ? [] : [{ column, message: `column '${cell}' stands twice` }]
}
