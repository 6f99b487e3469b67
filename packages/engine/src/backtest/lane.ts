import { decimalNumber, QmtlError, ZERO, type Decimal } from '@qmtl/contracts'
import type { BarColumns, Instrument } from '@qmtl/market'
import type { PlannedOrder } from '../planner/plan-orders.ts'

/** The targets of one traded instrument: one value per row, usable from the row's close time (epoch ms) on. */
export interface TargetColumn {
  readonly instrument: string
  readonly closeTimesMs: Float64Array
  readonly targets: Float64Array
}

/** An order between its decision and its fill. */
export interface WaitingOrder extends PlannedOrder {
  /** Close of the bar it was decided on: a bar that opened earlier cannot fill it. */
  readonly decidedMs: number
}

/** One traded instrument inside the loop: its columns on the run's time grid, and its present state. */
export interface Lane {
  readonly instrument: Instrument
  readonly multiplier: number
  readonly bars: BarColumns
  /** Bar of each grid step, −1 where the instrument has none. */
  readonly rows: Int32Array
  /** Target in force at each grid step, `NaN` before the first. */
  readonly targets: Float64Array
  /** Latest price of the instrument; 0 before its first bar. */
  price: number
  /** The price that was last made a decimal. */
  exact: { readonly of: number; readonly value: Decimal }
  /** Quantity × multiplier held. */
  exposure: number
  /** Last target seen, `NaN` before the first. */
  target: number
  /** The planner has to look at this instrument on the next bar. */
  isDue: boolean
  /** Orders decided and not yet filled. */
  pending: WaitingOrder[]
}

interface LaneGrid {
  /** Close times of the steps, ascending. */
  readonly closeTimesMs: Float64Array
  readonly lanes: readonly Lane[]
}

/** Brings targets and bars of several instruments onto one ascending grid: every instant at which one of them has a row. */
export function layLanes(
  targets: readonly TargetColumn[],
  bars: readonly BarColumns[],
  instruments: readonly Instrument[],
): LaneGrid {
  const pairs = targets.map((column) => ({ column, bars: barsOf(column.instrument, bars) }))
  const closeTimesMs = mergedTimes(pairs.flatMap((pair) => [barCloseTimes(pair.bars), pair.column.closeTimesMs]))
  const lanes = pairs.map((pair): Lane => {
    const instrument = instrumentOf(pair.column.instrument, instruments)
    return {
      instrument,
      multiplier: decimalNumber(instrument.multiplier),
      bars: pair.bars,
      rows: rowsOnGrid(pair.bars, closeTimesMs),
      targets: targetsOnGrid(pair.column, closeTimesMs),
      price: 0,
      exact: { of: 0, value: ZERO },
      exposure: 0,
      target: Number.NaN,
      isDue: false,
      pending: [],
    }
  })
  return { closeTimesMs, lanes }
}

function barsOf(instrument: string, bars: readonly BarColumns[]): BarColumns {
  const found = bars.find((columns) => columns.instrument === instrument)
  if (!found) throw new QmtlError('E_DATA_MISSING', `${instrument} is traded and has no bars`)
  return found
}

function instrumentOf(id: string, instruments: readonly Instrument[]): Instrument {
  const found = instruments.find((instrument) => instrument.id === id)
  if (!found) throw new QmtlError('E_UNKNOWN_INSTRUMENT', `${id} is traded and its terms are not given`)
  return found
}

/** Close time of each bar, epoch milliseconds, ascending. */
function barCloseTimes({ instrument, intervalMs, length, openTimeMs }: BarColumns): Float64Array {
  const times = new Float64Array(length)
  for (let row = 0; row < length; row++) {
    times[row] = openTimeMs[row]! + intervalMs
    if (row > 0 && !(times[row]! > times[row - 1]!)) {
      throw new QmtlError('E_INVALID_DATA', `bars of ${instrument} are out of order at row ${row}`, {
        details: { row },
      })
    }
  }
  return times
}

function mergedTimes(columns: readonly Float64Array[]): Float64Array {
  const [first = new Float64Array(), ...others] = columns
  if (others.every((other) => sameTimes(first, other))) return first
  const size = columns.reduce((sum, column) => sum + column.length, 0)
  const all = new Float64Array(size)
  let filled = 0
  for (const column of columns) {
    all.set(column, filled)
    filled += column.length
  }
  all.sort()
  let kept = 0
  for (let index = 0; index < size; index++) {
    if (index === 0 || all[index] !== all[index - 1]) all[kept++] = all[index]!
  }
  return all.slice(0, kept)
}

function sameTimes(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}

function rowsOnGrid(bars: BarColumns, grid: Float64Array): Int32Array {
  const rows = new Int32Array(grid.length)
  let row = 0
  for (let step = 0; step < grid.length; step++) {
    const isHere = row < bars.length && bars.openTimeMs[row]! + bars.intervalMs === grid[step]
    rows[step] = isHere ? row++ : -1
  }
  return rows
}

function targetsOnGrid({ closeTimesMs, targets }: TargetColumn, grid: Float64Array): Float64Array {
  if (closeTimesMs.length === grid.length) return targets
  const onGrid = new Float64Array(grid.length)
  let row = 0
  let latest = Number.NaN
  for (let step = 0; step < grid.length; step++) {
    while (row < closeTimesMs.length && closeTimesMs[row]! <= grid[step]!) latest = targets[row++]!
    onGrid[step] = latest
  }
  return onGrid
}
