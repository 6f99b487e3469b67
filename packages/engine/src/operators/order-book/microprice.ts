import type { Operand, Series, Timing } from '../../graph/node-spec.ts'
import { number, parseParameters } from '../../graph/parameters.ts'
import { defineOperator } from '../define-operator.ts'
import { zScore } from '../rolling/deviation.ts'
import { levelsOf, type BookLevels, type Quote } from './book-inputs.ts'
import { orderBookImbalance } from './imbalance.ts'

const microprices = defineOperator({
  name: 'microprice',
  version: 1,
  params: {},
  roles: ['bid', 'ask', 'bidSize', 'askSize'],
  period: () => 1,
  init: () => ({}),
  step(_state, inputs, outputs) {
    const bidSize = inputs[2]!
    const askSize = inputs[3]!
    outputs[0] = (inputs[1]! * bidSize + inputs[0]! * askSize) / (bidSize + askSize)
  },
})

/**
 * The price between bid and ask that leans to the side with less size: (ask × bid size + bid × ask size) ÷ (bid size + ask
 * size); no value where both are 0. Source: J. Gatheral and R. Oomen (2010).
 */
export function microprice<T extends Timing>({ bid, ask, bidSize, askSize }: Quote<T>): Series<T> {
  return microprices.series({ bid, ask, bidSize, askSize }, {})
}

/** The microprice of the best levels and the imbalance over all levels given. */
export function micropriceImbalance<T extends Timing>({
  bids,
  asks,
  bidSizes,
  askSizes,
}: BookLevels<T>): Readonly<Record<'microprice' | 'imbalance', Series<T>>> {
  const best = (side: string, levels: readonly Series<T>[]): Series<T> =>
    levelsOf('micropriceImbalance', { side, levels })[0]
  const quote = { bid: best('bids', bids), ask: best('asks', asks) }
  const sizes = { bidSize: best('bidSizes', bidSizes), askSize: best('askSizes', askSizes) }
  return { microprice: microprice({ ...quote, ...sizes }), imbalance: orderBookImbalance({ bidSizes, askSizes }) }
}

/** A price between bid and ask: bid + weight × (ask − bid), with a weight such as `logisticOrderBookWeight` gives. */
export function mixedPrice<T extends Timing, W extends Timing = never>(
  { bid, ask }: Pick<Quote<T>, 'bid' | 'ask'>,
  weight: Operand<W>,
): Series<T | W> {
  return ask.minus(bid).times(weight).plus(bid)
}

/** How unusual the spread is: `zScore` of ask − bid over `window` bars (2 to 10 000). */
export function spreadZScore<T extends Timing>({ bid, ask }: Pick<Quote<T>, 'bid' | 'ask'>, window: number): Series<T> {
  return zScore(ask.minus(bid), window)
}

/** Place of an order in its queue: 1 − rank ÷ size, within 0 and 1; 1 is the front. */
export function priorityIndex<A extends Timing, B extends Timing>(rank: Series<A>, size: Series<B>): Series<A | B> {
  return rank.dividedBy(size).negate().plus(1).clip(0, 1)
}

export interface EntryFilterBounds {
  /** Bounds of the microprice, inclusive; none where they are left out. */
  readonly lowest?: number
  readonly highest?: number
  /** Largest imbalance to either side, 0 to 1: 0.25 where it is left out. */
  readonly imbalance?: number
  /** Least and largest priority, 0 to 1: 0.5 and 1 where they are left out. */
  readonly leastPriority?: number
  readonly largestPriority?: number
}

const unit = { min: 0, max: 1 }
const bounds = {
  imbalance: number({ ...unit, default: 0.25 }),
  leastPriority: number({ ...unit, default: 0.5 }),
  largestPriority: number({ ...unit, default: 1 }),
}

/** 1 where microprice, imbalance and priority are all within their bounds, else 0; no value where one of them has none. */
export function conditionalEntryFilter<T extends Timing>(
  { microprice: price, imbalance, priority }: Readonly<Record<'microprice' | 'imbalance' | 'priority', Series<T>>>,
  { lowest, highest, ...others }: EntryFilterBounds = {},
): Series<T> {
  const {
    imbalance: largest,
    leastPriority,
    largestPriority,
  } = parseParameters('conditionalEntryFilter', bounds, others)
  const calm = imbalance.abs().lessOrEqual(largest)
  const early = priority.greaterOrEqual(leastPriority).and(priority.lessOrEqual(largestPriority))
  const high = lowest === undefined ? price.equal(price) : price.greaterOrEqual(lowest)
  const low = highest === undefined ? high : high.and(price.lessOrEqual(highest))
  return calm.and(early).and(low)
}
