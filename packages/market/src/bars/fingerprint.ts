import { b3, createB3Hasher } from '@qmtl/contracts'
import { columnsOf, type BarBlock } from './bar-block.ts'
import type { BarColumns, BarSource } from './bar-columns.ts'

const rowBytes = 48
const piece = 8_192

/**
 * `lake:blake3:…` of the bars' content: equal instrument, interval and rows give equal fingerprints on every platform.
 * Hashed are the UTF-8 text `instrument\nintervalMs\nlength\n`, then each row's open time, open, high, low, close and volume as
 * little-endian doubles (negative zero as zero).
 */
export function fingerprintOf(columns: BarColumns): string {
  const header = headerOf(columns, columns.length)
  const bytes = new Uint8Array(header.length + columns.length * rowBytes)
  bytes.set(header)
  writeRows(columns, { from: 0, to: columns.length }, new DataView(bytes.buffer, header.length))
  return `lake:${b3(bytes)}`
}

/** The fingerprint of bars that come in blocks. */
export interface Fingerprinter {
  update(block: BarBlock): void
  /** To be called once, when all rows have been given. */
  digest(): string
}

/** For `length` bars in all: the number stands before them in what is hashed. */
export async function createFingerprinter(source: BarSource, length: number): Promise<Fingerprinter> {
  const hasher = await createB3Hasher()
  hasher.update(headerOf(source, length))
  const bytes = new Uint8Array(piece * rowBytes)
  const view = new DataView(bytes.buffer)
  return {
    update(block) {
      for (let from = 0; from < block.length; from += piece) {
        const to = Math.min(block.length, from + piece)
        writeRows(block, { from, to }, view)
        hasher.update(bytes.subarray(0, (to - from) * rowBytes))
      }
    },
    digest: () => `lake:${hasher.digest()}`,
  }
}

function headerOf({ instrument, intervalMs }: BarSource, length: number): Uint8Array {
  return new TextEncoder().encode(`${instrument}\n${intervalMs}\n${length}\n`)
}

function writeRows(
  block: BarBlock,
  { from, to }: { readonly from: number; readonly to: number },
  into: DataView,
): void {
  columnsOf(block).forEach((column, position) => {
    let at = position * 8
    for (let row = from; row < to; row++) {
      into.setFloat64(at, column[row]! + 0, true)
      at += rowBytes
    }
  })
}
