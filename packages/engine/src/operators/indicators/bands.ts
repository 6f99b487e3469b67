import type { Series, Timing } from '../../graph/node-spec.ts'
import { number, parseParameters } from '../../graph/parameters.ts'
import { ema, type EmaOptions } from '../averages/ema.ts'
import { sma } from '../averages/sma.ts'
import { midpoint } from '../pointwise/arithmetic.ts'
import { stdev } from '../rolling/deviation.ts'
import { highest, lowest } from '../rolling/extremes.ts'
import { windowParameter, withDefault } from '../window-parameter.ts'
import type { HighLow, HighLowClose } from './bar-inputs.ts'
import { atr, atrMethod, type AtrOptions } from './range.ts'

/** A middle line and the lines above and below it. */
export type Bands<T extends Timing> = Readonly<Record<'mid' | 'upper' | 'lower', Series<T>>>

const multiplierOf = (multiplier: number) => number({ min: 0, max: 1000, default: multiplier })

/**
 * Mean of the last `window` values (2 to 10 000, 20 where it is left out) and the lines `multiplier` population standard
 * deviations away (0 to 1 000, 2 where it is left out). Its nodes are those of `sma` and `stdev`. Source: J. Bollinger.
 */
export function bollingerBands<T extends Timing>(x: Series<T>, window = 20, multiplier = 2): Bands<T> {
  const schema = { window: windowParameter({ min: 2 }), multiplier: multiplierOf(2) }
  parseParameters('bollingerBands', schema, { window, multiplier })
  return around(sma(x, window), stdev(x, window).times(multiplier))
}

export interface KeltnerOptions extends AtrOptions {
  /** Bars of the mean of the close: 20 where it is left out. */
  readonly window?: number
  /** Bars of the average true range: 10 where it is left out. */
  readonly atrWindow?: number
  /** 0 to 1 000, 2 where it is left out. */
  readonly multiplier?: number
}

const keltner = { window: withDefault(20), atrWindow: withDefault(10), multiplier: multiplierOf(2), method: atrMethod }

/**
 * Exponential mean of the close and the lines `multiplier` average true ranges away; with `method: 'window'` both forget what
 * is older than their windows. Source: C. Keltner, in the form of L. Raschke.
 */
export function keltnerChannel<T extends Timing>(bars: HighLowClose<T>, options: KeltnerOptions = {}): Bands<T> {
  const { window, atrWindow, multiplier, method } = parseParameters('keltnerChannel', keltner, options)
  const mean: EmaOptions = { method: method === 'window' ? 'window' : 'recursive' }
  return around(ema(bars.close, window, mean), atr(bars, atrWindow, { method }).times(multiplier))
}

/** Highest high and lowest low of the last `window` bars (20 where it is left out) and their middle. Source: R. Donchian. */
export function donchian<T extends Timing>({ high, low }: HighLow<T>, window = 20): Bands<T> {
  const upper = highest(high, window)
  const lower = lowest(low, window)
  return { mid: midpoint(upper, lower), upper, lower }
}

export interface ChandelierOptions extends AtrOptions {
  /** Bars of the extremes and of the average true range: 22 where it is left out. */
  readonly window?: number
  /** 0 to 1 000, 3 where it is left out. */
  readonly multiplier?: number
}

const chandelier = { window: withDefault(22), multiplier: multiplierOf(3), method: atrMethod }

/**
 * Exits that hang from the extremes of the window: `long` is the highest high less `multiplier` average true ranges, `short`
 * the lowest low and as much. Source: C. Le Beau.
 */
export function chandelierExit<T extends Timing>(
  bars: HighLowClose<T>,
  options: ChandelierOptions = {},
): Readonly<Record<'long' | 'short', Series<T>>> {
  const { window, multiplier, method } = parseParameters('chandelierExit', chandelier, options)
  const distance = atr(bars, window, { method }).times(multiplier)
  return { long: highest(bars.high, window).minus(distance), short: lowest(bars.low, window).plus(distance) }
}

function around<T extends Timing>(mid: Series<T>, distance: Series<T>): Bands<T> {
  return { mid, upper: mid.plus(distance), lower: mid.minus(distance) }
}
