import type { Series, Timing } from '../../graph/node-spec.ts'
import { number } from '../../graph/parameters.ts'
import { defineOperator } from '../define-operator.ts'
import { windowParameter } from '../window-parameter.ts'
import { clearSorted, countUpTo, pushSorted, sortedWindow, type SortedWindow } from './sorted-window.ts'

interface QuantileState {
  readonly window: SortedWindow
  /** Place of the value at or below the quantile, and the share of the next one. */
  readonly place: number
  readonly share: number
}

const quantiles = defineOperator({
  name: 'quantile',
  version: 1,
  params: { window: windowParameter(), q: number({ min: 0, max: 1 }) },
  roles: ['x'],
  period: ({ window }) => window,
  init({ window, q }): QuantileState {
    const place = Math.floor(q * (window - 1))
    return { window: sortedWindow(window), place, share: q * (window - 1) - place }
  },
  step(state, inputs, outputs) {
    const x = inputs[0]!
    const { window } = state
    outputs[0] = NaN
    if (Number.isNaN(x)) {
      clearSorted(window)
      return
    }
    pushSorted(window, x)
    if (window.count === window.sorted.length) outputs[0] = quantileOf(state)
  },
})

function quantileOf({ window, place, share }: QuantileState): number {
  const below = window.sorted[place]!
  return share === 0 ? below : below + share * (window.sorted[place + 1]! - below)
}

const ranks = defineOperator({
  name: 'percentile_rank',
  version: 1,
  params: { window: windowParameter({ spare: 1 }) },
  roles: ['x'],
  period: ({ window }) => window + 1,
  init: ({ window }): SortedWindow => sortedWindow(window),
  step(state, inputs, outputs) {
    const x = inputs[0]!
    const size = state.sorted.length
    outputs[0] = NaN
    if (Number.isNaN(x)) {
      clearSorted(state)
      return
    }
    if (state.count === size) outputs[0] = (100 * countUpTo(state, x)) / size
    pushSorted(state, x)
  },
})

/**
 * The `q`-quantile (0 to 1) of the last `window` values (1 to 10 000), interpolated between the two nearest (type 7 of
 * Hyndman and Fan 1996, the default of R and NumPy). A `NaN` empties the window.
 */
export function quantile<T extends Timing>(x: Series<T>, window: number, q: number): Series<T> {
  return quantiles.series({ x }, { window, q })
}

/** Median of the last `window` values (1 to 10 000): the node of `quantile(x, window, 0.5)`. */
export function median<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return quantile(x, window, 0.5)
}

/**
 * Percent of the `window` values before this one (1 to 9 999) that are at most this one, 0 to 100. First value on bar
 * `window + 1`. A `NaN` empties the window.
 */
export function percentileRank<T extends Timing>(x: Series<T>, window: number): Series<T> {
  return ranks.series({ x }, { window })
}
