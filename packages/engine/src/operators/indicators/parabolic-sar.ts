import type { Series, Timing } from '../../graph/node-spec.ts'
import { number } from '../../graph/parameters.ts'
import { defineMultiOperator } from '../define-operator.ts'
import type { HighLow } from './bar-inputs.ts'

interface SarState {
  readonly first: number
  readonly largest: number
  high: number
  low: number
  /** 0 until the second bar. */
  direction: 1 | 0 | -1
  /** The stop for the next bar. */
  stop: number
  /** Highest high of an upward run, lowest low of a downward one. */
  extreme: number
  acceleration: number
}

const operator = defineMultiOperator({
  name: 'parabolic_sar',
  version: 2,
  params: { step: number({ min: 0, max: 1, default: 0.02 }), max: number({ min: 0, max: 1, default: 0.2 }) },
  roles: ['high', 'low'],
  outputs: ['value', 'direction'],
  period: () => 2,
  init: ({ step, max }): SarState => ({
    first: Math.min(step, max),
    largest: max,
    high: NaN,
    low: NaN,
    direction: 0,
    stop: NaN,
    extreme: NaN,
    acceleration: 0,
  }),
  step(state, inputs, outputs) {
    const high = inputs[0]!
    const low = inputs[1]!
    outputs[0] = NaN
    outputs[1] = NaN
    if (Number.isNaN(high + low)) {
      state.direction = 0
      state.high = NaN
      return
    }
    if (!Number.isNaN(state.high)) {
      if (state.direction === 0) begin(state, high, low)
      const isHit = state.direction === 1 ? low <= state.stop : high >= state.stop
      if (isHit) reverse(state, high, low)
      outputs[0] = state.stop
      outputs[1] = state.direction
      advance(state, high, low, isHit)
    }
    state.high = high
    state.low = low
  },
})

// The first run goes down where the second bar reached further down than up, else up.
function begin(state: SarState, high: number, low: number): void {
  const down = state.low - low
  state.direction = down > 0 && down > high - state.high ? -1 : 1
  state.stop = state.direction === 1 ? state.low : state.high
  state.extreme = state.direction === 1 ? high : low
  state.acceleration = state.first
  // The bar that only names the direction is not one of the last two that bound the stop.
  state.high = high
  state.low = low
}

// The stop of a new run is the extreme of the last one, and never inside the last two bars.
function reverse(state: SarState, high: number, low: number): void {
  state.direction = state.direction === 1 ? -1 : 1
  const isUp = state.direction === 1
  state.stop = isUp ? Math.min(state.extreme, state.low, low) : Math.max(state.extreme, state.high, high)
  state.extreme = isUp ? high : low
  state.acceleration = state.first
}

function advance(state: SarState, high: number, low: number, isNew: boolean): void {
  const isUp = state.direction === 1
  const reach = isUp ? high : low
  if (!isNew && (isUp ? reach > state.extreme : reach < state.extreme)) {
    state.extreme = reach
    state.acceleration = Math.min(state.acceleration + state.first, state.largest)
  }
  const next = state.stop + state.acceleration * (state.extreme - state.stop)
  state.stop = isUp ? Math.min(next, state.low, low) : Math.max(next, state.high, high)
}

export interface ParabolicSarOptions {
  /** What the acceleration starts from and grows by, 0 to 1: 0.02 where it is left out. */
  readonly step?: number
  /** The largest acceleration, 0 to 1: 0.2 where it is left out. */
  readonly max?: number
}

/**
 * Parabolic stop and reverse: `value` is the stop of this bar, `direction` 1 while the run is up (the stop below the bar), -1
 * while it is down. First value on the second bar, which also names the first direction; a gap starts it anew. Source:
 * J. W. Wilder, New Concepts in Technical Trading Systems (1978).
 */
export function parabolicSar<T extends Timing>(
  { high, low }: HighLow<T>,
  options: ParabolicSarOptions = {},
): Readonly<Record<'value' | 'direction', Series<T>>> {
  return operator.series({ high, low }, options)
}
