/** Reads plain rows from bytes without making texts of them. */
export interface RowReader {
  /** The row read last, in the order of `barFields`. */
  readonly cells: Float64Array
  /** The field of each cell of a row, as a position in `barFields`. */
  readonly fieldAt: Int32Array
  /** Where the cell being read ends. */
  at: number
  /** The date read last as one number, 20240131, and its midnight. */
  dateKey: number
  dateMs: number
}

export function createRowReader(cells: Float64Array): RowReader {
  return { cells, fieldAt: Int32Array.of(0, 1, 2, 3, 4, 5), at: 0, dateKey: Number.NaN, dateMs: Number.NaN }
}

const comma = 44
const dash = 45
const point = 46
const zero = 48
const colon = 58
const letterT = 84
const letterZ = 90
const lineFeed = 10
const carriageReturn = 13
/** Powers of ten that a double holds exactly: dividing an exact whole number by one rounds once, as reading the text would. */
const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
const largestExact = Number.MAX_SAFE_INTEGER
/** 10^11 s is the year 5138, 10^11 ms is 1973: an epoch below is in seconds. */
const largestEpochSeconds = 100_000_000_000

/**
 * Reads the row that starts at `from` into the reader's cells and returns where the next begins; −1 where the row is not as programs
 * write rows. Cells that are no plain numbers are NaN. The bytes must end in a line feed.
 */
export function readRow(reader: RowReader, bytes: Uint8Array, from: number): number {
  const { cells, fieldAt } = reader
  reader.at = from
  for (let cell = 0; cell < 6; cell++) {
    if (cell > 0 && bytes[reader.at++] !== comma) return -1
    const field = fieldAt[cell]!
    cells[field] = field === 0 ? readInstant(reader, bytes) : readDecimal(reader, bytes)
  }
  if (bytes[reader.at] === carriageReturn) reader.at += 1
  return bytes[reader.at] === lineFeed ? reader.at + 1 : -1
}

/** A whole number that a double holds exactly; NaN for anything else. */
function readWhole(reader: RowReader, bytes: Uint8Array): number {
  const from = reader.at
  let at = from
  let value = 0
  let digit = bytes[at]! - zero
  while (digit >>> 0 <= 9) {
    value = value * 10 + digit
    digit = bytes[++at]! - zero
  }
  reader.at = at
  return at > from && value <= largestExact ? value : Number.NaN
}

/** Plain decimals whose digits make a whole number that a double holds exactly; NaN for anything else. */
function readDecimal(reader: RowReader, bytes: Uint8Array): number {
  let mantissa = readWhole(reader, bytes)
  if (bytes[reader.at] !== point) return mantissa
  const first = reader.at + 1
  let at = first
  let digit = bytes[at]! - zero
  while (digit >>> 0 <= 9) {
    mantissa = mantissa * 10 + digit
    digit = bytes[++at]! - zero
  }
  reader.at = at
  const decimals = at - first
  return decimals > 0 && decimals <= 22 && mantissa <= largestExact ? mantissa / powersOfTen[decimals]! : Number.NaN
}

/** `YYYY-MM-DDTHH:MM:SSZ`, with or without milliseconds, or an epoch in seconds or milliseconds; NaN for anything else. */
function readInstant(reader: RowReader, bytes: Uint8Array): number {
  const from = reader.at
  if (bytes[from + 4] !== dash) {
    const epoch = readWhole(reader, bytes)
    return epoch < largestEpochSeconds ? epoch * 1000 : epoch
  }
  if (bytes[from + 10] !== letterT) return Number.NaN
  const secondMs = dateOf(reader, bytes, from) + timeOfDay(bytes, from + 11)
  if (bytes[from + 19] === letterZ) {
    reader.at = from + 20
    return secondMs
  }
  return secondMs + millisecond(reader, bytes, from + 19)
}

/** `.123Z` */
function millisecond(reader: RowReader, bytes: Uint8Array, from: number): number {
  if (bytes[from] !== point || bytes[from + 4] !== letterZ) return Number.NaN
  reader.at = from + 1
  const value = readWhole(reader, bytes)
  const isWhole = reader.at === from + 4
  reader.at = from + 5
  return isWhole ? value : Number.NaN
}

function dateOf(reader: RowReader, bytes: Uint8Array, from: number): number {
  if (bytes[from + 7] !== dash) return Number.NaN
  const key =
    ((two(bytes, from) * 100 + two(bytes, from + 2)) * 100 + two(bytes, from + 5)) * 100 + two(bytes, from + 8)
  if (key !== reader.dateKey) {
    reader.dateKey = key
    reader.dateMs = midnightOf(key)
  }
  return reader.dateMs
}

function timeOfDay(bytes: Uint8Array, from: number): number {
  if (bytes[from + 2] !== colon || bytes[from + 5] !== colon) return Number.NaN
  const hour = two(bytes, from)
  const minute = two(bytes, from + 3)
  const second = two(bytes, from + 6)
  return hour < 24 && minute < 60 && second < 60 ? ((hour * 60 + minute) * 60 + second) * 1000 : Number.NaN
}

/** Two digits as a number, NaN for anything else. */
function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - zero
  const ones = bytes[at + 1]! - zero
  return tens >>> 0 > 9 || ones >>> 0 > 9 ? Number.NaN : tens * 10 + ones
}

/** Midnight UTC of a date written as one number, 20240131; NaN where there is no such date. */
function midnightOf(key: number): number {
  const year = Math.floor(key / 10_000)
  const month = Math.floor(key / 100) % 100
  const day = key % 100
  const date = new Date(Date.UTC(year, month - 1, day))
  const isReal = year >= 1000 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return isReal ? date.getTime() : Number.NaN
}
