import type { Series, Timing } from '../../graph/node-spec.ts'
import { integer, longestPeriod, parseParameters } from '../../graph/parameters.ts'
import { defineOperator } from '../define-operator.ts'
import { addProduct, addTo, clearSum, emptySum, totalOf, type CompensatedSum } from '../rolling/compensated-sum.ts'
import { windowParameter } from '../window-parameter.ts'

interface WmaState {
  readonly values: Float64Array
  next: number
  count: number
  readonly sum: CompensatedSum
  /** Sum of the values times 1 (the oldest) to `window`. */
  readonly weighted: CompensatedSum
}

const operator = defineOperator({
  name: 'wma',
  version: 1,
  params: { window: windowParameter() },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }): WmaState => ({
    values: new Float64Array(window),
    next: 0,
    count: 0,
    sum: emptySum(),
    weighted: emptySum(),
  }),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    const size = state.values.length
    if (Number.isNaN(x)) {
      state.count = 0
      state.next = 0
    } else {
      slide(state, x)
    }
    outputs[0] = state.count === size ? totalOf(state.weighted) / ((size * (size + 1)) / 2) : NaN
  },
})

/**
 * Linearly weighted mean of the last `window` values (1 to 10 000): this bar's weighs `window`, the oldest 1. A `NaN` empties
 * the window.
 */
export function wma<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return operator.series({ x }, { window })
}

const hullWindow = { window: integer({ min: 2, max: longestPeriod }) }

/**
 * Hull's moving average: `wma(2 × wma(x, window ÷ 2) − wma(x, window), √window)`, both windows rounded down. Its nodes are
 * those of the means. `window` is 2 to 10 000. Source: A. Hull (2005).
 */
export function hma<T extends Timing>(x: Series<T>, window: number): Series<T> {
  parseParameters('hma', hullWindow, { window })
  const fast = wma(x, Math.floor(window / 2))
  return wma(fast.times(2).minus(wma(x, window)), Math.floor(Math.sqrt(window)))
}

function slide(state: WmaState, x: number): void {
  const { values, next, sum, weighted } = state
  const size = values.length
  if (state.count < size) {
    state.count++
  } else {
    // Every value that stays loses one weight, and the oldest its only one.
    addTo(weighted, -sum.sum)
    addTo(weighted, -sum.error)
    addProduct(weighted, size, x)
    addTo(sum, -values[next]!)
    addTo(sum, x)
  }
  values[next] = x
  state.next = next + 1 === size ? 0 : next + 1
  if (state.next === 0) addAnew(state)
}

// Once per window the sums are made anew: called when the ring begins again, so the oldest value is the first.
function addAnew({ values, sum, weighted }: WmaState): void {
  clearSum(sum)
  clearSum(weighted)
  for (let index = 0; index < values.length; index++) {
    addTo(sum, values[index]!)
    addProduct(weighted, index + 1, values[index]!)
  }
}
