import { addTo, clearSum, emptySum, totalOf, type CompensatedSum } from './compensated-sum.ts'

/** The last values, and the sums that their variance needs. */
export interface DeviationWindow {
  readonly values: Float64Array
  next: number
  count: number
  /** A value near the window's mean: sums of squares are taken of the distances from it. */
  anchor: number
  readonly distance: CompensatedSum
  readonly square: CompensatedSum
}

// Below this share of the mean square, the variance is a difference of nearly equal numbers.
const cancellation = 1e-3

export function deviationWindow(size: number): DeviationWindow {
  return { values: new Float64Array(size), next: 0, count: 0, anchor: 0, distance: emptySum(), square: emptySum() }
}

/** Takes a value in and gives the population variance of the window, `NaN` until it is full. A `NaN` empties it. */
export function pushVariance(state: DeviationWindow, x: number): number {
  if (Number.isNaN(x)) {
    state.count = 0
    state.next = 0
    return NaN
  }
  slide(state, x)
  return state.count === state.values.length ? variance(state) : NaN
}

function slide(state: DeviationWindow, x: number): void {
  const { values, next } = state
  if (state.count < values.length) {
    state.count++
  } else {
    const gone = values[next]! - state.anchor
    addTo(state.distance, -gone)
    addTo(state.square, -gone * gone)
    const come = x - state.anchor
    addTo(state.distance, come)
    addTo(state.square, come * come)
  }
  values[next] = x
  state.next = next + 1 === values.length ? 0 : next + 1
  // Once per window the sums are made anew, so the anchor follows the values and nothing old stays in them.
  if (state.next === 0) recompute(state)
}

function variance(state: DeviationWindow): number {
  const shifted = shiftedVariance(state)
  if (shifted >= cancellation * meanSquare(state)) return shifted
  recompute(state)
  return Math.max(0, shiftedVariance(state))
}

function meanSquare({ square, values }: DeviationWindow): number {
  return totalOf(square) / values.length
}

function shiftedVariance(state: DeviationWindow): number {
  const mean = totalOf(state.distance) / state.values.length
  return meanSquare(state) - mean * mean
}

// Called with a full window only: filling it ends with `next` at 0.
function recompute(state: DeviationWindow): void {
  const { values, distance, square } = state
  const first = values[0]!
  let shift = 0
  for (let index = 0; index < values.length; index++) shift += values[index]! - first
  state.anchor = first + shift / values.length
  clearSum(distance)
  clearSum(square)
  for (let index = 0; index < values.length; index++) {
    const away = values[index]! - state.anchor
    addTo(distance, away)
    addTo(square, away * away)
  }
}
