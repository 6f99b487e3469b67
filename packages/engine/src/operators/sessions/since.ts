import type { Series, Timing } from '../../graph/node-spec.ts'
import { choice } from '../../graph/parameters.ts'
import { defineOperator } from '../define-operator.ts'
import { aggregates, type Aggregate } from '../resample-kernel.ts'
import { addTo, clearSum, emptySum, totalOf, type CompensatedSum } from '../rolling/compensated-sum.ts'

interface SinceState {
  readonly aggregate: Aggregate
  isStarted: boolean
  /** Values since the start. */
  count: number
  /** Of `first`, `last`, `highest` and `lowest`. */
  value: number
  readonly total: CompensatedSum
}

const sinces = defineOperator({
  name: 'since',
  version: 1,
  params: { aggregate: choice(aggregates) },
  roles: ['x', 'start'],
  recursive: true,
  period: () => 1,
  init: ({ aggregate }): SinceState => ({ aggregate, isStarted: false, count: 0, value: NaN, total: emptySum() }),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    const start = inputs[1]!
    if (start !== 0) restart(state, !Number.isNaN(start))
    outputs[0] = state.isStarted && !Number.isNaN(x) ? take(state, x) : NaN
  },
})

// A start of which nothing is known may have been one.
function restart(state: SinceState, isStarted: boolean): void {
  state.isStarted = isStarted
  state.count = 0
  clearSum(state.total)
}

function take(state: SinceState, x: number): number {
  state.count++
  switch (state.aggregate) {
    case 'first':
      if (state.count === 1) state.value = x
      return state.value
    case 'last':
      return x
    case 'highest':
      return (state.value = state.count === 1 ? x : Math.max(state.value, x))
    case 'lowest':
      return (state.value = state.count === 1 ? x : Math.min(state.value, x))
    case 'sum':
      addTo(state.total, x)
      return totalOf(state.total)
    case 'mean':
      addTo(state.total, x)
      return totalOf(state.total) / state.count
  }
}

const befores = defineOperator({
  name: 'before_start',
  version: 1,
  params: {},
  roles: ['x', 'start'],
  recursive: true,
  period: () => 2,
  init: () => ({ previous: NaN, held: NaN }),
  step(state, inputs, outputs) {
    const start = inputs[1]!
    if (start !== 0) state.held = Number.isNaN(start) ? NaN : state.previous
    // A bar without a value does not end what was last known.
    if (!Number.isNaN(inputs[0]!)) state.previous = inputs[0]!
    outputs[0] = state.held
  },
})

/**
 * The `first`, `last`, `highest`, `lowest`, `sum` or `mean` of the values since the last bar on which `start` was true, that
 * bar included; no value before the first start, and on a bar without one. With `sessionStart` it is the session's so far.
 */
export function since<A extends Timing, B extends Timing>(
  x: Series<A>,
  start: Series<B>,
  aggregate: Aggregate,
): Series<A | B> {
  return sinces.series<A | B>({ x, start }, { aggregate })
}

/** The last value before the bar on which `start` was last true: of `since`, what the whole last session gave. */
export function beforeStart<A extends Timing, B extends Timing>(x: Series<A>, start: Series<B>): Series<A | B> {
  return befores.series<A | B>({ x, start }, {})
}
