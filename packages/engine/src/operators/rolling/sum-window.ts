import { addTo, clearSum, emptySum, totalOf, type CompensatedSum } from './compensated-sum.ts'

/** The last values and their sum. */
export interface SumWindow {
  readonly values: Float64Array
  readonly total: CompensatedSum
  /** Place of the oldest value, which the next one replaces. */
  next: number
  count: number
}

export function sumWindow(size: number): SumWindow {
  return { values: new Float64Array(size), total: emptySum(), next: 0, count: 0 }
}

/** Takes a value in and gives the sum of the window, `NaN` until it is full. A `NaN` empties it. */
export function pushSum(window: SumWindow, value: number): number {
  const { values, total } = window
  if (Number.isNaN(value)) {
    clearSum(total)
    window.count = 0
    window.next = 0
    return NaN
  }
  const size = values.length
  if (window.count === size) addTo(total, -values[window.next]!)
  else window.count++
  addTo(total, value)
  values[window.next] = value
  window.next++
  if (window.next === size) addAnew(window)
  return window.count === size ? totalOf(total) : NaN
}

/** A sum of the last values that is 0 where they all are, whatever rounding left: it can be divided by. */
export interface CountedSum {
  readonly window: SumWindow
  /** How many values of the window are not 0. */
  counted: number
}

export function countedSum(size: number): CountedSum {
  return { window: sumWindow(size), counted: 0 }
}

/** Takes a value in and gives the sum of the window, `NaN` until it is full. A `NaN` empties it. */
export function pushCounted(state: CountedSum, value: number): number {
  const { window } = state
  if (Number.isNaN(value)) {
    state.counted = 0
  } else {
    if (window.count === window.values.length && window.values[window.next] !== 0) state.counted--
    if (value !== 0) state.counted++
  }
  const sum = pushSum(window, value)
  return state.counted === 0 ? sum * 0 : sum
}

// Once per window, so that nothing stays of a sum that once was beyond a double's range, and zeros sum to 0.
function addAnew(window: SumWindow): void {
  const { values, total } = window
  window.next = 0
  clearSum(total)
  for (let index = 0; index < values.length; index++) addTo(total, values[index]!)
}
