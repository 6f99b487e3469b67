import { addTo, clearSum, emptySum, totalOf, type CompensatedSum } from './compensated-sum.ts'

/** The last pairs of values, and the sums that their variances and covariance need, taken of distances from anchors. */
export interface PairMoments {
  readonly xs: Float64Array
  readonly ys: Float64Array
  next: number
  count: number
  anchorX: number
  anchorY: number
  readonly x: CompensatedSum
  readonly y: CompensatedSum
  readonly xx: CompensatedSum
  readonly yy: CompensatedSum
  readonly xy: CompensatedSum
  /** Of the full window; population figures. */
  varianceX: number
  varianceY: number
  covariance: number
}

// Below this share of the mean square, a variance is a difference of nearly equal numbers.
const cancellation = 1e-3

export function pairMoments(size: number): PairMoments {
  return {
    xs: new Float64Array(size),
    ys: new Float64Array(size),
    next: 0,
    count: 0,
    anchorX: 0,
    anchorY: 0,
    x: emptySum(),
    y: emptySum(),
    xx: emptySum(),
    yy: emptySum(),
    xy: emptySum(),
    varianceX: 0,
    varianceY: 0,
    covariance: 0,
  }
}

/** Takes a pair in and says whether the window is full; then the figures are those of the window. A `NaN` empties it. */
export function pushPair(state: PairMoments, x: number, y: number): boolean {
  const { xs, ys, next } = state
  const size = xs.length
  if (Number.isNaN(x) || Number.isNaN(y)) {
    state.count = 0
    state.next = 0
    return false
  }
  if (state.count < size) {
    state.count++
  } else {
    addPair(state, xs[next]! - state.anchorX, ys[next]! - state.anchorY, -1)
    addPair(state, x - state.anchorX, y - state.anchorY, 1)
  }
  xs[next] = x
  ys[next] = y
  state.next = next + 1 === size ? 0 : next + 1
  if (state.count < size) return false
  // Once per window the sums are made anew, so the anchors follow the values and nothing old stays in them.
  if (state.next === 0) addAnew(state)
  measure(state)
  return true
}

function measure(state: PairMoments): void {
  if (takeFigures(state)) return
  addAnew(state)
  takeFigures(state)
  state.varianceX = Math.max(0, state.varianceX)
  state.varianceY = Math.max(0, state.varianceY)
}

/** Sets the figures; false where too much of a variance was lost to cancellation. */
function takeFigures(state: PairMoments): boolean {
  const size = state.xs.length
  const meanX = totalOf(state.x) / size
  const meanY = totalOf(state.y) / size
  const squareX = totalOf(state.xx) / size
  const squareY = totalOf(state.yy) / size
  state.varianceX = squareX - meanX * meanX
  state.varianceY = squareY - meanY * meanY
  state.covariance = totalOf(state.xy) / size - meanX * meanY
  return state.varianceX >= cancellation * squareX && state.varianceY >= cancellation * squareY
}

function addPair(state: PairMoments, dx: number, dy: number, sign: number): void {
  addTo(state.x, sign * dx)
  addTo(state.y, sign * dy)
  addTo(state.xx, sign * dx * dx)
  addTo(state.yy, sign * dy * dy)
  addTo(state.xy, sign * dx * dy)
}

// Called with a full window only.
function addAnew(state: PairMoments): void {
  const { xs, ys } = state
  state.anchorX = meanOf(xs)
  state.anchorY = meanOf(ys)
  clearSum(state.x)
  clearSum(state.y)
  clearSum(state.xx)
  clearSum(state.yy)
  clearSum(state.xy)
  for (let index = 0; index < xs.length; index++) {
    addPair(state, xs[index]! - state.anchorX, ys[index]! - state.anchorY, 1)
  }
}

// The mean of equal values is that value, exactly.
function meanOf(values: Float64Array): number {
  const first = values[0]!
  let shift = 0
  for (let index = 0; index < values.length; index++) shift += values[index]! - first
  return first + shift / values.length
}
