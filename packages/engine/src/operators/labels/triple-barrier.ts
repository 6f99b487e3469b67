import { durationMs } from '@qmtl/contracts'
import { isSeriesRef } from '../../graph/make-node.ts'
import type { Operand, Series, SeriesRef, Timing } from '../../graph/node-spec.ts'
import {
  choice,
  integer,
  invalidParameters,
  longestPeriod,
  number,
  parseParameters,
  text,
  type ParameterValue,
} from '../../graph/parameters.ts'
import { barriers } from './barrier-kernel.ts'
import { labelSeries } from './label-node.ts'

/** When a position that is entered at each bar's price would end. */
export interface TripleBarrierOptions {
  /** Above 0 long, below 0 short, 0 no entry; frozen at the entry. 1 where it is left out. */
  readonly side?: Operand
  /** Gain at which it ends: a return, as 0.02, or a price in mode `price`. A series is frozen at the entry. */
  readonly profitTarget?: Operand
  /** Loss at which it ends, not negative: a return, or a price in mode `price`. A series is frozen at the entry. */
  readonly stopLoss?: Operand
  /** `return` where it is left out. */
  readonly mode?: 'return' | 'price'
  /** Bars after the entry at which it ends in any case, 1 to 9 999. This or `maxDuration` is needed; the earlier one counts. */
  readonly maxBars?: number
  /** The same as a duration, as `4h` or `3d`, in bars of the price, rounded up. */
  readonly maxDuration?: string
  /** Costs of entry and exit as a fraction of the entry price; 0 where it is left out. */
  readonly totalCost?: number
  /** Gain beyond the costs that is asked for, as a fraction of the entry price; 0 where it is left out. */
  readonly minEdge?: number
}

/** What became of the entry; all delayed by the horizon. */
export type TripleBarrierLabel = Readonly<Record<(typeof barriers.outputs)[number], Series<'delayed'>>>

const schema = {
  mode: choice(['return', 'price'], { default: 'return' }),
  horizon: integer({ min: 1, max: longestPeriod - 1 }),
  cost: number({ min: 0, max: 1, default: 0 }),
  edge: number({ min: 0, max: 1, default: 0 }),
}
const figures = { side: number({ min: -1, max: 1 }), profit: number({ min: 0 }), stop: number({ min: 0 }) }

/**
 * The triple-barrier label of an entry at each bar's price: `outcome` is 1 where its return, less costs and edge, first
 * reached the profit target, -1 where it first reached the stop, 0 where neither happened within the horizon. Closes alone
 * count; the profit is tested before the stop. `grossOutcome` is the outcome of the bar that ended it without costs,
 * `netOnlyStop` 1 where it stopped for its costs alone, `bars` how many bars it took, `grossReturn` and `netReturn` its signed
 * return, without and less costs and edge.
 *
 * The row of a bar describes the entry `horizon` bars ago: pair it with `lag(feature, horizon)`. No value where the side is 0 or
 * missing, where a barrier given as a series is missing, and where a price of the horizon is. For barriers in volatility take
 * `volatility(price, 20).times(2)`. Throws `E_INVALID_PARAMETER`, `E_INVALID_INTERVAL` and `E_MIXED_INTERVALS`. Source: M. López
 * de Prado, Advances in Financial Machine Learning (2018), 3.4.
 */
export function tripleBarrier<T extends Timing>(price: Series<T>, options: TripleBarrierOptions): TripleBarrierLabel {
  const { side = 1, profitTarget: profit, stopLoss: stop, mode, totalCost: cost, minEdge: edge } = options
  const horizon = barrierHorizon(price, options)
  const named = Object.entries({ side, profit, stop }).filter(([, figure]) => figure !== undefined)
  const constants = named.filter(([, figure]) => !isSeriesRef(figure))
  const general = parseParameters('tripleBarrier', schema, { mode, horizon, cost, edge })
  const rules = Object.fromEntries(
    Object.entries(figures).filter(([name]) => constants.some(([given]) => given === name)),
  )
  const settings: Readonly<Record<string, ParameterValue>> = Object.freeze({
    ...general,
    ...parseParameters('tripleBarrier', rules, Object.fromEntries(constants)),
    barriers: givenBarriers(profit, stop),
  })
  const inputs: Record<string, SeriesRef> = { price }
  for (const [name, figure] of named) if (isSeriesRef(figure)) inputs[name] = figure
  return labelSeries({ kernel: barriers, horizon, period: horizon + 1, settings, inputs })
}

/** Bars after the entry at which it ends in any case. */
export function barrierHorizon(
  price: SeriesRef,
  { maxBars, maxDuration }: Pick<TripleBarrierOptions, 'maxBars' | 'maxDuration'>,
): number {
  if (!isSeriesRef(price)) {
    const message = 'must be a series, such as price.close'
    throw invalidParameters('tripleBarrier', [{ path: 'price', message, value: price }])
  }
  const limits = [
    ...(maxBars === undefined
      ? []
      : [parseParameters('tripleBarrier', { maxBars: schema.horizon }, { maxBars }).maxBars]),
    ...(maxDuration === undefined ? [] : [barsOf(maxDuration, price.node.intervalMs)]),
  ]
  if (limits.length > 0) return Math.min(...limits)
  throw invalidParameters('tripleBarrier', [
    { path: 'maxBars, maxDuration', message: 'one of them must be given: a label needs a bar on which it is known' },
  ])
}

function barsOf(duration: string, intervalMs: number): number {
  const { maxDuration } = parseParameters('tripleBarrier', { maxDuration: text() }, { maxDuration: duration })
  const bars = Math.ceil(durationMs(maxDuration) / intervalMs)
  if (schema.horizon.accepts(bars)) return bars
  const message = `must be 1 to ${longestPeriod - 1} bars long`
  throw invalidParameters('tripleBarrier', [{ path: 'maxDuration', message, value: maxDuration }])
}

function givenBarriers(profit: unknown, stop: unknown): string {
  if (profit === undefined) return stop === undefined ? 'none' : 'stop'
  return stop === undefined ? 'profit' : 'both'
}
