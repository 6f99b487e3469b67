import type { Series, Timing } from '../../graph/node-spec.ts'
import { number } from '../../graph/parameters.ts'
import { defineOperator } from '../define-operator.ts'

interface KalmanState {
  readonly processNoise: number
  readonly measurementNoise: number
  estimate: number
  variance: number
}

const noise = (variance: number) => number({ min: 1e-300, max: 1e15, default: variance })

const operator = defineOperator({
  name: 'kalman_trend',
  version: 1,
  params: { processNoise: noise(1e-5), measurementNoise: noise(1e-2) },
  roles: ['x'],
  period: () => 1,
  recursive: true,
  init: ({ processNoise, measurementNoise }): KalmanState => ({
    processNoise,
    measurementNoise,
    estimate: NaN,
    variance: 1,
  }),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    if (Number.isNaN(x) || Number.isNaN(state.estimate)) {
      state.estimate = x
      state.variance = 1
    } else {
      const predicted = state.variance + state.processNoise
      const gain = predicted / (predicted + state.measurementNoise)
      state.estimate += gain * (x - state.estimate)
      state.variance = (1 - gain) * predicted
    }
    outputs[0] = state.estimate
  },
})

export interface KalmanOptions {
  /** Variance by which the level wanders per bar: 1e-5 where it is left out. */
  readonly processNoise?: number
  /** Variance of a value around the level: 1e-2 where it is left out. */
  readonly measurementNoise?: number
}

/**
 * Level of a random walk seen through noise: the scalar Kalman filter, from the first value with variance 1. Only the ratio
 * of the noises and the first bars matter. A `NaN` starts it anew. Source: R. E. Kalman (1960).
 */
export function kalmanTrend<T extends Timing>(x: Series<T>, options: KalmanOptions = {}): Series<T> {
  return operator.series({ x }, options)
}
