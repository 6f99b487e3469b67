import { formatInstant, formatInterval } from '@qmtl/contracts'
import type { BarBlock, BarField } from '../bars/bar-block.ts'
import { isOnGrid } from '../bars/bar-grid.ts'
import { createBlockWriter } from '../bars/block-writer.ts'
import { isSoundBar } from '../bars/sound-bar.ts'
import { createFaultList } from './fault-list.ts'
import { createStepCounter } from './interval-of-bars.ts'
import { createRowPlaces } from './row-places.ts'

/** What is wrong with one cell. */
export interface CellFault {
  readonly field: BarField
  /** Position in its row, from 1. */
  readonly column: number
  readonly value: string
  readonly rule: string
}

/** What a place in a file is counted in, from 1: lines of a text, or rows. */
export type PlaceUnit = 'line' | 'row'

/** Checks rows one behind the other, from one file or several, and gathers the good ones in blocks. */
export interface BarIntake {
  /** The next row in the order of `barFields`, filled by the caller before `take`. */
  readonly cells: Float64Array
  /** How many rows were taken. */
  readonly rows: number
  /** Names the file of the rows that follow, and how its places are counted; default by lines. */
  begin(file: string, unit?: PlaceUnit): void
  /** Takes `cells` if they are a sound bar behind the last one; else nothing happens. */
  take(line: number): boolean
  /** Why a bar without broken cells was not taken: its time. */
  orderFault(column: number): CellFault
  refuse(line: number, fault: CellFault): void
  /** Refuses a whole row. */
  refuseRow(line: number, message: string): void
  /** The full blocks since the last call; none once anything was refused. */
  drain(): readonly BarBlock[]
  /** The rows that fill no block. */
  rest(): BarBlock
  /** The interval of all rows. Throws `E_DATA_INTERVAL`. */
  intervalMs(expectedMs: number | undefined): number
  /** Refuses rows off the interval's grid; takes the opens of all rows, piece by piece from the first. */
  checkGrid(openTimesMs: Float64Array, intervalMs: number): void
  /** Throws `E_INVALID_DATA` with up to 50 causes where anything was refused. */
  throwIfRefused(): void
}

export function createBarIntake(): BarIntake {
  const cells = new Float64Array(6)
  const blocks = createBlockWriter()
  const places = createRowPlaces()
  const steps = createStepCounter()
  const faults = createFaultList()
  const units = new Map<string, PlaceUnit>()
  const unitOf = (name: string): PlaceUnit => units.get(name) ?? 'line'
  let file = ''
  let rows = 0
  // A double in a typed array is written in place; in a variable each write makes an object.
  const last = Float64Array.of(Number.NEGATIVE_INFINITY)
  let checked = 0
  let originMs = Number.NaN

  function refuse(line: number, { field, column, value, rule }: CellFault): void {
    const message = `${unitOf(file)} ${line}, column ${column} (${field}): '${value}' ${rule}`
    faults.add({ path: `${file}:${line}:${column}`, message, value })
  }
  return {
    cells,
    get rows() {
      return rows
    },
    begin(next, unit = 'line') {
      file = next
      units.set(next, unit)
    },
    take(line) {
      const openTimeMs = cells[0]!
      if (!(openTimeMs > last[0]!) || !isSoundBar(cells)) return false
      if (rows > 0) steps.add(openTimeMs - last[0]!)
      places.note(file, line)
      blocks.push(cells)
      last[0] = openTimeMs
      rows += 1
      return true
    },
    orderFault(column) {
      const openTimeMs = cells[0]!
      const lastMs = last[0]!
      const place = places.placeOf(rows - 1)
      const where = `${unitOf(place.file)} ${place.line}${place.file === file ? '' : ` of ${place.file}`}`
      const rule =
        openTimeMs === lastMs
          ? `repeats the time of ${where}`
          : `stands after the later ${formatInstant(lastMs)} of ${where}`
      return { field: 'ts', column, value: formatInstant(openTimeMs), rule }
    },
    refuse,
    refuseRow: (line, message) =>
      faults.add({ path: `${file}:${line}:1`, message: `${unitOf(file)} ${line}: ${message}` }),
    // Once something is wrong nothing will be kept: the rest is only read for what else is.
    drain: () => (faults.count === 0 ? blocks.drain() : (blocks.drain(), [])),
    rest: blocks.rest,
    intervalMs: (expectedMs) => steps.intervalMs({ name: file, intervalMs: expectedMs }),
    checkGrid(openTimesMs, intervalMs) {
      for (const openTimeMs of openTimesMs) {
        if (checked === 0) originMs = openTimeMs
        if (!isOnGrid(openTimeMs, originMs, intervalMs)) {
          const place = places.placeOf(checked)
          file = place.file
          refuse(place.line, offGrid(openTimeMs, originMs, intervalMs))
        }
        checked += 1
      }
    },
    throwIfRefused: () => faults.throwIfAny(),
  }
}

function offGrid(openTimeMs: number, originMs: number, intervalMs: number): CellFault {
  const rule = `is not on the grid of ${formatInterval(intervalMs)} from ${formatInstant(originMs)}`
  return { field: 'ts', column: 1, value: formatInstant(openTimeMs), rule }
}
