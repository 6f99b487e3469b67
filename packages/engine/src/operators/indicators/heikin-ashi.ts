import type { Series, Timing } from '../../graph/node-spec.ts'
import { defineMultiOperator } from '../define-operator.ts'
import type { OpenHighLowClose } from './bar-inputs.ts'

interface HeikinAshiState {
  /** The averaged bar before; `NaN` at the start and after a gap. */
  open: number
  close: number
}

const operator = defineMultiOperator({
  name: 'heikin_ashi',
  version: 1,
  params: {},
  roles: ['open', 'high', 'low', 'close'],
  outputs: ['open', 'high', 'low', 'close'],
  period: () => 1,
  recursive: true,
  init: (): HeikinAshiState => ({ open: NaN, close: NaN }),
  step(state, inputs, outputs) {
    const high = inputs[1]!
    const low = inputs[2]!
    const close = (inputs[0]! + high + low + inputs[3]!) / 4
    const before = (state.open + state.close) / 2
    const open = Number.isNaN(before) ? (inputs[0]! + inputs[3]!) / 2 : before
    state.open = Number.isNaN(close) ? NaN : open
    state.close = close
    outputs[0] = state.open
    outputs[1] = Math.max(high, state.open, close)
    outputs[2] = Math.min(low, state.open, close)
    outputs[3] = close
  },
})

/**
 * Averaged bars: `close` is the mean of the bar's four prices, `open` the middle of the averaged bar before (of the bar's own
 * open and close at the start and after a gap), `high` and `low` hold both.
 */
export function heikinAshi<T extends Timing>({
  open,
  high,
  low,
  close,
}: OpenHighLowClose<T>): Readonly<Record<'open' | 'high' | 'low' | 'close', Series<T>>> {
  return operator.series({ open, high, low, close }, {})
}
