import type { Series, Timing } from '../../graph/node-spec.ts'
import { parseParameters } from '../../graph/parameters.ts'
import { sma } from '../averages/sma.ts'
import { vwma } from '../averages/vwma.ts'
import { defineOperator } from '../define-operator.ts'
import { addTo, clearSum, emptySum, totalOf, type CompensatedSum } from '../rolling/compensated-sum.ts'
import { cumulativeSum, rollingSum } from '../rolling/rolling-sum.ts'
import { windowParameter } from '../window-parameter.ts'
import type { CloseVolume } from './bar-inputs.ts'

const signed = defineOperator({
  name: 'signed_volume',
  version: 1,
  params: {},
  roles: ['close', 'volume'],
  period: () => 2,
  init: () => ({ previous: NaN }),
  step(state, inputs, outputs) {
    const close = inputs[0]!
    outputs[0] = Math.sign(close - state.previous) * inputs[1]!
    state.previous = close
  },
})

export interface ObvOptions {
  /** Sum over this many bars only; over all where it is left out. */
  readonly window?: number
}

/**
 * On-balance volume: the sum of the volumes, each with the sign of its bar's change of close, from 0 on the first bar; first
 * value on the second. Bars without a value are left out of the sum. Source: J. Granville (1963).
 */
export function obv<T extends Timing>({ close, volume }: CloseVolume<T>, options: ObvOptions = {}): Series<T> {
  const flow = signed.series({ close, volume }, {})
  if (options.window === undefined) return cumulativeSum(flow)
  const { window } = parseParameters('obv', { window: windowParameter({ spare: 1 }) }, options)
  return rollingSum(flow, window)
}

/** Volume-weighted mean of the price over the last `window` bars: the node of `vwma`. */
export function vwap<A extends Timing, B extends Timing>(
  price: Series<A>,
  volume: Series<B>,
  window: number,
): Series<A | B> {
  return vwma(price, volume, window)
}

interface AnchoredState {
  isAnchored: boolean
  readonly products: CompensatedSum
  readonly volumes: CompensatedSum
}

const anchored = defineOperator({
  name: 'anchored_vwap',
  version: 1,
  params: {},
  roles: ['price', 'volume', 'anchor'],
  period: () => 1,
  recursive: true,
  init: (): AnchoredState => ({ isAnchored: false, products: emptySum(), volumes: emptySum() }),
  step(state, inputs, outputs) {
    const volume = inputs[1]!
    const product = inputs[0]! * volume
    if (inputs[2] !== 0) drop(state, inputs[2]!)
    outputs[0] = NaN
    if (!state.isAnchored || Number.isNaN(product)) return
    addTo(state.products, product)
    addTo(state.volumes, volume)
    outputs[0] = totalOf(state.products) / totalOf(state.volumes)
  },
})

// An anchor of which nothing is known may have been one.
function drop(state: AnchoredState, anchor: number): void {
  state.isAnchored = !Number.isNaN(anchor)
  clearSum(state.products)
  clearSum(state.volumes)
}

/**
 * Volume-weighted mean of the price since the last bar on which `anchor` was true, that bar included; no value before the
 * first. Bars without a price or volume are left out.
 */
export function anchoredVwap<A extends Timing, B extends Timing, C extends Timing>(
  price: Series<A>,
  volume: Series<B>,
  anchor: Series<C>,
): Series<A | B | C> {
  return anchored.series<A | B | C>({ price, volume, anchor }, {})
}

/** Time-weighted mean of the price over the last `window` bars: bars are of one length, so it is the node of `sma`. */
export function twap<T extends Timing>(price: Series<T>, window: number): Series<T> {
  return sma(price, window)
}
