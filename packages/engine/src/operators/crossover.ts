import type { Series, Timing } from '../graph/node-spec.ts'
import { defineOperator } from './define-operator.ts'

interface CrossoverState {
  /** `a - b` of the bar before. */
  previous: number
}

const operator = defineOperator({
  name: 'crossover',
  version: 1,
  params: {},
  roles: ['a', 'b'],
  period: () => 2,
  init: (): CrossoverState => ({ previous: NaN }),
  step(state, inputs, outputs) {
    const { previous } = state
    const difference = inputs[0]! - inputs[1]!
    state.previous = difference
    if (Number.isNaN(previous) || Number.isNaN(difference)) outputs[0] = NaN
    else if (previous <= 0 && difference > 0) outputs[0] = 1
    else outputs[0] = previous >= 0 && difference < 0 ? -1 : 0
  },
})

/**
 * 1 on the bar where `a` is above `b` and was not on the bar before, -1 where it is below and was not, else 0. `NaN` where
 * either has no value on one of the two bars.
 */
export function crossover<A extends Timing, B extends Timing>(a: Series<A>, b: Series<B>): Series<A | B> {
  return operator.series<A | B>({ a, b }, {})
}
