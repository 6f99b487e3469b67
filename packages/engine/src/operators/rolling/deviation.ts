import type { Series, Timing } from '../../graph/node-spec.ts'
import { sma } from '../averages/sma.ts'
import { defineOperator } from '../define-operator.ts'
import { windowParameter } from '../window-parameter.ts'
import { deviationWindow, pushVariance, type DeviationWindow } from './deviation-window.ts'

const squared = defineOperator({
  name: 'variance',
  version: 2,
  params: { window: windowParameter({ min: 2 }) },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }): DeviationWindow => deviationWindow(window),
  step(state, inputs, outputs) {
    outputs[0] = pushVariance(state, inputs[0]!)
  },
})

const root = defineOperator({
  name: 'stdev',
  version: 3,
  params: { window: windowParameter({ min: 2 }) },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }): DeviationWindow => deviationWindow(window),
  step(state, inputs, outputs) {
    outputs[0] = Math.sqrt(pushVariance(state, inputs[0]!))
  },
})

/**
 * Population variance (divided by `window`, not by one less) of the last `window` values. A `NaN` empties the window.
 * `window` is 2 to 10 000.
 */
export function variance<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return squared.series({ x }, { window })
}

/**
 * Population standard deviation (divided by `window`, not by one less) of the last `window` values; first value on bar
 * `window`. A `NaN` empties the window. `window` is 2 to 10 000.
 */
export function stdev<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return root.series({ x }, { window })
}

/**
 * Distance of the latest value from the mean of the last `window`, in their population standard deviations; no value where
 * they are all equal. `window` is 2 to 10 000.
 */
export function zScore<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return x.minus(sma(x, window)).dividedBy(stdev(x, window))
}
