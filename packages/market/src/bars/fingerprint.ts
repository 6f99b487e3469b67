import { b3 } from '@qmtl/contracts'
import type { BarColumns } from './bar-columns.ts'

const rowBytes = 48

/**
 * `lake:blake3:…` of the bars' content: equal instrument, interval and rows give equal fingerprints on every platform.
 * Hashed are the UTF-8 text `instrument\nintervalMs\nlength\n`, then each row's open time, open, high, low, close and volume as
 * little-endian doubles (negative zero as zero).
 */
export function fingerprintOf(columns: BarColumns): string {
  const header = new TextEncoder().encode(`${columns.instrument}\n${columns.intervalMs}\n${columns.length}\n`)
  const bytes = new Uint8Array(header.length + columns.length * rowBytes)
  bytes.set(header)
  const rows = new DataView(bytes.buffer, header.length)
  const { openTimeMs, open, high, low, close, volume } = columns
  ;[openTimeMs, open, high, low, close, volume].forEach((column, position) => {
    for (let row = 0; row < columns.length; row++) {
      rows.setFloat64(row * rowBytes + position * 8, column[row]! + 0, true)
    }
  })
  return `lake:${b3(bytes)}`
}
