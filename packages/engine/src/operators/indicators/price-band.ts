import type { Series, Timing } from '../../graph/node-spec.ts'
import { number } from '../../graph/parameters.ts'
import { defineMultiOperator } from '../define-operator.ts'

interface BandState {
  readonly meanWeight: number
  readonly deviationWeight: number
  readonly multiplier: number
  /** `NaN` before the first price and after a gap. */
  mean: number
  variance: number
}

const weight = number({ min: 0, max: 1, default: 0.1 })

const bands = defineMultiOperator({
  name: 'acceptable_price_band',
  version: 1,
  params: { meanWeight: weight, deviationWeight: weight, multiplier: number({ min: 0, max: 1000, default: 2 }) },
  roles: ['x'],
  outputs: ['mid', 'upper', 'lower', 'excursion', 'overshoot'],
  recursive: true,
  period: () => 1,
  init: (params): BandState => ({ ...params, mean: NaN, variance: 0 }),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    const { meanWeight, deviationWeight, multiplier } = state
    const isNew = Number.isNaN(state.mean)
    const mean = isNew ? x : state.mean + meanWeight * (x - state.mean)
    const away = x - mean
    const variance = isNew ? 0 : (1 - deviationWeight) * state.variance + deviationWeight * away * away
    const width = multiplier * Math.sqrt(variance)
    outputs[0] = mean
    outputs[1] = mean + width
    outputs[2] = mean - width
    // A band of no width has nothing outside but what is away from it.
    outputs[3] = width === 0 ? away * 0 : away / width
    outputs[4] = variance === 0 ? away * 0 : Math.max(0, Math.abs(away) - width) / Math.sqrt(variance)
    state.mean = mean
    state.variance = Number.isNaN(mean) ? 0 : variance
  },
})

export interface PriceBandOptions {
  /** Weight of this bar in the mean and in the variance, 0 to 1: 0.1 where they are left out. */
  readonly meanWeight?: number
  readonly deviationWeight?: number
  /** Deviations from the mean to the bounds: 2 where it is left out. */
  readonly multiplier?: number
}

/**
 * The band in which a price is accepted: `mid` is its exponential mean from the first value on, `upper` and `lower` are
 * `multiplier` exponential deviations from it; `excursion` is the distance from the middle in half widths (0 where there is no
 * width), `overshoot` how many deviations it is outside, 0 inside. A `NaN` starts it anew.
 */
export function acceptablePriceBand<T extends Timing>(
  x: Series<T>,
  options: PriceBandOptions = {},
): Readonly<Record<'mid' | 'upper' | 'lower' | 'excursion' | 'overshoot', Series<T>>> {
  return bands.series({ x }, options)
}
