import type { Series, Timing } from '../../graph/node-spec.ts'
import { defineOperator } from '../define-operator.ts'
import { windowParameter } from '../window-parameter.ts'
import { pushValue, valueWindow, type ValueWindow } from './value-window.ts'

const asymmetry = defineOperator({
  name: 'skew',
  version: 1,
  params: { window: windowParameter({ min: 3 }) },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }): ValueWindow => valueWindow(window),
  step(state, inputs, outputs) {
    outputs[0] = pushValue(state, inputs[0]!) ? skewOf(state.values) : NaN
  },
})

const tails = defineOperator({
  name: 'kurtosis',
  version: 1,
  params: { window: windowParameter({ min: 4 }) },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }): ValueWindow => valueWindow(window),
  step(state, inputs, outputs) {
    outputs[0] = pushValue(state, inputs[0]!) ? kurtosisOf(state.values) : NaN
  },
})

/**
 * Population skewness of the last `window` values (3 to 10 000): third central moment over the third power of the standard
 * deviation; no value where they are all equal. A `NaN` empties the window.
 */
export function skew<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return asymmetry.series({ x }, { window })
}

/**
 * Population excess kurtosis of the last `window` values (4 to 10 000): fourth central moment over the squared variance,
 * less 3; no value where they are all equal. A `NaN` empties the window.
 */
export function kurtosis<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return tails.series({ x }, { window })
}

// Moments are made anew on each bar from distances to the first value: powers do not bear a running sum, and equal values
// give exactly 0.
function skewOf(values: Float64Array): number {
  const first = values[0]!
  const mean = meanDistance(values, first)
  let second = 0
  let third = 0
  for (let index = 0; index < values.length; index++) {
    const away = values[index]! - first - mean
    second += away * away
    third += away * away * away
  }
  const variance = second / values.length
  return third / values.length / (variance * Math.sqrt(variance))
}

function kurtosisOf(values: Float64Array): number {
  const first = values[0]!
  const mean = meanDistance(values, first)
  let second = 0
  let fourth = 0
  for (let index = 0; index < values.length; index++) {
    const square = (values[index]! - first - mean) ** 2
    second += square
    fourth += square * square
  }
  return (fourth * values.length) / (second * second) - 3
}

function meanDistance(values: Float64Array, first: number): number {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]! - first
  return sum / values.length
}
