import type { Series, Timing } from '../../graph/node-spec.ts'
import { defineOperator } from '../define-operator.ts'
import { countedSum, pushCounted, type CountedSum } from '../rolling/sum-window.ts'
import { pushValue, valueWindow, type ValueWindow } from '../rolling/value-window.ts'
import { parseParameters } from '../../graph/parameters.ts'
import { windowParameter, withDefault } from '../window-parameter.ts'
import type { HighLowClose, HighLowCloseVolume } from './bar-inputs.ts'
import { changeSums, pushChange, type ChangeSums } from './change-sums.ts'
import { typicalPrice } from './range.ts'

const channels = defineOperator({
  name: 'cci',
  version: 1,
  params: { window: windowParameter({ min: 2 }) },
  roles: ['x'],
  period: ({ window }) => window,
  init: ({ window }): ValueWindow => valueWindow(window),
  step(state, inputs, outputs) {
    outputs[0] = pushValue(state, inputs[0]!) ? channelIndex(state.values, inputs[0]!) : NaN
  },
})

// Distances to the first value: equal values are 0 apart, exactly.
function channelIndex(values: Float64Array, x: number): number {
  const first = values[0]!
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]! - first
  const mean = sum / values.length
  let deviation = 0
  for (let index = 0; index < values.length; index++) deviation += Math.abs(values[index]! - first - mean)
  return (x - first - mean) / ((0.015 * deviation) / values.length)
}

/**
 * Commodity channel index: distance of the typical price from its mean over `window` bars (2 to 10 000, 20 where it is left
 * out), in 0.015 mean absolute deviations; no value where nothing moved. Source: D. Lambert (1980).
 */
export function cci<T extends Timing>(bars: HighLowClose<T>, window = 20): Series<T> {
  return channels.series({ x: typicalPrice(bars) }, { window })
}

const changes = defineOperator({
  name: 'cmo',
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
    const { up, down } = state
    outputs[0] = (100 * (up - down)) / (up + down)
  },
})

/**
 * Chande's momentum oscillator, -100 to 100: gains less losses of the last `window` changes (1 to 9 999, 14 where it is left
 * out), as percent of both; no value where nothing moved. Source: T. Chande, The New Technical Trader (1994).
 */
export function cmo<T extends Timing>(x: Series<T>, window = 14): Series<T> {
  return changes.series({ x }, { window })
}

const flows = defineOperator({
  name: 'mfi',
  version: 1,
  params: { window: windowParameter({ spare: 1 }) },
  roles: ['price', 'volume'],
  period: ({ window }) => window + 1,
  init: ({ window }): ChangeSums => changeSums(window),
  step(state, inputs, outputs) {
    const price = inputs[0]!
    const change = price - state.previous
    const flow = price * inputs[1]!
    state.previous = price
    // A missing price or volume makes both `NaN`.
    const none = change * 0 + flow * 0
    pushChange(state, change > 0 ? flow : none, change < 0 ? flow : none)
    const { up, down } = state
    outputs[0] = (100 * up) / (up + down)
  },
})

/**
 * Money flow index, 0 to 100: typical price × volume of the bars on which the typical price rose, as percent of those on
 * which it rose or fell, over `window` changes (1 to 9 999, 14 where it is left out); no value where there were none. Source:
 * G. Quong and A. Soudack (1989).
 */
export function mfi<T extends Timing>(bars: HighLowCloseVolume<T>, window = 14): Series<T> {
  return flows.series({ price: typicalPrice(bars), volume: bars.volume }, { window })
}

interface UltimateState {
  previous: number
  readonly pressures: readonly [CountedSum, CountedSum, CountedSum]
  readonly ranges: readonly [CountedSum, CountedSum, CountedSum]
}

const threeWindows = { short: withDefault(7), middle: withDefault(14), long: withDefault(28) }

const pressures = defineOperator({
  name: 'ultimate',
  version: 1,
  params: threeWindows,
  roles: ['high', 'low', 'close'],
  period: ({ short, middle, long }) => Math.max(short, middle, long) + 1,
  init: ({ short, middle, long }): UltimateState => ({
    previous: NaN,
    pressures: [countedSum(short), countedSum(middle), countedSum(long)],
    ranges: [countedSum(short), countedSum(middle), countedSum(long)],
  }),
  step(state, inputs, outputs) {
    const { previous } = state
    const close = inputs[2]!
    state.previous = close
    const low = Math.min(inputs[1]!, previous)
    const pressure = close - low
    const range = pressure + Math.max(inputs[0]!, previous) - close
    const short = shareOf(state, 0, pressure, range)
    const middle = shareOf(state, 1, pressure, range)
    outputs[0] = (100 * (4 * short + 2 * middle + shareOf(state, 2, pressure, range))) / 7
  },
})

function shareOf(state: UltimateState, place: 0 | 1 | 2, pressure: number, range: number): number {
  return pushCounted(state.pressures[place], pressure + range * 0) / pushCounted(state.ranges[place], range)
}

export interface UltimateOptions {
  /** Windows in bars: 7, 14 and 28 where they are left out. */
  readonly short?: number
  readonly middle?: number
  readonly long?: number
}

/**
 * Ultimate oscillator, 0 to 100: buying pressure over true range, summed over three windows and weighed 4, 2 and 1; no value
 * where nothing moved. First value on the bar after the longest window. Source: L. Williams (1985).
 */
export function ultimate<T extends Timing>(
  { high, low, close }: HighLowClose<T>,
  options: UltimateOptions = {},
): Series<T> {
  return pressures.series({ high, low, close }, parseParameters('ultimate', threeWindows, options))
}
