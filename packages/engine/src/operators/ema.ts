import type { Series, Timing } from '../graph/node-spec.ts'
import { defineOperator } from './define-operator.ts'
import { windowParameter } from './window-parameter.ts'

interface EmaState {
  readonly window: number
  readonly weight: number
  /** Values since the start or the last `NaN`, counted up to `window`. */
  count: number
  /** Sum of the values while the window fills, then the mean. */
  mean: number
}

const operator = defineOperator({
  name: 'ema',
  version: 1,
  params: { window: windowParameter() },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }): EmaState => ({ window, weight: 2 / (window + 1), count: 0, mean: 0 }),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    if (Number.isNaN(x)) {
      state.count = 0
      state.mean = 0
      outputs[0] = NaN
    } else if (state.count === state.window) {
      state.mean += state.weight * (x - state.mean)
      outputs[0] = state.mean
    } else {
      state.count++
      state.mean += x
      if (state.count === state.window) state.mean /= state.window
      outputs[0] = state.count === state.window ? state.mean : NaN
    }
  },
})

/**
 * Exponential mean with weight 2 / (window + 1), recursive over all bars, its first value (on bar `window`) the simple mean.
 * A `NaN` starts it anew. `window` is 1 to 10 000.
 */
export function ema<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return operator.series({ x }, { window })
}
