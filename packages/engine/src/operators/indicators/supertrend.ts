import type { Series, Timing } from '../../graph/node-spec.ts'
import { number, parseParameters } from '../../graph/parameters.ts'
import { defineMultiOperator } from '../define-operator.ts'
import { withDefault } from '../window-parameter.ts'
import type { HighLowClose } from './bar-inputs.ts'
import { atr, atrMethod, type AtrOptions } from './range.ts'

interface SupertrendState {
  readonly multiplier: number
  /** The bands and the close of the bar before; `NaN` at the start and after a gap. */
  upper: number
  lower: number
  close: number
  direction: 1 | -1
}

const multiplier = number({ min: 0, max: 1000, default: 3 })

const operator = defineMultiOperator({
  name: 'supertrend',
  version: 1,
  params: { multiplier },
  roles: ['high', 'low', 'close', 'range'],
  outputs: ['value', 'direction', 'upper', 'lower'],
  period: () => 1,
  recursive: true,
  init: (params): SupertrendState => ({
    multiplier: params.multiplier,
    upper: NaN,
    lower: NaN,
    close: NaN,
    direction: -1,
  }),
  step(state, inputs, outputs) {
    const close = inputs[2]!
    const middle = (inputs[0]! + inputs[1]!) / 2
    const distance = state.multiplier * inputs[3]!
    if (Number.isNaN(middle + distance + close)) {
      state.upper = NaN
      state.lower = NaN
      state.direction = -1
      outputs.fill(NaN)
      return
    }
    carry(state, middle + distance, middle - distance)
    turn(state, close)
    outputs[0] = state.direction === 1 ? state.lower : state.upper
    outputs[1] = state.direction
    outputs[2] = state.upper
    outputs[3] = state.lower
  },
})

// A band only tightens, until the close before has crossed it. Comparisons with `NaN` are false, so the first bands are taken.
function carry(state: SupertrendState, upper: number, lower: number): void {
  const keepsUpper = upper >= state.upper && state.close <= state.upper
  const keepsLower = lower <= state.lower && state.close >= state.lower
  if (!keepsUpper) state.upper = upper
  if (!keepsLower) state.lower = lower
}

function turn(state: SupertrendState, close: number): void {
  if (state.direction === 1) state.direction = close < state.lower ? -1 : 1
  else state.direction = close > state.upper ? 1 : -1
  state.close = close
}

export interface SupertrendOptions extends AtrOptions {
  /** Bars of the average true range: 10 where it is left out. */
  readonly window?: number
  /** 0 to 1 000, 3 where it is left out. */
  readonly multiplier?: number
}

const settings = { window: withDefault(10), multiplier, method: atrMethod }

/**
 * Bands of `multiplier` average true ranges around the middle of the bar that only tighten until the close crosses one. The
 * `value` is the lower band while the trend is up and the upper one while it is down; `direction` is 1 or -1, down on the
 * first bar unless the close is above the upper band. A gap starts it anew. Source: O. Seban.
 */
export function supertrend<T extends Timing>(
  bars: HighLowClose<T>,
  options: SupertrendOptions = {},
): Readonly<Record<'value' | 'direction' | 'upper' | 'lower', Series<T>>> {
  const { window, multiplier: times, method } = parseParameters('supertrend', settings, options)
  const { high, low, close } = bars
  return operator.series({ high, low, close, range: atr(bars, window, { method }) }, { multiplier: times })
}
