import type { Series, Timing } from '../../graph/node-spec.ts'
import { choice, parseParameters } from '../../graph/parameters.ts'
import { defineOperator } from '../define-operator.ts'
import { pushValue, valueWindow, type ValueWindow } from '../rolling/value-window.ts'
import { windowParameter } from '../window-parameter.ts'

interface RecursiveMean {
  readonly window: number
  readonly weight: number
  /** Values since the start or the last `NaN`, counted up to `window`. */
  count: number
  /** Sum of the values while the window fills, then the mean. */
  mean: number
}

function recursiveMean(window: number, weight: number): RecursiveMean {
  return { window, weight, count: 0, mean: 0 }
}

function pushMean(state: RecursiveMean, x: number): number {
  if (Number.isNaN(x)) {
    state.count = 0
    state.mean = 0
    return NaN
  }
  if (state.count === state.window) {
    state.mean += state.weight * (x - state.mean)
    return state.mean
  }
  state.count++
  state.mean += x
  if (state.count < state.window) return NaN
  state.mean /= state.window
  return state.mean
}

const exponential = defineOperator({
  name: 'ema',
  version: 2,
  params: { window: windowParameter() },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }): RecursiveMean => recursiveMean(window, 2 / (window + 1)),
  step(state, inputs, outputs) {
    outputs[0] = pushMean(state, inputs[0]!)
  },
})

const wilder = defineOperator({
  name: 'rma',
  version: 1,
  params: { window: windowParameter() },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }): RecursiveMean => recursiveMean(window, 1 / window),
  step(state, inputs, outputs) {
    outputs[0] = pushMean(state, inputs[0]!)
  },
})

interface WindowedState {
  readonly window: ValueWindow
  readonly weight: number
}

const windowed = defineOperator({
  name: 'window_ema',
  version: 1,
  params: { window: windowParameter() },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }): WindowedState => ({ window: valueWindow(window), weight: 2 / (window + 1) }),
  step({ window, weight }, inputs, outputs) {
    outputs[0] = pushValue(window, inputs[0]!) ? fromOldest(window, weight) : NaN
  },
})

function fromOldest({ values, next }: ValueWindow, weight: number): number {
  let mean = values[next]!
  for (let index = next + 1; index < values.length; index++) mean += weight * (values[index]! - mean)
  for (let index = 0; index < next; index++) mean += weight * (values[index]! - mean)
  return mean
}

const methods = { method: choice(['recursive', 'window'], { default: 'recursive' }) }

export interface EmaOptions {
  /**
   * `recursive` where it is left out. `window` forgets what is older than the window: the recursion starts anew at the oldest
   * of its values.
   */
  readonly method?: 'recursive' | 'window'
}

/**
 * Exponential mean with weight 2 / (window + 1), recursive over all bars, its first value (on bar `window`) the simple mean.
 * A `NaN` starts it anew. `window` is 1 to 10 000.
 */
export function ema<T extends Timing>(x: Series<T>, window: number, options: EmaOptions = {}): Series<T> {
  const { method } = parseParameters('ema', methods, options)
  return (method === 'window' ? windowed : exponential).series({ x }, { window })
}

/**
 * Wilder's smoothing: as `ema` with weight 1 / window, its first value the simple mean. `window` is 1 to 10 000. Source:
 * J. W. Wilder, New Concepts in Technical Trading Systems (1978).
 */
export function rma<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return wilder.series({ x }, { window })
}

/** Twice the exponential mean less the mean of the mean; first value on bar `2 × window − 1`. Source: P. Mulloy (1994). */
export function dema<T extends Timing>(x: Series<T>, window: number): Series<T> {
  const first = ema(x, window)
  return first.times(2).minus(ema(first, window))
}

/** `3 × (m1 − m2) + m3` of three exponential means, each of the one before. Source: P. Mulloy (1994). */
export function tema<T extends Timing>(x: Series<T>, window: number): Series<T> {
  const first = ema(x, window)
  const second = ema(first, window)
  return first.minus(second).times(3).plus(ema(second, window))
}
