import type { Series, Timing } from '../../graph/node-spec.ts'
import { choice, parseParameters } from '../../graph/parameters.ts'
import { defineOperator } from '../define-operator.ts'
import { windowParameter } from '../window-parameter.ts'
import { changeSums, pushChange, type ChangeSums } from './change-sums.ts'

interface RsiState {
  readonly window: number
  previous: number
  /** Changes since the start or the last `NaN`, counted up to `window`; -1 before the first value. */
  changes: number
  /** Sums of the gains and losses while the window fills, then their means. */
  gain: number
  loss: number
}

const operator = defineOperator({
  name: 'rsi',
  version: 1,
  params: { window: windowParameter({ spare: 1 }) },
  roles: ['x'],
  period: ({ window }) => window + 1,
  init: ({ window }): RsiState => ({ window, previous: NaN, changes: -1, gain: 0, loss: 0 }),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    outputs[0] = NaN
    if (Number.isNaN(x) || state.changes < 0) {
      restart(state, x)
      return
    }
    const change = x - state.previous
    state.previous = x
    addChange(state, Math.max(change, 0), Math.max(-change, 0))
    // 100 - 100 / (1 + gain / loss), without the division by no loss.
    if (state.changes === state.window)
      outputs[0] = state.loss === 0 ? 100 : (100 * state.gain) / (state.gain + state.loss)
  },
})

const windowed = defineOperator({
  name: 'window_rsi',
  version: 1,
  params: { window: windowParameter({ spare: 1 }) },
  roles: ['x'],
  period: ({ window }) => window + 1,
  init: ({ window }): ChangeSums => changeSums(window),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    const change = x - state.previous
    state.previous = x
    pushChange(state, Math.max(change, 0), Math.max(-change, 0))
    outputs[0] = state.down === 0 ? 100 : (100 * state.up) / (state.up + state.down)
  },
})

const methods = { method: choice(['wilder', 'window'], { default: 'wilder' }) }

export interface RsiOptions {
  /** `wilder` where it is left out, `window`: plain means of the last `window` changes (Cutler). */
  readonly method?: 'wilder' | 'window'
}

/**
 * Wilder's relative strength index, 0 to 100: the mean gain of the first `window` changes, then recursive with weight
 * 1 / window; 100 where nothing was lost. First value on bar `window + 1`; a `NaN` starts it anew. `window` is 1 to 9 999,
 * 14 where it is left out. Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978).
 */
export function rsi<T extends Timing>(x: Series<T>, window = 14, options: RsiOptions = {}): Series<T> {
  const { method } = parseParameters('rsi', methods, options)
  return (method === 'window' ? windowed : operator).series({ x }, { window })
}

function restart(state: RsiState, x: number): void {
  state.previous = x
  state.changes = Number.isNaN(x) ? -1 : 0
  state.gain = 0
  state.loss = 0
}

function addChange(state: RsiState, gain: number, loss: number): void {
  const { window } = state
  if (state.changes === window) {
    state.gain += (gain - state.gain) / window
    state.loss += (loss - state.loss) / window
    return
  }
  state.changes++
  state.gain += gain
  state.loss += loss
  if (state.changes === window) {
    state.gain /= window
    state.loss /= window
  }
}
