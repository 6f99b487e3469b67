import { b3 } from '@qmtl/contracts'
import type { NodeColumns } from '../evaluate/node-columns.ts'

/**
 * An artifact: `QMTLCOL1`, the counts of rows and columns (doubles), the rows, the columns, all little-endian doubles; then the
 * 32 bytes of BLAKE3 over everything before.
 */
const magic = new TextEncoder().encode('QMTLCOL1')
const headBytes = magic.length + 16
const hashBytes = 32

export function encodeArtifact({ rows, columns }: NodeColumns): Uint8Array {
  const bodyBytes = headBytes + 8 * rows.length * (1 + columns.length)
  const bytes = new Uint8Array(bodyBytes + hashBytes)
  bytes.set(magic)
  const doubles = new DataView(bytes.buffer)
  doubles.setFloat64(magic.length, rows.length, true)
  doubles.setFloat64(magic.length + 8, columns.length, true)
  let at = headBytes
  for (const column of [rows, ...columns]) {
    for (const value of column) {
      doubles.setFloat64(at, value, true)
      at += 8
    }
  }
  bytes.set(hashOf(bytes.subarray(0, bodyBytes)), bodyBytes)
  return bytes
}

/** Undefined for bytes that are no whole artifact. */
export function decodeArtifact(bytes: Uint8Array): NodeColumns | undefined {
  const bodyBytes = bytes.length - hashBytes
  if (bodyBytes < headBytes || !magic.every((byte, index) => bytes[index] === byte)) return undefined
  const doubles = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const rowCount = doubles.getFloat64(magic.length, true)
  const columnCount = doubles.getFloat64(magic.length + 8, true)
  if (headBytes + 8 * rowCount * (1 + columnCount) !== bodyBytes) return undefined
  const hash = hashOf(bytes.subarray(0, bodyBytes))
  if (!hash.every((byte, index) => bytes[bodyBytes + index] === byte)) return undefined
  const column = (place: number): Float64Array => {
    const from = headBytes + 8 * rowCount * place
    return Float64Array.from({ length: rowCount }, (_, row) => doubles.getFloat64(from + 8 * row, true))
  }
  return { rows: column(0), columns: Array.from({ length: columnCount }, (_, place) => column(place + 1)) }
}

function hashOf(bytes: Uint8Array): Uint8Array {
  const hex = b3(bytes).replace('blake3:', '')
  return Uint8Array.from({ length: hashBytes }, (_, index) => Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16))
}
