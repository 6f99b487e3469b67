import type { Series, Timing } from '../../graph/node-spec.ts'
import { rma } from '../averages/ema.ts'
import { defineMultiOperator } from '../define-operator.ts'
import type { HighLowClose } from './bar-inputs.ts'
import { atr } from './range.ts'

interface PreviousRange {
  high: number
  low: number
}

const movements = defineMultiOperator({
  name: 'directional_movement',
  version: 1,
  params: {},
  roles: ['high', 'low'],
  outputs: ['plus', 'minus'],
  period: () => 2,
  init: (): PreviousRange => ({ high: NaN, low: NaN }),
  step(state, inputs, outputs) {
    const up = inputs[0]! - state.high
    const down = state.low - inputs[1]!
    state.high = inputs[0]!
    state.low = inputs[1]!
    const isKnown = !Number.isNaN(up) && !Number.isNaN(down)
    outputs[0] = isKnown ? movement(up, down) : NaN
    outputs[1] = isKnown ? movement(down, up) : NaN
  },
})

function movement(own: number, other: number): number {
  return own > other && own > 0 ? own : 0
}

const indices = defineMultiOperator({
  name: 'directional_index',
  version: 1,
  params: {},
  roles: ['plus', 'minus', 'range'],
  outputs: ['plus', 'minus', 'dx'],
  period: () => 1,
  init: () => ({}),
  step(_state, inputs, outputs) {
    const range = inputs[2]!
    // What does not move has no direction.
    const plus = range === 0 ? 0 : (100 * inputs[0]!) / range
    const minus = range === 0 ? 0 : (100 * inputs[1]!) / range
    const sum = plus + minus
    outputs[0] = plus
    outputs[1] = minus
    outputs[2] = sum === 0 ? 0 : (100 * Math.abs(plus - minus)) / sum
  },
})

/**
 * Wilder's directional indicators, 0 to 100: `plus` and `minus` are the smoothed movements up and down as percent of the
 * average true range, `dx` their difference as percent of their sum (0 where nothing moved). `window` is 14 where it is left
 * out; first value on bar `window + 1`. Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978).
 */
export function di<T extends Timing>(
  bars: HighLowClose<T>,
  window = 14,
): Readonly<Record<'plus' | 'minus' | 'dx', Series<T>>> {
  const { plus, minus } = movements.series<T>({ high: bars.high, low: bars.low }, {})
  return indices.series({ plus: rma(plus, window), minus: rma(minus, window), range: atr(bars, window) }, {})
}

/**
 * Wilder's average directional index, 0 to 100: the smoothed `dx` of `di`, whose `plus` and `minus` come along. `window` is 14
 * where it is left out; first value on bar `2 × window`.
 */
export function adx<T extends Timing>(
  bars: HighLowClose<T>,
  window = 14,
): Readonly<Record<'adx' | 'plus' | 'minus', Series<T>>> {
  const { plus, minus, dx } = di(bars, window)
  return { adx: rma(dx, window), plus, minus }
}
