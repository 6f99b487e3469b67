import type { Series, Timing } from '../../graph/node-spec.ts'
import { number } from '../../graph/parameters.ts'
import { defineOperator } from '../define-operator.ts'
import type { BookSizes, Quote } from './book-inputs.ts'
import { depth } from './depth.ts'

const imbalances = defineOperator({
  name: 'order_book_imbalance',
  version: 1,
  params: {},
  roles: ['bid', 'ask'],
  period: () => 1,
  init: () => ({}),
  step(_state, inputs, outputs) {
    const bid = inputs[0]!
    const ask = inputs[1]!
    outputs[0] = bid === 0 && ask === 0 ? 0 : (bid - ask) / (bid + ask + 1e-9)
  },
})

/**
 * How much more stands on the bid than on the ask, -1 to 1: (Σ bid − Σ ask) ÷ (Σ bid + Σ ask + 1e-9) over the levels given; 0
 * for an empty book.
 */
export function orderBookImbalance<T extends Timing>(sizes: BookSizes<T>): Series<T> {
  return imbalances.series({ ...depth(sizes) }, {})
}

/** What was bought less what was sold at the market, as a share of both, -1 to 1; no value where nothing was. */
export function executionImbalance<T extends Timing>(buyVolume: Series<T>, sellVolume: Series<T>): Series<T> {
  return buyVolume.minus(sellVolume).dividedBy(buyVolume.plus(sellVolume))
}

const flows = defineOperator({
  name: 'order_flow_imbalance',
  version: 1,
  params: {},
  roles: ['bid', 'ask', 'bidSize', 'askSize'],
  period: () => 2,
  init: () => ({ bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN }),
  step(state, inputs, outputs) {
    const bid = inputs[0]!
    const ask = inputs[1]!
    const bidSize = inputs[2]!
    const askSize = inputs[3]!
    const bought = sideFlow(bid - state.bid, bidSize, state.bidSize)
    const sold = sideFlow(state.ask - ask, askSize, state.askSize)
    outputs[0] = bought - sold
    state.bid = bid
    state.ask = ask
    state.bidSize = bidSize
    state.askSize = askSize
  },
})

/** Size that came where the price improved, that went where it worsened, and the change of size where it stood. */
function sideFlow(improvement: number, size: number, before: number): number {
  if (improvement > 0) return size
  return improvement < 0 ? -before : improvement + size - before
}

/**
 * Order flow imbalance of the best quotes from one bar to the next: what came to the bid and went from the ask, less what went
 * from the bid and came to the ask, in units of size. Source: R. Cont, A. Kukanov and S. Stoikov (2014).
 */
export function orderFlowImbalance<T extends Timing>({ bid, ask, bidSize, askSize }: Quote<T>): Series<T> {
  return flows.series({ bid, ask, bidSize, askSize }, {})
}

const share = number({ min: 0, max: 1 })

const weights = defineOperator({
  name: 'logistic_order_book_weight',
  version: 1,
  params: {
    slope: number({ min: -1000, max: 1000, default: 5 }),
    offset: number({ min: -1, max: 1, default: 0 }),
    clamp: number({ min: 0, max: 1, default: 0.9 }),
    floor: { ...share, fallback: 0 },
    ceiling: { ...share, fallback: 1 },
  },
  roles: ['imbalance'],
  period: () => 1,
  init: (params) => params,
  step({ slope, offset, clamp, floor, ceiling }, inputs, outputs) {
    const imbalance = Math.max(-clamp, Math.min(clamp, inputs[0]!))
    const weight = 1 / (1 + Math.exp(-slope * (imbalance - offset)))
    outputs[0] = Math.max(floor, Math.min(ceiling, weight))
  },
})

export interface LogisticWeightOptions {
  /** How fast the weight turns with the imbalance: 5 where it is left out. */
  readonly slope?: number
  /** Imbalance of weight one half: 0 where it is left out. */
  readonly offset?: number
  /** The imbalance counts up to this size: 0.9 where it is left out. */
  readonly clamp?: number
  /** Bounds of the weight, 0 and 1 where they are left out. */
  readonly floor?: number
  readonly ceiling?: number
}

/** An imbalance, -1 to 1, as a weight of the ask in a price between bid and ask: the logistic function of it, within bounds. */
export function logisticOrderBookWeight<T extends Timing>(
  imbalance: Series<T>,
  options: LogisticWeightOptions = {},
): Series<T> {
  return weights.series({ imbalance }, options)
}
