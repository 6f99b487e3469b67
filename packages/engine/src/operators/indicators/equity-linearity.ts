import type { Series, Timing } from '../../graph/node-spec.ts'
import { defineMultiOperator } from '../define-operator.ts'
import { clearSorted, countUpTo, pushSorted, sortedWindow, type SortedWindow } from '../rolling/sorted-window.ts'
import { windowParameter } from '../window-parameter.ts'

/** The last values in order of size and, once the window is full, oldest first. */
interface CurveState {
  readonly window: SortedWindow
  readonly curve: Float64Array
  readonly line: Line
}

/** The line of least squares through a curve. */
interface Line {
  slope: number
  /** Share of the variance that it explains; 0 where there is none. */
  r2: number
  /** Slope over its standard error; infinite for a curve that is a line. */
  t: number
}

function curveState({ window }: { readonly window: number }): CurveState {
  return { window: sortedWindow(window), curve: new Float64Array(window), line: { slope: 0, r2: 0, t: 0 } }
}

/** Takes a value in and says whether the window is full. A `NaN` empties it. */
function pushCurve({ window, curve }: CurveState, x: number): boolean {
  if (Number.isNaN(x)) {
    clearSorted(window)
    return false
  }
  pushSorted(window, x)
  const size = curve.length
  if (window.count < size) return false
  const { arrivals, next } = window
  for (let index = 0; index < size; index++) {
    curve[index] = arrivals[next + index < size ? next + index : next + index - size]!
  }
  return true
}

const first = defineMultiOperator({
  name: 'equity_linearity',
  version: 1,
  params: { window: windowParameter({ min: 3 }) },
  roles: ['x'],
  outputs: ['r2', 'straightness', 'monotonicity', 'newHighs', 'netGain', 'score'],
  period: ({ window }) => window,
  init: curveState,
  step(state, inputs, outputs) {
    if (!pushCurve(state, inputs[0]!)) {
      outputs.fill(NaN)
      return
    }
    const { curve } = state
    const size = curve.length
    const netGain = curve[size - 1]! - curve[0]!
    const r2 = risingShare(state)
    const straight = straightness(curve, netGain)
    const monotonicity = risingSteps(curve) / (size - 1)
    const newHighs = countHighs(curve) / size
    outputs[0] = r2
    outputs[1] = straight
    outputs[2] = monotonicity
    outputs[3] = newHighs
    outputs[4] = netGain
    outputs[5] = netGain > 0 ? 0.45 * r2 + 0.45 * straight + 0.05 * (monotonicity + newHighs) : 0
  },
})

const second = defineMultiOperator({
  name: 'equity_linearity_v2',
  version: 1,
  params: { window: windowParameter({ min: 3 }) },
  roles: ['x'],
  outputs: ['r2', 'rho', 't', 'variationRatio', 'underWater', 'drawdownRatio', 'netGain', 'score'],
  period: ({ window }) => window,
  init: curveState,
  step(state, inputs, outputs) {
    if (!pushCurve(state, inputs[0]!)) {
      outputs.fill(NaN)
      return
    }
    const { curve, line } = state
    const size = curve.length
    const netGain = curve[size - 1]! - curve[0]!
    const r2 = risingShare(state)
    const rho = rankCorrelation(state)
    const ratio = Math.cbrt(variationRatio(curve, 1) * variationRatio(curve, 5) * variationRatio(curve, 20))
    const highs = countHighs(curve) / size
    const fall = largestFall(curve) / (Math.abs(netGain) + least)
    outputs[0] = r2
    outputs[1] = rho
    outputs[2] = line.t
    outputs[3] = ratio
    outputs[4] = 1 - highs
    outputs[5] = fall
    outputs[6] = netGain
    const trend = Math.sqrt(r2 * Math.max(0, rho))
    outputs[7] = netGain > 0 ? 4 / (inverse(trend) + inverse(ratio) + inverse(highs) + inverse(1 / (1 + fall))) : 0
  },
})

// What a part of the score is at least, so that their harmonic mean exists.
const least = 1e-10

function inverse(part: number): number {
  return 1 / Math.max(least, Math.min(1, part))
}

/** Fits the line and gives the share it explains where it rises, else 0. */
function risingShare({ curve, line }: CurveState): number {
  const size = curve.length
  const anchor = curve[0]!
  const middle = (size - 1) / 2
  let sum = 0
  for (let index = 0; index < size; index++) sum += curve[index]! - anchor
  const mean = sum / size
  let squares = 0
  let joint = 0
  for (let index = 0; index < size; index++) {
    const away = curve[index]! - anchor - mean
    squares += away * away
    joint += (index - middle) * away
  }
  const spread = (size * (size * size - 1)) / 12
  line.slope = joint / spread
  line.r2 = squares === 0 ? 0 : Math.min(1, (joint * joint) / (spread * squares))
  line.t = line.slope / Math.sqrt((squares * (1 - line.r2)) / (size - 2) / spread)
  return line.slope > 0 ? line.r2 : 0
}

/** The way from the first value to the last over the way along the curve, both sides scaled to 1; 0 where nothing is gained. */
function straightness(curve: Float64Array, netGain: number): number {
  if (netGain === 0) return 0
  const step = 1 / (curve.length - 1)
  let path = 0
  for (let index = 1; index < curve.length; index++) {
    const rise = (curve[index]! - curve[index - 1]!) / netGain
    path += Math.sqrt(step * step + rise * rise)
  }
  return Math.min(1, Math.SQRT2 / path)
}

function risingSteps(curve: Float64Array): number {
  let count = 0
  for (let index = 1; index < curve.length; index++) if (curve[index]! > curve[index - 1]!) count++
  return count
}

function countHighs(curve: Float64Array): number {
  let count = 0
  let peak = -Infinity
  for (let index = 0; index < curve.length; index++) {
    if (curve[index]! > peak) {
      peak = curve[index]!
      count++
    }
  }
  return count
}

function largestFall(curve: Float64Array): number {
  let peak = -Infinity
  let fall = 0
  for (let index = 0; index < curve.length; index++) {
    peak = Math.max(peak, curve[index]!)
    fall = Math.max(fall, peak - curve[index]!)
  }
  return fall
}

/** Net change over all changes between every `scale`-th value and the last; all values where there are too few of those. */
function variationRatio(curve: Float64Array, scale: number): number {
  const last = curve.length - 1
  const step = curve.length <= 2 * scale ? 1 : scale
  let way = 0
  for (let index = 0; index < last; index += step) {
    way += Math.abs(curve[Math.min(last, index + step)]! - curve[index]!)
  }
  return way === 0 ? 0 : Math.min(1, Math.abs(curve[last]! - curve[0]!) / way)
}

/** Spearman's correlation of the values with time, equal ones of mean rank; 0 where they are all equal. */
function rankCorrelation({ window, curve }: CurveState): number {
  const size = curve.length
  const middle = (size - 1) / 2
  let squares = 0
  let joint = 0
  for (let index = 0; index < size; index++) {
    const rank = (countBelow(window, curve[index]!) + countUpTo(window, curve[index]!) - 1) / 2 - middle
    squares += rank * rank
    joint += (index - middle) * rank
  }
  const spread = (size * (size * size - 1)) / 12
  return squares === 0 ? 0 : joint / Math.sqrt(spread * squares)
}

function countBelow({ sorted, count }: SortedWindow, value: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
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
