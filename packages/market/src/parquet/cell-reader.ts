import { QmtlError } from '@qmtl/contracts'
import type { DecodedArray, SchemaElement } from 'hyparquet'
import { minuteMs } from '../calendars/civil-date.ts'
import type { ZoneClock } from '../calendars/zone-clock.ts'
import { numberOf } from '../csv/bar-row.ts'
import { createTimeReader, epochUnits, msOfAnyEpoch, msOfEpoch } from '../layout/time-reader.ts'
import type { FileLayout } from '../layout/file-layout.ts'

/** Reads a cell of a Parquet column, as its physical type has it, into a number; NaN where it is none. */
export type CellReader = (cell: unknown) => number

const dayMs = 86_400_000

/**
 * Reads numbers: integers, floats, decimals, and texts. Decimals are read as their decimal text would be, not as a product of doubles.
 * Throws `E_INVALID_DATA` for any other type.
 */
export function numberReader(element: SchemaElement, place: string): CellReader {
  const { type } = element
  if (element.converted_type === 'DECIMAL') return decimalReader(element.scale ?? 0)
  if (isText(element)) return (cell) => (typeof cell === 'string' ? numberOf(cell.trim()) : Number.NaN)
  if (type === 'INT32' || type === 'INT64' || type === 'FLOAT' || type === 'DOUBLE') return numberOfCell
  throw wrongType(element, { place, wanted: 'a number' })
}

export interface TimeContext {
  readonly layout: FileLayout
  readonly clock: ZoneClock
  readonly place: string
}

/**
 * Reads times as epoch milliseconds: timestamps of any unit (those without a zone on the clock given), dates, and by the layout's `time`
 * bare numbers and texts. Throws `E_INVALID_DATA` for any other type.
 */
export function timeReader(element: SchemaElement, { layout, clock, place }: TimeContext): CellReader {
  const unit = timestampUnit(element)
  if (unit !== undefined) {
    const read = scaledReader(unit)
    const isLocal = element.logical_type?.type === 'TIMESTAMP' && !element.logical_type.isAdjustedToUTC
    return isLocal ? (cell) => localToUtc(read(cell), clock) : read
  }
  if (isDate(element)) return (cell) => localToUtc(numberOfCell(cell) * dayMs, clock)
  if (isText(element)) {
    const times = createTimeReader(layout, clock)
    return (cell) => (typeof cell === 'string' ? (times.read(cell.trim()) ?? Number.NaN) : Number.NaN)
  }
  if (element.type === 'INT32' || element.type === 'INT64' || element.type === 'DOUBLE') return epochReader(layout)
  throw wrongType(element, { place, wanted: 'a time' })
}

/** True for a type whose numbers are to be read as they are stored, without the library's conversion. */
export function isReadRaw(element: SchemaElement): boolean {
  return (
    element.converted_type === 'DECIMAL' ||
    isDate(element) ||
    (timestampUnit(element) !== undefined && !isInt96(element))
  )
}

function epochReader({ time = 'auto' }: FileLayout): CellReader {
  const unit = epochUnits.get(time)
  return unit === undefined ? (cell) => msOfAnyEpoch(numberOfCell(cell)) : scaledReader(unit)
}

function scaledReader(unit: number): CellReader {
  return (cell) => msOfEpoch(numberOfCell(cell), unit) ?? Number.NaN
}

function numberOfCell(cell: unknown): number {
  return typeof cell === 'number' ? cell : typeof cell === 'bigint' ? Number(cell) : Number.NaN
}

/** Up to 10^22 a power of ten is exact: dividing an exact whole number by one rounds once, as reading the text would. */
function decimalReader(scale: number): CellReader {
  const divisor = Number(`1e${scale}`)
  return (cell) => (cell instanceof Uint8Array ? wholeOf(cell) : numberOfCell(cell)) / divisor
}

/** A big-endian whole number in two's complement. */
function wholeOf(bytes: Uint8Array): number {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return Number(BigInt.asIntN(bytes.length * 8, value))
}

/** Milliseconds per unit; undefined where the column holds no timestamps. */
function timestampUnit(element: SchemaElement): number | undefined {
  if (isInt96(element)) return epochUnits.get('ns')
  const { logical_type: logical, converted_type: converted } = element
  if (logical?.type === 'TIMESTAMP') {
    return epochUnits.get(logical.unit === 'MILLIS' ? 'ms' : logical.unit === 'MICROS' ? 'us' : 'ns')
  }
  if (converted === 'TIMESTAMP_MILLIS') return epochUnits.get('ms')
  return converted === 'TIMESTAMP_MICROS' ? epochUnits.get('us') : undefined
}

function isInt96({ type }: SchemaElement): boolean {
  return type === 'INT96'
}

function isDate({ logical_type: logical, converted_type: converted }: SchemaElement): boolean {
  return logical?.type === 'DATE' || converted === 'DATE'
}

function isText({ logical_type: logical, converted_type: converted }: SchemaElement): boolean {
  return logical?.type === 'STRING' || converted === 'UTF8'
}

function localToUtc(localMs: number, clock: ZoneClock): number {
  const minute = Math.floor(localMs / minuteMs)
  return Number.isNaN(minute) ? Number.NaN : clock.instantOf(minute) + (localMs - minute * minuteMs)
}

/** Reads a run of cells. */
export function readCells(cells: DecodedArray, read: CellReader, into: Float64Array): void {
  for (let at = 0; at < into.length; at++) into[at] = read(cells[at])
}

function wrongType(
  { name, type, logical_type: logical, converted_type: converted }: SchemaElement,
  { place, wanted }: { readonly place: string; readonly wanted: string },
): QmtlError {
  const is = logical?.type ?? converted ?? type ?? 'a group of columns'
  return new QmtlError('E_INVALID_DATA', `${place}: column '${name}' is ${is}, not ${wanted}`, {
    hint: 'say which column holds a field: --map ts=Date --map close=Last',
  })
}
