import type { Series, Timing } from '../../graph/node-spec.ts'
import { parseParameters } from '../../graph/parameters.ts'
import { logReturn, simpleReturn } from '../rolling/change.ts'
import { stdev } from '../rolling/deviation.ts'
import { windowParameter } from '../window-parameter.ts'

/**
 * Sample standard deviation (divided by one less) of the last `window` simple returns (2 to 10 000, 20 where it is left out),
 * per bar; for a year of `n` bars, times √n. First value on bar `window + 1`.
 */
export function volatility<T extends Timing>(x: Series<T>, window = 20): Series<T> {
  parseParameters('volatility', { window: windowParameter({ min: 2 }) }, { window })
  return stdev(simpleReturn(x), window).times(Math.sqrt(window / (window - 1)))
}

/**
 * Population standard deviation of the last `window` log returns (2 to 10 000, 20 where it is left out), per bar: the
 * realised volatility that models of rough volatility start from. First value on bar `window + 1`.
 */
export function roughVolatility<T extends Timing>(x: Series<T>, window = 20): Series<T> {
  return stdev(logReturn(x), window)
}
