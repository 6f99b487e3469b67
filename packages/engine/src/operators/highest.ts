import type { Series, Timing } from '../graph/node-spec.ts'
import { defineOperator } from './define-operator.ts'
import { clearWindow, monotonicWindow, pushLargest } from './monotonic-window.ts'
import { windowParameter } from './window-parameter.ts'

const operator = defineOperator({
  name: 'highest',
  version: 1,
  params: { window: windowParameter() },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }) => monotonicWindow(window),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    if (Number.isNaN(x)) {
      clearWindow(state)
      outputs[0] = NaN
    } else {
      outputs[0] = pushLargest(state, x)
    }
  },
})

/** Largest of the last `window` values, this bar's among them (1 to 10 000). A `NaN` empties the window. */
export function highest<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return operator.series({ x }, { window })
}
