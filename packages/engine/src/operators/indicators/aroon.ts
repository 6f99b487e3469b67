import type { Series, Timing } from '../../graph/node-spec.ts'
import { defineMultiOperator } from '../define-operator.ts'
import {
  ageOfLargest,
  clearWindow,
  monotonicWindow,
  pushLargest,
  type MonotonicWindow,
} from '../rolling/monotonic-window.ts'
import { windowParameter } from '../window-parameter.ts'
import type { HighLow } from './bar-inputs.ts'

interface AroonState {
  readonly window: number
  readonly highs: MonotonicWindow
  readonly lows: MonotonicWindow
}

const operator = defineMultiOperator({
  name: 'aroon',
  version: 1,
  params: { window: windowParameter({ spare: 1 }) },
  roles: ['high', 'low'],
  outputs: ['up', 'down', 'oscillator'],
  period: ({ window }) => window + 1,
  init: ({ window }): AroonState => ({
    window,
    highs: monotonicWindow(window + 1),
    lows: monotonicWindow(window + 1),
  }),
  step(state, inputs, outputs) {
    const { window, highs, lows } = state
    const isKnown = !Number.isNaN(inputs[0]!) && !Number.isNaN(inputs[1]!)
    if (isKnown) {
      pushLargest(highs, inputs[0]!)
      pushLargest(lows, -inputs[1]!)
    } else {
      clearWindow(highs)
      clearWindow(lows)
    }
    const isFull = highs.count > window
    const up = isFull ? (100 * (window - ageOfLargest(highs))) / window : NaN
    const down = isFull ? (100 * (window - ageOfLargest(lows))) / window : NaN
    outputs[0] = up
    outputs[1] = down
    outputs[2] = up - down
  },
})

/**
 * How recent the highest high (`up`) and the lowest low (`down`) of the last `window + 1` bars are, 100 for this bar, 0 for
 * the oldest, the newest of equal ones; `oscillator` is up less down. `window` is 1 to 9 999, 25 where it is left out.
 * Source: T. Chande (1995).
 */
export function aroon<T extends Timing>(
  { high, low }: HighLow<T>,
  window = 25,
): Readonly<Record<'up' | 'down' | 'oscillator', Series<T>>> {
  return operator.series({ high, low }, { window })
}
