import type { Series, Timing } from '../graph/node-spec.ts'
import { addTo, clearSum, totalOf, type CompensatedSum } from './compensated-sum.ts'
import { defineOperator } from './define-operator.ts'
import { windowParameter } from './window-parameter.ts'

interface StdevState {
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

const operator = defineOperator({
  name: 'stdev',
  version: 1,
  params: { window: windowParameter({ min: 2 }) },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }): StdevState => ({
    values: new Float64Array(window),
    next: 0,
    count: 0,
    anchor: 0,
    distance: { sum: 0, error: 0 },
    square: { sum: 0, error: 0 },
  }),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    const { values } = state
    if (Number.isNaN(x)) {
      state.count = 0
      state.next = 0
      outputs[0] = NaN
      return
    }
    slide(state, x)
    outputs[0] = state.count === values.length ? Math.sqrt(variance(state)) : NaN
  },
})

/**
 * Population standard deviation (divided by `window`, not by one less) of the last `window` values; first value on bar
 * `window`. A `NaN` empties the window. `window` is 2 to 10 000.
 */
export function stdev<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return operator.series({ x }, { window })
}

function slide(state: StdevState, x: number): void {
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

function variance(state: StdevState): number {
  const shifted = shiftedVariance(state)
  if (shifted >= cancellation * meanSquare(state)) return shifted
  recompute(state)
  return Math.max(0, shiftedVariance(state))
}

function meanSquare({ square, values }: StdevState): number {
  return totalOf(square) / values.length
}

function shiftedVariance(state: StdevState): number {
  const mean = totalOf(state.distance) / state.values.length
  return meanSquare(state) - mean * mean
}

// Called with a full window only: filling it ends with `next` at 0.
function recompute(state: StdevState): void {
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
