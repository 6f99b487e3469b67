import type { Series, Timing } from '../../graph/node-spec.ts'
import { lag } from '../rolling/change.ts'
import { ema } from './ema.ts'

/**
 * Exponential mean of `2x − x[lag]`, where the lag is half of `window − 1`, rounded down. Its nodes are those of `lag` and
 * `ema`. `window` is 1 to 10 000. Source: J. Ehlers and R. Way, Zero Lag (2010).
 */
export function zlema<T extends Timing>(x: Series<T>, window: number): Series<T> {
  const bars = Math.floor((window - 1) / 2)
  return ema(bars >= 1 ? x.times(2).minus(lag(x, bars)) : x, window)
}
