import type { Series, Timing } from '../../graph/node-spec.ts'
import { defineOperator } from '../define-operator.ts'
import { countedSum, pushCounted, pushSum, sumWindow, type CountedSum, type SumWindow } from '../rolling/sum-window.ts'
import { windowParameter } from '../window-parameter.ts'

interface VwmaState {
  readonly products: SumWindow
  readonly weights: CountedSum
}

const operator = defineOperator({
  name: 'vwma',
  version: 1,
  params: { window: windowParameter() },
  roles: ['x', 'volume'],
  period: ({ window }) => window,
  init: ({ window }): VwmaState => ({ products: sumWindow(window), weights: countedSum(window) }),
  step(state, inputs, outputs) {
    const product = inputs[0]! * inputs[1]!
    const sum = pushSum(state.products, product)
    const weights = pushCounted(state.weights, Number.isNaN(product) ? NaN : inputs[1]!)
    outputs[0] = weights === 0 ? NaN : sum / weights
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
