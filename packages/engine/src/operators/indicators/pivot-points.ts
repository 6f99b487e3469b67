import type { Series, Timing } from '../../graph/node-spec.ts'
import { defineMultiOperator } from '../define-operator.ts'
import type { HighLowClose } from './bar-inputs.ts'

const operator = defineMultiOperator({
  name: 'pivot_points',
  version: 1,
  params: {},
  roles: ['high', 'low', 'close'],
  outputs: ['pivot', 'r1', 'r2', 'r3', 's1', 's2', 's3'],
  period: () => 1,
  init: () => ({}),
  step(_state, inputs, outputs) {
    const high = inputs[0]!
    const low = inputs[1]!
    const range = high - low
    const pivot = (high + low + inputs[2]!) / 3
    outputs[0] = pivot
    outputs[1] = 2 * pivot - low
    outputs[2] = pivot + range
    outputs[3] = high + 2 * (pivot - low)
    outputs[4] = 2 * pivot - high
    outputs[5] = pivot - range
    outputs[6] = low - 2 * (high - pivot)
  },
})

/**
 * Classic pivot points from this closed bar, for the bars that follow it: of daily bars, `align`ed to hours, they are the
 * levels of the last closed day.
 */
export function pivotPoints<T extends Timing>({
  high,
  low,
  close,
}: HighLowClose<T>): Readonly<Record<'pivot' | 'r1' | 'r2' | 'r3' | 's1' | 's2' | 's3', Series<T>>> {
  return operator.series({ high, low, close }, {})
}
