import type { Series, Timing } from '../../graph/node-spec.ts'
import { choice, parseParameters } from '../../graph/parameters.ts'
import { rma } from '../averages/ema.ts'
import { sma } from '../averages/sma.ts'
import { defineOperator } from '../define-operator.ts'
import type { HighLowClose } from './bar-inputs.ts'

interface PreviousClose {
  previous: number
}

const ranges = defineOperator({
  name: 'true_range',
  version: 1,
  params: {},
  roles: ['high', 'low', 'close'],
  period: () => 2,
  init: (): PreviousClose => ({ previous: NaN }),
  step(state, inputs, outputs) {
    const { previous } = state
    state.previous = inputs[2]!
    outputs[0] = Math.max(inputs[0]!, previous) - Math.min(inputs[1]!, previous)
  },
})

const typical = defineOperator({
  name: 'typical_price',
  version: 1,
  params: {},
  roles: ['high', 'low', 'close'],
  period: () => 1,
  init: () => ({}),
  step(_state, inputs, outputs) {
    outputs[0] = (inputs[0]! + inputs[1]! + inputs[2]!) / 3
  },
})

/** `(high + low + close) ÷ 3`. */
export function typicalPrice<T extends Timing>({ high, low, close }: HighLowClose<T>): Series<T> {
  return typical.series({ high, low, close }, {})
}

/** What the price went through since the close before: the bar's range and the gap to it. First value on the second bar. */
export function trueRange<T extends Timing>({ high, low, close }: HighLowClose<T>): Series<T> {
  return ranges.series({ high, low, close }, {})
}

export interface AtrOptions {
  /** `wilder` where it is left out, `window`: the plain mean of the window. */
  readonly method?: 'wilder' | 'window'
}

/** The `method` of whatever is built on an average true range. */
export const atrMethod = choice(['wilder', 'window'], { default: 'wilder' })

/**
 * Average true range: Wilder's smoothing of the true range over `window` bars (1 to 10 000, 14 where it is left out); first
 * value on bar `window + 1`. Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978).
 */
export function atr<T extends Timing>(bars: HighLowClose<T>, window = 14, options: AtrOptions = {}): Series<T> {
  const { method } = parseParameters('atr', { method: atrMethod }, options)
  return (method === 'window' ? sma : rma)(trueRange(bars), window)
}
