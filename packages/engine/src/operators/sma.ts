import type { Series, Timing } from '../graph/node-spec.ts'
import { addTo, clearSum, totalOf, type CompensatedSum } from './compensated-sum.ts'
import { defineOperator } from './define-operator.ts'
import { windowParameter } from './window-parameter.ts'

interface SmaState {
  readonly values: Float64Array
  readonly total: CompensatedSum
  /** Place of the oldest value, which the next one replaces. */
  next: number
  count: number
}

const operator = defineOperator({
  name: 'sma',
  version: 1,
  params: { window: windowParameter() },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }): SmaState => ({
    values: new Float64Array(window),
    total: { sum: 0, error: 0 },
    next: 0,
    count: 0,
  }),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    const { values, total } = state
    if (Number.isNaN(x)) {
      clearSum(total)
      state.count = 0
      outputs[0] = NaN
      return
    }
    if (state.count === values.length) addTo(total, -values[state.next]!)
    else state.count++
    addTo(total, x)
    values[state.next] = x
    state.next = state.next + 1 === values.length ? 0 : state.next + 1
    outputs[0] = state.count === values.length ? totalOf(total) / values.length : NaN
  },
})

/** Mean of the last `window` values (1 to 10 000); first value on bar `window`. A `NaN` empties the window. */
export function sma<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return operator.series({ x }, { window })
}
