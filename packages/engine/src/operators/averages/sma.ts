import type { Series, Timing } from '../../graph/node-spec.ts'
import { defineOperator } from '../define-operator.ts'
import { pushSum, sumWindow, type SumWindow } from '../rolling/sum-window.ts'
import { windowParameter } from '../window-parameter.ts'

const operator = defineOperator({
  name: 'sma',
  version: 2,
  params: { window: windowParameter() },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }): SumWindow => sumWindow(window),
  step(state, inputs, outputs) {
    outputs[0] = pushSum(state, inputs[0]!) / state.values.length
  },
})

/** Mean of the last `window` values (1 to 10 000); first value on bar `window`. A `NaN` empties the window. */
export function sma<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return operator.series({ x }, { window })
}
