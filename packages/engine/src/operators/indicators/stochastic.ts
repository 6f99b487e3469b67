import type { Series, Timing } from '../../graph/node-spec.ts'
import { choice, parseParameters } from '../../graph/parameters.ts'
import { sma } from '../averages/sma.ts'
import { defineMultiOperator, defineOperator } from '../define-operator.ts'
import { highest, lowest } from '../rolling/extremes.ts'
import { withDefault } from '../window-parameter.ts'
import type { HighLowClose } from './bar-inputs.ts'
import { rsi, type RsiOptions } from './rsi.ts'

const positions = defineOperator({
  name: 'range_position',
  version: 1,
  params: {},
  roles: ['x', 'low', 'high'],
  period: () => 1,
  init: () => ({}),
  step(_state, inputs, outputs) {
    const low = inputs[1]!
    const range = inputs[2]! - low
    outputs[0] = range === 0 ? inputs[0]! * 0 : (100 * (inputs[0]! - low)) / range
  },
})

/** Where the close stands between the lowest low and the highest high of a window, in percent; 0 where they are equal. */
function rawStochastic<T extends Timing>({ high, low, close }: HighLowClose<T>, window: number): Series<T> {
  return positions.series({ x: close, low: lowest(low, window), high: highest(high, window) }, {})
}

export interface StochasticOptions {
  /** Bars of the range: 14 where it is left out. */
  readonly window?: number
  /** Bars of the mean that makes `k`: 3 where it is left out, 1 for the fast form. */
  readonly smooth?: number
  /** Bars of the mean of `k` that makes `d`: 3 where it is left out. */
  readonly signal?: number
}

const stochasticWindows = { window: withDefault(14), smooth: withDefault(3), signal: withDefault(3) }

/**
 * Stochastic oscillator, 0 to 100: `k` is where the close stands in the range of the last bars, smoothed by a plain mean, `d`
 * the mean of `k`. Where the range is empty it counts as 0. Source: G. Lane.
 */
export function stochastic<T extends Timing>(
  bars: HighLowClose<T>,
  options: StochasticOptions = {},
): Readonly<Record<'k' | 'd', Series<T>>> {
  const { window, smooth, signal } = parseParameters('stochastic', stochasticWindows, options)
  return smoothed(rawStochastic(bars, window), smooth, signal)
}

export interface StochRsiOptions extends StochasticOptions, RsiOptions {
  /** Bars of the strength index: 14 where it is left out. */
  readonly rsi?: number
}

const stochRsiWindows = {
  ...stochasticWindows,
  rsi: withDefault(14),
  method: choice(['wilder', 'window'], { default: 'wilder' }),
}

/** Stochastic oscillator of the relative strength index, 0 to 100. Source: T. Chande and S. Kroll (1994). */
export function stochRsi<T extends Timing>(
  x: Series<T>,
  options: StochRsiOptions = {},
): Readonly<Record<'k' | 'd', Series<T>>> {
  const { window, smooth, signal, rsi: rsiWindow, method } = parseParameters('stochRsi', stochRsiWindows, options)
  const strength = rsi(x, rsiWindow, { method })
  return smoothed(rawStochastic({ high: strength, low: strength, close: strength }, window), smooth, signal)
}

function smoothed<T extends Timing>(
  raw: Series<T>,
  smooth: number,
  signal: number,
): Readonly<Record<'k' | 'd', Series<T>>> {
  const k = smooth === 1 ? raw : sma(raw, smooth)
  return { k, d: signal === 1 ? k : sma(k, signal) }
}

/**
 * Williams' %R, -100 to 0: where the close stands in the range of the last `window` bars (14 where it is left out), counted
 * from its top. It is the raw stochastic less 100. Source: L. Williams (1973).
 */
export function williamsR<T extends Timing>(bars: HighLowClose<T>, window = 14): Series<T> {
  return rawStochastic(bars, window).minus(100)
}

interface KdjState {
  readonly kWeight: number
  readonly dWeight: number
  k: number
  d: number
}

const kdjWindows = { window: withDefault(9), k: withDefault(3), d: withDefault(3) }

const lines = defineMultiOperator({
  name: 'kdj',
  version: 1,
  params: { k: kdjWindows.k, d: kdjWindows.d },
  roles: ['rsv'],
  outputs: ['k', 'd', 'j'],
  period: () => 1,
  recursive: true,
  init: ({ k, d }): KdjState => ({ kWeight: 1 / k, dWeight: 1 / d, k: 50, d: 50 }),
  step(state, inputs, outputs) {
    const rsv = inputs[0]!
    if (Number.isNaN(rsv)) {
      state.k = 50
      state.d = 50
      outputs.fill(NaN)
      return
    }
    state.k += state.kWeight * (rsv - state.k)
    state.d += state.dWeight * (state.k - state.d)
    outputs[0] = state.k
    outputs[1] = state.d
    outputs[2] = 3 * state.k - 2 * state.d
  },
})

export interface KdjOptions {
  /** Bars of the range: 9 where it is left out. */
  readonly window?: number
  /** `k` moves 1 / k of the way to the raw value, `d` 1 / d of the way to `k`: 3 where they are left out. */
  readonly k?: number
  readonly d?: number
}

/**
 * Stochastic lines with recursive smoothing: `k` and `d` start from 50 and move by a third, `j` is `3k − 2d`. A `NaN` starts
 * them anew.
 */
export function kdj<T extends Timing>(
  bars: HighLowClose<T>,
  options: KdjOptions = {},
): Readonly<Record<'k' | 'd' | 'j', Series<T>>> {
  const { window, k, d } = parseParameters('kdj', kdjWindows, options)
  return lines.series({ rsv: rawStochastic(bars, window) }, { k, d })
}
