import type { Series, Timing } from '../../graph/node-spec.ts'
import { defineOperator } from '../define-operator.ts'
import { pushSum, sumWindow, type SumWindow } from '../rolling/sum-window.ts'
import { windowParameter } from '../window-parameter.ts'

interface VwmaState {
  readonly products: SumWindow
  readonly weights: SumWindow
  /** How many weights of the window are not 0. */
  weighing: number
}

const operator = defineOperator({
  name: 'vwma',
  version: 1,
  params: { window: windowParameter() },
  roles: ['x', 'volume'],
  period: ({ window }) => window,
  init: ({ window }): VwmaState => ({ products: sumWindow(window), weights: sumWindow(window), weighing: 0 }),
  step(state, inputs, outputs) {
    const product = inputs[0]! * inputs[1]!
    const weight = Number.isNaN(product) ? NaN : inputs[1]!
    countWeight(state, weight)
    const sum = pushSum(state.products, product)
    const weights = pushSum(state.weights, weight)
    outputs[0] = state.weighing === 0 ? NaN : sum / weights
  },
})

/**
 * Mean of the last `window` values (1 to 10 000), each weighed by its volume; no value where all of them are 0. A `NaN` of
 * either series empties the window.
 */
export function vwma<A extends Timing, B extends Timing>(
  x: Series<A>,
  volume: Series<B>,
  window: number,
): Series<A | B> {
  return operator.series<A | B>({ x, volume }, { window })
}

// Counted, because a sum that rounding left beside 0 would be divided by.
function countWeight(state: VwmaState, weight: number): void {
  const { values, next, count } = state.weights
  if (Number.isNaN(weight)) {
    state.weighing = 0
    return
  }
  if (count === values.length && values[next] !== 0) state.weighing--
  if (weight !== 0) state.weighing++
}
