import type { Series, Timing } from '../../graph/node-spec.ts'
import { integer, longestPeriod } from '../../graph/parameters.ts'
import { defineOperator } from '../define-operator.ts'
import { countedSum, pushCounted, type CountedSum } from '../rolling/sum-window.ts'
import { windowParameter } from '../window-parameter.ts'

interface KamaState {
  readonly values: Float64Array
  next: number
  readonly path: CountedSum
  readonly fast: number
  readonly slow: number
  previous: number
  /** `NaN` until the window is full. */
  mean: number
}

const operator = defineOperator({
  name: 'kama',
  version: 1,
  params: {
    window: windowParameter({ spare: 1 }),
    fast: integer({ min: 1, max: longestPeriod, default: 2 }),
    slow: integer({ min: 1, max: longestPeriod, default: 30 }),
  },
  roles: ['x'],
  period: ({ window }) => window + 1,
  init: ({ window, fast, slow }): KamaState => ({
    values: new Float64Array(window),
    next: 0,
    path: countedSum(window),
    fast: 2 / (fast + 1),
    slow: 2 / (slow + 1),
    previous: NaN,
    mean: NaN,
  }),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    const { values, next, previous } = state
    // `NaN` on the first value and on a gap: both empty the path.
    const length = pushCounted(state.path, Math.abs(x - previous))
    if (Number.isNaN(length)) state.mean = NaN
    else adapt(state, x, length)
    values[next] = x
    state.next = next + 1 === values.length ? 0 : next + 1
    state.previous = x
    outputs[0] = state.mean
  },
})

export interface KamaOptions {
  /** Windows of the fastest and the slowest mean; 2 and 30 where they are left out. */
  readonly fast?: number
  readonly slow?: number
}

/**
 * Kaufman's adaptive mean: an exponential mean whose weight follows the efficiency of the last `window` changes (1 to 9 999,
 * 10 where it is left out), 1 where nothing moved. It starts from the value before its first bar, `window + 1`; a `NaN`
 * starts it anew. Source: P. J. Kaufman, Smarter Trading (1995).
 */
export function kama<T extends Timing>(x: Series<T>, window = 10, options: KamaOptions = {}): Series<T> {
  return operator.series({ x }, { window, ...options })
}

function adapt(state: KamaState, x: number, length: number): void {
  const { values, next, fast, slow, previous } = state
  const efficiency = length > 0 ? Math.min(1, Math.abs(x - values[next]!) / length) : 1
  const weight = (efficiency * (fast - slow) + slow) ** 2
  const mean = Number.isNaN(state.mean) ? previous : state.mean
  state.mean = mean + weight * (x - mean)
}
