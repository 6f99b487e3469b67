import type { Series, Timing } from '../../graph/node-spec.ts'
import { diff } from '../rolling/change.ts'
import { levelsOf, sumOf, type BookLevels, type BookSizes } from './book-inputs.ts'

/** The sizes of all given levels, summed for each side. */
export function depth<T extends Timing>({
  bidSizes,
  askSizes,
}: BookSizes<T>): Readonly<Record<'bid' | 'ask', Series<T>>> {
  return {
    bid: sumOf(levelsOf('depth', { side: 'bidSizes', levels: bidSizes })),
    ask: sumOf(levelsOf('depth', { side: 'askSizes', levels: askSizes })),
  }
}

/** The change of the depth of both sides together from the bar before. */
export function depthChange<T extends Timing>(sizes: BookSizes<T>): Series<T> {
  const { bid, ask } = depth(sizes)
  return diff(bid.plus(ask))
}

/**
 * The slope of the line of least squares through the cumulative sizes of one side over its levels 1, 2, … (at least two): how
 * much size each further level adds.
 */
export function depthSlope<T extends Timing>(sizes: readonly Series<T>[]): Series<T> {
  const [best, ...others] = levelsOf('depthSlope', { side: 'sizes', levels: sizes, least: 2 })
  const [first = 0, ...weights] = slopeWeights(sizes.length)
  return others.reduce((slope, level, index) => slope.plus(level.times(weights[index] ?? 0)), best.times(first))
}

/** What each level's own size adds to the slope: it is part of all cumulative sizes from its level on. */
function slopeWeights(levels: number): readonly number[] {
  const middle = (levels - 1) / 2
  const spread = (levels * (levels * levels - 1)) / 12
  return Array.from({ length: levels }, (_, from) => {
    let weight = 0
    for (let level = from; level < levels; level++) weight += level - middle
    return weight / spread
  })
}

/** The gap between the sides, level by level, each weighed by the size of both sides there. No value without any size. */
export function gapDepthWeightedSum<T extends Timing>({ bids, asks, bidSizes, askSizes }: BookLevels<T>): Series<T> {
  const count = Math.min(bids.length, asks.length, bidSizes.length, askSizes.length)
  const take = (side: string, levels: readonly Series<T>[]) =>
    levelsOf('gapDepthWeightedSum', { side, levels: levels.slice(0, count) })
  const [bid, ask] = [take('bids', bids), take('asks', asks)]
  const bidSize = take('bidSizes', bidSizes)
  const weights = paired(bidSize, take('askSizes', askSizes), (one, other) => one.plus(other))
  const gaps = paired(ask, bid, (one, other) => one.minus(other))
  return sumOf(paired(gaps, weights, (gap, weight) => gap.times(weight))).dividedBy(sumOf(weights))
}

type Levels<T extends Timing> = readonly [Series<T>, ...Series<T>[]]

function paired<T extends Timing>(
  [first, ...ones]: Levels<T>,
  [second, ...others]: Levels<T>,
  join: (one: Series<T>, other: Series<T>) => Series<T>,
): Levels<T> {
  return [join(first, second), ...ones.flatMap((one, index) => (others[index] ? [join(one, others[index])] : []))]
}
