import type { Series, Timing } from '../../graph/node-spec.ts'
import { inNodeOrder } from '../../graph/series.ts'
import { defineOperator } from '../define-operator.ts'
import { windowParameter } from '../window-parameter.ts'
import { pairMoments, pushPair, type PairMoments } from './pair-moments.ts'

const covariances = defineOperator({
  name: 'covariance',
  version: 1,
  params: { window: windowParameter({ min: 2 }) },
  roles: ['x', 'y'],
  period: ({ window }) => window,
  init: ({ window }): PairMoments => pairMoments(window),
  step(state, inputs, outputs) {
    outputs[0] = pushPair(state, inputs[0]!, inputs[1]!) ? state.covariance : NaN
  },
})

const correlations = defineOperator({
  name: 'correlation',
  version: 1,
  params: { window: windowParameter({ min: 2 }) },
  roles: ['x', 'y'],
  period: ({ window }) => window,
  init: ({ window }): PairMoments => pairMoments(window),
  step(state, inputs, outputs) {
    outputs[0] = pushPair(state, inputs[0]!, inputs[1]!) ? correlationOf(state) : NaN
  },
})

const betas = defineOperator({
  name: 'beta',
  version: 1,
  params: { window: windowParameter({ min: 2 }) },
  roles: ['x', 'benchmark'],
  period: ({ window }) => window,
  init: ({ window }): PairMoments => pairMoments(window),
  step(state, inputs, outputs) {
    outputs[0] = pushPair(state, inputs[0]!, inputs[1]!) ? state.covariance / state.varianceY : NaN
  },
})

/**
 * Population covariance of the last `window` pairs (2 to 10 000). Both orders are one node. A `NaN` of either series empties
 * the window.
 */
export function covariance<A extends Timing, B extends Timing>(
  x: Series<A>,
  y: Series<B>,
  window: number,
): Series<A | B> {
  const [first, second] = inNodeOrder<A | B>(x, y)
  return covariances.series<A | B>({ x: first, y: second }, { window })
}

/**
 * Pearson's correlation of the last `window` pairs (2 to 10 000), -1 to 1; no value where one side is all equal. Both orders
 * are one node. A `NaN` of either series empties the window.
 */
export function correlation<A extends Timing, B extends Timing>(
  x: Series<A>,
  y: Series<B>,
  window: number,
): Series<A | B> {
  const [first, second] = inNodeOrder<A | B>(x, y)
  return correlations.series<A | B>({ x: first, y: second }, { window })
}

/**
 * Covariance of the last `window` pairs over the variance of the benchmark (2 to 10 000): of returns, the beta. No value where
 * the benchmark is all equal. A `NaN` of either series empties the window.
 */
export function beta<A extends Timing, B extends Timing>(
  x: Series<A>,
  benchmark: Series<B>,
  window: number,
): Series<A | B> {
  return betas.series<A | B>({ x, benchmark }, { window })
}

function correlationOf({ covariance: joint, varianceX, varianceY }: PairMoments): number {
  const ratio = joint / (Math.sqrt(varianceX) * Math.sqrt(varianceY))
  return Math.max(-1, Math.min(1, ratio))
}
