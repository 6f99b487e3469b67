import type { Series, Timing } from '../../graph/node-spec.ts'
import { invalidParameters, number, parseParameters } from '../../graph/parameters.ts'
import { defineMultiOperator } from '../define-operator.ts'
import { diff } from '../rolling/change.ts'
import { rollingSum } from '../rolling/rolling-sum.ts'
import { windowParameter } from '../window-parameter.ts'

interface RegimeState {
  readonly longEnter: number
  readonly longExit: number
  readonly shortEnter: number
  readonly shortExit: number
  state: 1 | 0 | -1
  /** Bars in the state, this one included; 0 at the start and after a gap. */
  dwell: number
}

const level = number({ min: -1e15, max: 1e15 })

const regimes = defineMultiOperator({
  name: 'threshold_state',
  version: 1,
  params: { longEnter: level, longExit: level, shortEnter: level, shortExit: level },
  roles: ['x'],
  outputs: ['state', 'dwell'],
  recursive: true,
  period: () => 1,
  init: (params): RegimeState => ({ ...params, state: 0, dwell: 0 }),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    if (Number.isNaN(x)) {
      state.state = 0
      state.dwell = 0
      outputs.fill(NaN)
      return
    }
    const next = stateAfter(state, x)
    state.dwell = next === state.state ? state.dwell + 1 : 1
    state.state = next
    outputs[0] = next
    outputs[1] = state.dwell
  },
})

function stateAfter({ longEnter, longExit, shortEnter, shortExit, state }: RegimeState, x: number): 1 | 0 | -1 {
  if (x >= longEnter) return 1
  if (x <= shortEnter) return -1
  if (state === 1) return x < longExit ? 0 : 1
  if (state === -1) return x > shortExit ? 0 : -1
  return 0
}

export interface ThresholdOptions {
  /** Long from here on up: 0.6 where it is left out. */
  readonly longEnter?: number
  /** No longer long below: 0.2 where it is left out. */
  readonly longExit?: number
  /** Short from here on down: -0.6 where it is left out. */
  readonly shortEnter?: number
  /** No longer short above: -0.2 where it is left out. */
  readonly shortExit?: number
}

const thresholds = {
  longEnter: { ...level, fallback: 0.6 },
  longExit: { ...level, fallback: 0.2 },
  shortEnter: { ...level, fallback: -0.6 },
  shortExit: { ...level, fallback: -0.2 },
}

/**
 * A signal as 1, 0 or -1 with hysteresis: entered at one level, left at another nearer to 0. Levels ascend from `shortEnter` over
 * `shortExit` and `longExit` to `longEnter`. A `NaN` starts it anew from 0. Throws `E_INVALID_PARAMETER`.
 */
export function thresholdSignal<T extends Timing>(x: Series<T>, options: ThresholdOptions = {}): Series<T> {
  return regimeOf('thresholdSignal', x, parseParameters('thresholdSignal', thresholds, options)).state
}

export interface ObiRegimeOptions {
  /** Imbalance from which on the bid prevails: 0.3 where it is left out. */
  readonly high?: number
  /** Imbalance down to which the ask prevails: -0.3 where it is left out. */
  readonly low?: number
  /** How far back the imbalance must come for the state to end: 0.05 where it is left out. */
  readonly hysteresis?: number
  /** Bars over which changes of state are counted, 1 to 9 999: 300 where it is left out. */
  readonly window?: number
}

const regimeSchema = {
  high: { ...level, fallback: 0.3 },
  low: { ...level, fallback: -0.3 },
  hysteresis: number({ min: 0, max: 2, default: 0.05 }),
  window: { ...windowParameter({ spare: 1 }), fallback: 300 },
}

/**
 * Which side of a book prevails: `state` is 1 for the bid, -1 for the ask, else 0, with hysteresis; `dwell` counts the bars it has
 * lasted, this one included; `changes` are those of the state within the last `window` bars. A `NaN` starts it anew.
 */
export function obiRegime<T extends Timing>(
  imbalance: Series<T>,
  options: ObiRegimeOptions = {},
): Readonly<Record<'state' | 'dwell' | 'changes', Series<T>>> {
  const { high, low, hysteresis, window } = parseParameters('obiRegime', regimeSchema, options)
  const levels = { longEnter: high, longExit: high - hysteresis, shortEnter: low, shortExit: low + hysteresis }
  const { state, dwell } = regimeOf('obiRegime', imbalance, levels)
  return { state, dwell, changes: rollingSum(diff(state).notEqual(0), window) }
}

function regimeOf<T extends Timing>(owner: string, x: Series<T>, levels: Required<ThresholdOptions>) {
  const { longEnter, longExit, shortEnter, shortExit } = levels
  if (!(shortEnter <= shortExit && shortExit <= longExit && longExit <= longEnter)) {
    const value = [shortEnter, shortExit, longExit, longEnter].join(' ≤ ')
    throw invalidParameters(owner, [{ path: 'levels', message: 'must ascend from short entry to long entry', value }])
  }
  return regimes.series({ x }, levels)
}
