import { formatInstant, messageOf, QmtlError, type CallOptions } from '@qmtl/contracts'
import {
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  type ParquetScan,
  type SchemaElement,
} from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { barFields, type BarField } from '../bars/bar-block.ts'
import { latestOpenMs } from '../bars/sound-bar.ts'
import type { ZoneClock } from '../calendars/zone-clock.ts'
import type { BarIntake } from '../csv/bar-intake.ts'
import { takeCells } from '../csv/text-row.ts'
import { findColumns, type FileLayout } from '../layout/file-layout.ts'
import { isReadRaw, numberReader, readCells, timeReader, type CellReader } from './cell-reader.ts'

export interface ParquetBars {
  /** File name for messages. */
  readonly name: string
  readonly file: AsyncBuffer
  readonly layout: FileLayout
  /** Of times that name no zone. */
  readonly clock: ZoneClock
  /** Taken off each time. */
  readonly shiftMs: number
  readonly intake: BarIntake
}

/** Rows read at once: as many doubles as writers commonly put into one page. */
const sliceRows = 131_072
/** A part of a column that must be in memory as a whole. */
const mostChunkBytes = 1 << 27

/**
 * Feeds the bars of a Parquet file to an intake, some rows of a row group at a time; yields the fraction done, so that the caller takes
 * the bars before the next ones are read. Rejects with `E_INVALID_DATA` for a file that is no Parquet, is damaged or encrypted, lacks a
 * column or has one of another type, or has a row group over 128 MB per column; wrong rows go to the intake.
 */
export async function* readBarsParquet(bars: ParquetBars, { signal }: CallOptions): AsyncGenerator<number> {
  const { name, file } = bars
  const metadata = await readable(name, () => parquetMetadataAsync(file))
  const columns = columnsOf(metadata, bars)
  refuseLargeGroups(metadata, name)
  const scan = await readable(name, () => openScan(file, metadata, columns))
  const total = Number(metadata.num_rows)
  // Written anew for each slice: memory outside the heap is given back late.
  const buffers = columns.map(() => new Float64Array(Math.min(sliceRows, total)))
  for (const { rowStart, rowEnd } of scan.ranges) {
    for (let from = rowStart; from < rowEnd; from += sliceRows) {
      signal?.throwIfAborted()
      const to = Math.min(rowEnd, from + sliceRows)
      takeRows(await readable(name, () => readSlice(scan, columns, { from, to, buffers })), {
        from,
        columns,
        intake: bars.intake,
      })
      yield to / total
    }
  }
}

/** A column of the file that holds a field of the bars. */
interface BarColumn {
  /** Undefined for a volume that the file does not have. */
  readonly element: SchemaElement | undefined
  /** Position among the columns of the file, from 0. */
  readonly position: number
  readonly read: CellReader
}

function columnsOf(metadata: FileMetaData, { name, layout, clock, shiftMs }: ParquetBars): readonly BarColumn[] {
  const tree = parquetSchema(metadata).children
  const found = findColumns(
    tree.map(({ element }) => element.name),
    layout,
    name,
  )
  return barFields.map((field) => {
    const position = field === 'ts' ? (found.ts[0] ?? -1) : found[field]
    const column = tree[position]
    if (column === undefined) return { element: undefined, position: 0, read: () => 0 }
    const element = column.children.length > 0 ? { name: column.element.name } : column.element
    if (field !== 'ts') return { element, position, read: numberReader(element, name) }
    const read = timeReader(element, { layout, clock, place: name })
    return { element, position, read: shiftMs === 0 ? read : (cell) => read(cell) - shiftMs }
  })
}

function refuseLargeGroups({ row_groups: groups }: FileMetaData, name: string): void {
  for (const [index, { columns, num_rows: rows }] of groups.entries()) {
    const largest = columns.reduce(
      (most, { meta_data }) => Math.max(most, Number(meta_data?.total_uncompressed_size ?? 0)),
      0,
    )
    if (largest <= mostChunkBytes) continue
    throw new QmtlError(
      'E_INVALID_DATA',
      `${name}: row group ${index + 1} has ${rows} rows and a column of ${largest} bytes, over ${mostChunkBytes}`,
      { hint: 'write the file with row groups of at most 1,000,000 rows' },
    )
  }
}

async function openScan(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: readonly BarColumn[],
): Promise<ParquetScan> {
  const elements = columns.flatMap(({ element }) => (element === undefined ? [] : [element]))
  const schema = metadata.schema.map((element) =>
    elements.includes(element) && isReadRaw(element) ? withoutMeaning(element) : element,
  )
  return parquetScan({
    file,
    metadata: { ...metadata, schema },
    columns: elements.map(({ name }) => name),
    compressors,
    utf8: false,
    parsers: { timestampFromNanoseconds: (nanoseconds) => nanoseconds },
  })
}

/** Times become a `Date` each and decimals a product of doubles if the library knows what they are. */
function withoutMeaning(element: SchemaElement): SchemaElement {
  const physical = { ...element }
  delete physical.converted_type
  delete physical.logical_type
  return physical
}

/** Rows of a file: the cells of each column as stored, and as numbers. */
interface Slice {
  readonly cells: readonly (DecodedArray | undefined)[]
  readonly numbers: readonly Float64Array[]
}

/** Column by column, for only one is decoded at a time. */
async function readSlice(
  scan: ParquetScan,
  columns: readonly BarColumn[],
  { from, to, buffers }: { readonly from: number; readonly to: number; readonly buffers: readonly Float64Array[] },
): Promise<Slice> {
  const cells: (DecodedArray | undefined)[] = []
  const numbers = buffers.map((buffer) => buffer.subarray(0, to - from))
  for (const [index, { element, read }] of columns.entries()) {
    const values = numbers[index] ?? new Float64Array()
    const column = element && (await scan.readColumn({ column: element.name, rowStart: from, rowEnd: to }))
    if (column !== undefined) readCells(column, read, values)
    else values.fill(0)
    cells.push(column)
  }
  return { cells, numbers }
}

interface RowsContext {
  /** Row of the file, from 0. */
  readonly from: number
  readonly columns: readonly BarColumn[]
  readonly intake: BarIntake
}

function takeRows({ cells, numbers }: Slice, { from, columns, intake }: RowsContext): void {
  const rows = numbers[0]!.length
  for (let row = 0; row < rows; row++) {
    for (let field = 0; field < 6; field++) intake.cells[field] = numbers[field]![row]!
    if (intake.take(from + row + 1)) continue
    const texts = barFields.map((_, field) => cellText(field, numbers[field]![row]!, cells[field]?.[row]))
    refuseRow(texts, { row: from + row + 1, openTimeMs: numbers[0]![row]!, columns, intake })
  }
}

/** What stands in a cell: its number, or what it is where that is none. */
function cellText(field: number, value: number, cell: unknown): string {
  if (!Number.isNaN(value))
    return field === 0 && value >= 0 && value < latestOpenMs ? formatInstant(value) : String(value)
  if (cell instanceof Uint8Array) return `${cell.length} bytes`
  return typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'bigint' ? String(cell) : ''
}

interface RefusedRow {
  readonly row: number
  readonly openTimeMs: number
  readonly columns: readonly BarColumn[]
  readonly intake: BarIntake
}

function refuseRow(texts: readonly string[], { row, openTimeMs, columns, intake }: RefusedRow): void {
  const text = (field: BarField): string => texts[barFields.indexOf(field)] ?? ''
  const position = (field: BarField): number => columns[barFields.indexOf(field)]?.position ?? 0
  takeCells(
    {
      ts: text('ts'),
      open: text('open'),
      high: text('high'),
      low: text('low'),
      close: text('close'),
      volume: text('volume'),
    },
    {
      positions: {
        ts: position('ts'),
        open: position('open'),
        high: position('high'),
        low: position('low'),
        close: position('close'),
        volume: position('volume'),
      },
      line: row,
      intake,
      times: {
        rule: 'is not a time in whole milliseconds',
        read: () => (Number.isNaN(openTimeMs) ? undefined : openTimeMs),
      },
    },
  )
}

/** What the library throws over bytes that it does not understand is the file's fault. */
async function readable<Result>(name: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof QmtlError) throw error
    throw new QmtlError('E_INVALID_DATA', `${name} cannot be read as Parquet: ${messageOf(error)}`, {
      cause: error,
      hint: 'write the file anew; encrypted files and nested columns cannot be read',
    })
  }
}
