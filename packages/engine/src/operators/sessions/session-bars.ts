import type { ResampledBars } from '../../graph/resample.ts'
import type { Series, Timing } from '../../graph/node-spec.ts'
import { beforeStart, since } from './since.ts'

/** The bar of the session so far, as `sessionStart` or another condition begins it: `since` of each column. */
export function sessionBars<A extends Timing, B extends Timing>(
  bars: ResampledBars<A>,
  start: Series<B>,
): ResampledBars<A | B> {
  return Object.freeze({
    open: since(bars.open, start, 'first'),
    high: since(bars.high, start, 'highest'),
    low: since(bars.low, start, 'lowest'),
    close: since(bars.close, start, 'last'),
    volume: since(bars.volume, start, 'sum'),
  })
}

/** The whole bar of the session before, on every bar of this one; no value during the first. Its pivots are `pivotPoints` of it. */
export function previousSessionBars<A extends Timing, B extends Timing>(
  bars: ResampledBars<A>,
  start: Series<B>,
): ResampledBars<A | B> {
  const { open, high, low, close, volume } = sessionBars(bars, start)
  return Object.freeze({
    open: beforeStart(open, start),
    high: beforeStart(high, start),
    low: beforeStart(low, start),
    close: beforeStart(close, start),
    volume: beforeStart(volume, start),
  })
}
