import type { Series, Timing } from '../../graph/node-spec.ts'
import { defineMultiOperator } from '../define-operator.ts'
import { windowParameter } from '../window-parameter.ts'
import { curveWindow, pushCurve, pushOrdered, rankCorrelation, signedShare, type CurveWindow } from './curve-window.ts'

const first = defineMultiOperator({
  name: 'equity_linearity',
  version: 1,
  params: { window: windowParameter({ min: 3 }) },
  roles: ['x'],
  outputs: ['r2', 'straightness', 'monotonicity', 'newHighs', 'netGain', 'score'],
  period: ({ window }) => window,
  init: ({ window }): CurveWindow => curveWindow(window),
  step(state, inputs, outputs) {
    if (pushCurve(state, inputs[0]!)) measure(state, outputs)
    else outputs.fill(NaN)
  },
})

function measure(state: CurveWindow, outputs: Float64Array): void {
  const { values, next, size } = state
  const middle = (size - 1) / 2
  const anchor = values[next]!
  const netGain = values[next + size - 1]! - anchor
  const scale = netGain === 0 ? 0 : 1 / netGain
  const step = 1 / (size - 1)
  let before = 0
  let peak = 0
  let path = 0
  let sum = 0
  let squares = 0
  let joint = 0
  let rises = 0
  let highs = 1
  for (let index = 1; index < size; index++) {
    const height = values[next + index]! - anchor
    const rise = (height - before) * scale
    path += Math.sqrt(step * step + rise * rise)
    if (height > before) rises++
    if (height > peak) highs++
    peak = Math.max(peak, height)
    sum += height
    squares += height * height
    joint += (index - middle) * height
    before = height
  }
  state.sum = sum
  state.squares = squares
  state.joint = joint
  const r2 = Math.max(0, signedShare(state))
  // The way is never shorter than the direct one; without a gain there is none.
  const straightness = netGain === 0 ? 0 : Math.min(1, Math.SQRT2 / path)
  const monotonicity = rises / (size - 1)
  const newHighs = highs / size
  outputs[0] = r2
  outputs[1] = straightness
  outputs[2] = monotonicity
  outputs[3] = newHighs
  outputs[4] = netGain
  outputs[5] = netGain > 0 ? 0.45 * r2 + 0.45 * straightness + 0.05 * (monotonicity + newHighs) : 0
}

const second = defineMultiOperator({
  name: 'equity_linearity_v2',
  version: 1,
  params: { window: windowParameter({ min: 3 }) },
  roles: ['x'],
  outputs: ['r2', 'rho', 't', 'variationRatio', 'underWater', 'drawdownRatio', 'netGain', 'score'],
  period: ({ window }) => window,
  init: ({ window }): CurveWindow => curveWindow(window),
  step(state, inputs, outputs) {
    if (pushOrdered(state, inputs[0]!)) judge(state, outputs)
    else outputs.fill(NaN)
  },
})

// What a part of the score is at least, so that their harmonic mean exists.
const least = 1e-10

function judge(state: CurveWindow, outputs: Float64Array): void {
  const { values, next, size } = state
  const middle = (size - 1) / 2
  const anchor = values[next]!
  let before = 0
  let peak = 0
  let fall = 0
  let way = 0
  let sum = 0
  let squares = 0
  let joint = 0
  let highs = 1
  for (let index = 1; index < size; index++) {
    const height = values[next + index]! - anchor
    if (height > peak) highs++
    peak = Math.max(peak, height)
    fall = Math.max(fall, peak - height)
    way += Math.abs(height - before)
    sum += height
    squares += height * height
    joint += (index - middle) * height
    before = height
  }
  state.sum = sum
  state.squares = squares
  state.joint = joint
  const netGain = before
  const newHighs = highs / size
  const share = signedShare(state)
  const r2 = Math.max(0, share)
  const rho = rankCorrelation(state)
  const whole = way === 0 ? 0 : Math.min(1, Math.abs(netGain) / way)
  const ratio = Math.cbrt(whole * coarseRatio(state, 5, whole) * coarseRatio(state, 20, whole))
  const drawdown = fall / (Math.abs(netGain) + least)
  outputs[0] = r2
  outputs[1] = rho
  outputs[2] = Math.sign(share) * Math.sqrt((Math.abs(share) * (size - 2)) / (1 - Math.abs(share)))
  outputs[3] = ratio
  outputs[4] = 1 - newHighs
  outputs[5] = drawdown
  outputs[6] = netGain
  const trend = Math.sqrt(r2 * Math.max(0, rho))
  outputs[7] = netGain > 0 ? 4 / (inverse(trend) + inverse(ratio) + inverse(newHighs) + 1 + drawdown) : 0
}

function inverse(part: number): number {
  return 1 / Math.max(least, Math.min(1, part))
}

/**
 * Net change over all changes between every `scale`-th value and the last; that of all values where the curve is too short for
 * some of those.
 */
function coarseRatio({ values, next, size }: CurveWindow, scale: number, whole: number): number {
  if (size <= 2 * scale) return whole
  const last = next + size - 1
  let before = values[next]!
  let way = 0
  for (let place = next + scale; place < last; place += scale) {
    way += Math.abs(values[place]! - before)
    before = values[place]!
  }
  way += Math.abs(values[last]! - before)
  return way === 0 ? 0 : Math.min(1, Math.abs(values[last]! - values[next]!) / way)
}

/**
 * How straight a curve of equity rose over the last `window` values (3 to 10 000): `r2` of its line where that rises, else 0;
 * `straightness`, the direct way over the way taken, with time and gain scaled to 1; `monotonicity`, the share of steps up;
 * `newHighs`, the share of values above all before; `netGain`; and `score`, 0.45 r2 + 0.45 straightness + 0.05 of each of the
 * other two, 0 without a gain. A `NaN` empties the window.
 */
export function equityLinearity<T extends Timing>(
  x: Series<T>,
  window: number,
): Readonly<Record<'r2' | 'straightness' | 'monotonicity' | 'newHighs' | 'netGain' | 'score', Series<T>>> {
  return first.series({ x }, { window })
}

/**
 * The second form, which a single jump does not please: beside `r2` and `netGain` Spearman's `rho` with time, the `t` statistic of
 * the slope (no value for an exact line), `variationRatio` (net change over all changes; the geometric mean at steps of 1, 5 and
 * 20), `underWater` (share of values that are no new high), `drawdownRatio` (largest fall over the net change), and `score`: 0
 * without a gain, else the harmonic mean of √(r2 × rho), the variation ratio, the share of new highs and 1 ÷ (1 + drawdown
 * ratio). For a curve that should fall take `x.negate()`. A `NaN` empties the window of 3 to 10 000.
 */
export function equityLinearityV2<T extends Timing>(
  x: Series<T>,
  window: number,
): Readonly<
  Record<'r2' | 'rho' | 't' | 'variationRatio' | 'underWater' | 'drawdownRatio' | 'netGain' | 'score', Series<T>>
> {
  return second.series({ x }, { window })
}
