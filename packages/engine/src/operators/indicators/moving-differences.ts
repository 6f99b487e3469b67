import type { Series, Timing } from '../../graph/node-spec.ts'
import { parseParameters } from '../../graph/parameters.ts'
import { ema } from '../averages/ema.ts'
import { rateOfChange } from '../rolling/change.ts'
import { withDefault } from '../window-parameter.ts'

export interface MacdOptions {
  /** Windows of the means, in bars: 12, 26 and 9 where they are left out. */
  readonly fast?: number
  readonly slow?: number
  readonly signal?: number
}

const windows = { fast: withDefault(12), slow: withDefault(26), signal: withDefault(9) }

/**
 * Moving average convergence and divergence: `macd` is the fast exponential mean less the slow one, `signal` its own mean,
 * `histogram` their difference. The means are nodes of their own. Source: G. Appel (1979).
 */
export function macd<T extends Timing>(
  x: Series<T>,
  options: MacdOptions = {},
): Readonly<Record<'macd' | 'signal' | 'histogram', Series<T>>> {
  const { fast, slow, signal: window } = parseParameters('macd', windows, options)
  const difference = ema(x, fast).minus(ema(x, slow))
  const signal = ema(difference, window)
  return { macd: difference, signal, histogram: difference.minus(signal) }
}

/** As `macd`, in percent of the slow mean. */
export function ppo<T extends Timing>(
  x: Series<T>,
  options: MacdOptions = {},
): Readonly<Record<'ppo' | 'signal' | 'histogram', Series<T>>> {
  const { fast, slow, signal: window } = parseParameters('ppo', windows, options)
  const base = ema(x, slow)
  const percent = ema(x, fast).minus(base).dividedBy(base).times(100)
  const signal = ema(percent, window)
  return { ppo: percent, signal, histogram: percent.minus(signal) }
}

/**
 * Change per bar, in percent, of a triple exponential mean over `window` bars (15 where it is left out); first value on bar
 * `3 × window − 1`. Source: J. Hutson (1983).
 */
export function trix<T extends Timing>(x: Series<T>, window = 15): Series<T> {
  return rateOfChange(ema(ema(ema(x, window), window), window), 1)
}
