import { isSeriesRef } from '../../graph/make-node.ts'
import type { Series, Timing } from '../../graph/node-spec.ts'
import { invalidParameters } from '../../graph/parameters.ts'

// What an indicator reads of an order book, a series per level and side, the best level first. Levels are given as series of
// one interval, such as the closing state of each bar.

export interface BookSizes<T extends Timing> {
  readonly bidSizes: readonly Series<T>[]
  readonly askSizes: readonly Series<T>[]
}

export interface BookLevels<T extends Timing> extends BookSizes<T> {
  readonly bids: readonly Series<T>[]
  readonly asks: readonly Series<T>[]
}

/** The best prices and what stands there. */
export interface Quote<T extends Timing> {
  readonly bid: Series<T>
  readonly ask: Series<T>
  readonly bidSize: Series<T>
  readonly askSize: Series<T>
}

const mostLevels = 100

/** The levels of one side, checked. Throws `E_INVALID_PARAMETER` for fewer than `least`, for more than 100 and for strangers. */
export function levelsOf<T extends Timing>(
  owner: string,
  {
    side,
    levels,
    least = 1,
  }: { readonly side: string; readonly levels: readonly Series<T>[]; readonly least?: number },
): readonly [Series<T>, ...Series<T>[]] {
  const [best, ...others] = levels
  if (best === undefined || levels.length < least || levels.length > mostLevels || !levels.every(isSeriesRef)) {
    const message = `must be ${least} to ${mostLevels} series, the best level first`
    throw invalidParameters(owner, [{ path: side, message, value: levels.length }])
  }
  return [best, ...others]
}

/** The sum over levels. */
export function sumOf<T extends Timing>([first, ...others]: readonly [Series<T>, ...Series<T>[]]): Series<T> {
  return others.reduce((sum, level) => sum.plus(level), first)
}
