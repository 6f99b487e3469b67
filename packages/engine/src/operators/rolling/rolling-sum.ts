import type { Series, Timing } from '../../graph/node-spec.ts'
import { defineOperator } from '../define-operator.ts'
import { windowParameter } from '../window-parameter.ts'
import { addTo, emptySum, totalOf, type CompensatedSum } from './compensated-sum.ts'
import { pushSum, sumWindow, type SumWindow } from './sum-window.ts'

const rolling = defineOperator({
  name: 'rolling_sum',
  version: 1,
  params: { window: windowParameter() },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }): SumWindow => sumWindow(window),
  step(state, inputs, outputs) {
    outputs[0] = pushSum(state, inputs[0]!)
  },
})

/** Sum of the last `window` values (1 to 10 000). A `NaN` empties the window. */
export function rollingSum<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return rolling.series({ x }, { window })
}

const cumulative = defineOperator({
  name: 'cumulative_sum',
  version: 1,
  params: {},
  roles: ['x'],
  period: () => 1,
  recursive: true,
  init: (): CompensatedSum => emptySum(),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    outputs[0] = NaN
    if (Number.isNaN(x)) return
    addTo(state, x)
    outputs[0] = totalOf(state)
  },
})

/** Sum of all values since the start. A bar without a value has none here either; the sum goes on after it. */
export function cumulativeSum<T extends Timing>(x: Series<T>): Series<T> {
  return cumulative.series({ x }, {})
}
