import type { Series, Timing } from '../../graph/node-spec.ts'
import { defineOperator } from '../define-operator.ts'
import { windowParameter } from '../window-parameter.ts'
import { clearExtremes, extremeWindow, pushExtreme } from './extreme-window.ts'
import { ageOfLargest, clearWindow, monotonicWindow, pushLargest } from './monotonic-window.ts'

const largest = defineOperator({
  name: 'highest',
  version: 2,
  params: { window: windowParameter() },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }) => extremeWindow(window),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    if (Number.isNaN(x)) {
      clearExtremes(state)
      outputs[0] = NaN
    } else {
      outputs[0] = pushExtreme(state, x)
    }
  },
})

const smallest = defineOperator({
  name: 'lowest',
  version: 2,
  params: { window: windowParameter() },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }) => extremeWindow(window),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    if (Number.isNaN(x)) {
      clearExtremes(state)
      outputs[0] = NaN
    } else {
      outputs[0] = -pushExtreme(state, -x)
    }
  },
})

const ageOfHighest = defineOperator({
  name: 'argmax',
  version: 1,
  params: { window: windowParameter() },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }) => monotonicWindow(window),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    outputs[0] = NaN
    if (Number.isNaN(x)) clearWindow(state)
    else if (!Number.isNaN(pushLargest(state, x))) outputs[0] = ageOfLargest(state)
  },
})

const ageOfLowest = defineOperator({
  name: 'argmin',
  version: 1,
  params: { window: windowParameter() },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }) => monotonicWindow(window),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    outputs[0] = NaN
    if (Number.isNaN(x)) clearWindow(state)
    else if (!Number.isNaN(pushLargest(state, -x))) outputs[0] = ageOfLargest(state)
  },
})

/** Largest of the last `window` values, this bar's among them (1 to 10 000). A `NaN` empties the window. */
export function highest<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return largest.series({ x }, { window })
}

/** Smallest of the last `window` values, this bar's among them (1 to 10 000). A `NaN` empties the window. */
export function lowest<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return smallest.series({ x }, { window })
}

/** Bars since the largest of the last `window` values, 0 where it is this bar's; the newest of equal ones. */
export function argmax<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return ageOfHighest.series({ x }, { window })
}

/** Bars since the smallest of the last `window` values, 0 where it is this bar's; the newest of equal ones. */
export function argmin<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return ageOfLowest.series({ x }, { window })
}
