import { messageOf, QmtlError } from '@qmtl/contracts'
import { CsvError, Parser } from 'csv-parse'
import { findColumns, type FileLayout, type LayoutColumns } from '../layout/file-layout.ts'
import type { TimeReader } from '../layout/time-pattern.ts'
import type { BarIntake } from './bar-intake.ts'
import { numberOf } from './bar-row.ts'
import { takeCells } from './text-row.ts'

/** Reads a CSV file of any layout that comes in pieces cut anywhere. */
export interface LayoutCsvParser {
  push(bytes: Uint8Array): Promise<void>
  end(): Promise<void>
}

export interface LayoutCsvOptions {
  readonly name: string
  readonly layout: FileLayout
  /** Reads the open of a bar. */
  readonly times: TimeReader
  readonly intake: BarIntake
}

const longestRecord = 65_536

/**
 * A parser of CSV (RFC 4180, UTF-8, LF or CRLF, blank lines ignored) into an intake. Rejects with `E_INVALID_DATA` for broken quotes
 * (line and column), for a column that is not there, and for a row over 65,536 characters; wrong rows go to the intake.
 */
export function createLayoutCsvParser(options: LayoutCsvOptions): LayoutCsvParser {
  const { name, layout } = options
  let reader: RowOfTexts | undefined
  let failure: unknown
  const parser = new Parser({
    bom: true,
    delimiter: layout.delimiter ?? ',',
    max_record_size: longestRecord,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  })
  // Records are taken where the library hands them on: queues of objects, and its own callback with a context made for each record,
  // take as much time again as the parsing. What is thrown there has no one to catch it.
  parser.push = (record: string[] | null) => {
    try {
      if (record !== null && failure === undefined) take(record, parser.info.lines)
    } catch (error) {
      failure = error
    }
    return true
  }
  parser.on('error', () => undefined)

  function take(record: readonly string[], line: number): void {
    if (reader !== undefined) return reader.take(record, line)
    const hasHeader = layout.hasHeader !== false
    reader = createRowOfTexts(findColumns(hasHeader ? record : record.length, layout, name), record.length, options)
    if (!hasHeader) reader.take(record, line)
  }

  function settle(act: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      act((error) => {
        const fault = failure ?? error
        if (fault instanceof Error) reject(csvFault(fault, name))
        else resolve()
      })
    })
  }
  return {
    // The parser keeps parts of what it is given.
    push: (bytes) => settle((done) => parser.write(bytes.slice(), done)),
    end: () => settle((done) => parser.end(done)),
  }
}

function csvFault(error: Error, name: string): Error {
  if (!(error instanceof CsvError)) return error
  const place = placeOf(error)
  const { line = 1, column = 1 } = place
  const message = `line ${line}, column ${column}: ${messageOf(error)}`
  return new QmtlError('E_INVALID_DATA', `${name}: ${message}`, {
    cause: error,
    errors: [{ path: `${name}:${line}:${column}`, message }],
    hint: 'correct the quotes there, or name the --delimiter of the file; nothing was imported',
  })
}

/** Where the library stopped, as far as it says; columns are counted from 0. */
function placeOf(error: CsvError): { readonly line?: number; readonly column?: number } {
  const { lines, column } = error
  return {
    ...(typeof lines === 'number' ? { line: lines } : {}),
    ...(typeof column === 'number' ? { column: column + 1 } : {}),
  }
}

interface RowOfTexts {
  take(record: readonly string[], line: number): void
}

function createRowOfTexts(columns: LayoutColumns, width: number, options: LayoutCsvOptions): RowOfTexts {
  const { intake, times, layout } = options
  const { cells } = intake
  const [onlyTime = 0, ...moreTimes] = columns.ts
  const positions = { ...columns, ts: onlyTime }
  const timeText = (record: readonly string[]): string =>
    moreTimes.length === 0 ? (record[onlyTime] ?? '') : columns.ts.map((at) => record[at] ?? '').join(' ')
  const numberText =
    layout.decimalMark === ','
      ? (record: readonly string[], at: number): string => (record[at] ?? '').replace(',', '.')
      : (record: readonly string[], at: number): string => record[at] ?? ''
  const volumeText = (record: readonly string[]): string =>
    columns.volume < 0 ? '0' : numberText(record, columns.volume)
  return {
    take(record, line) {
      if (record.length !== width) return intake.refuseRow(line, `${record.length} cells, not ${width}`)
      cells[0] = times.read(timeText(record)) ?? Number.NaN
      cells[1] = numberOf(numberText(record, columns.open))
      cells[2] = numberOf(numberText(record, columns.high))
      cells[3] = numberOf(numberText(record, columns.low))
      cells[4] = numberOf(numberText(record, columns.close))
      cells[5] = numberOf(volumeText(record))
      if (intake.take(line)) return
      const texts = {
        ts: timeText(record),
        open: numberText(record, columns.open),
        high: numberText(record, columns.high),
        low: numberText(record, columns.low),
        close: numberText(record, columns.close),
        volume: volumeText(record),
      }
      takeCells(texts, { positions, line, intake, times })
    },
  }
}
