import { QmtlError } from '@qmtl/contracts'
import { barFields, type BarField } from '../bars/bar-block.ts'
import type { BarIntake } from './bar-intake.ts'
import { positionsOf } from './csv-rows.ts'
import { createRowReader, readRow } from './row-reader.ts'
import { takeTextRow } from './text-row.ts'

/** Reads a file of our layout that comes in pieces cut anywhere. */
export interface BarBytesParser {
  push(bytes: Uint8Array): void
  /** The last line need not end in a line feed. */
  end(): void
}

const lineFeed = 10
const longestLine = 65_536

/**
 * A parser of `ts,open,high,low,close,volume` (any order; the line of names comes first) into an intake. Rows as programs write
 * them are read number by number from the bytes; a row that differs (blanks, quotes, exponents, other times) is read as text,
 * by the same rules. Throws `E_INVALID_DATA` for a wrong header and for a line over 65,536 bytes; wrong rows go to the intake.
 */
export function createBarBytesParser(name: string, intake: BarIntake): BarBytesParser {
  const reader = createRowReader(intake.cells)
  let positions: Readonly<Record<BarField, number>> | undefined
  let tail = new Uint8Array()
  let line = 0

  function readSlowly(bytes: Uint8Array): void {
    const text = textOf(bytes)
    if (text === '') return
    const cells = text.split(',').map(plainCell)
    if (positions !== undefined) return takeTextRow(cells, { positions, line, intake })
    positions = positionsOf({ line, cells }, name)
    for (const [field, name] of barFields.entries()) reader.fieldAt[positions[name]] = field
  }

  /** Reads the whole lines of some bytes that end in a line feed. */
  function readLines(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      line += 1
      const next = positions === undefined ? -1 : readRow(reader, bytes, from)
      if (next !== -1 && intake.take(line)) {
        from = next
      } else {
        const end = bytes.indexOf(lineFeed, from)
        readSlowly(bytes.subarray(from, end))
        from = end + 1
      }
    }
  }

  return {
    push(bytes) {
      const cut = bytes.lastIndexOf(lineFeed) + 1
      if (cut === 0) {
        tail = joined(tail, bytes)
      } else {
        const first = tail.length === 0 ? 0 : bytes.indexOf(lineFeed) + 1
        if (first > 0) readLines(joined(tail, bytes.subarray(0, first)))
        readLines(bytes.subarray(first, cut))
        tail = bytes.slice(cut)
      }
      if (tail.length > longestLine) {
        throw new QmtlError('E_INVALID_DATA', `${name} line ${line + 1} is longer than ${longestLine} bytes`, {
          hint: 'give a text file with one bar on each line',
        })
      }
    },
    end() {
      if (tail.length > 0) readLines(joined(tail, Uint8Array.of(lineFeed)))
      if (positions === undefined) positionsOf(undefined, name)
    },
  }
}

const decoder = new TextDecoder()

/** A line as text, without what surrounds it: a byte order mark, blanks, a carriage return. */
function textOf(line: Uint8Array): string {
  return decoder.decode(line).trim()
}

/** A cell without blanks and the quotes around it. */
function plainCell(cell: string): string {
  const trimmed = cell.trim()
  return trimmed.length > 1 && trimmed.startsWith('"') && trimmed.endsWith('"') ? trimmed.slice(1, -1).trim() : trimmed
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
