/** The last values, each kept twice, so that the window is always one stretch: from `next` on, oldest first. */
export interface CurveWindow {
  readonly size: number
  readonly values: Float64Array
  /** Places of the values, below `size`, by value: the first `count` of it, where `pushOrdered` takes them in. */
  readonly order: Int32Array
  next: number
  count: number
  /** Of the heights above the oldest value: their sum, that of their squares, and that of place from the middle × height. */
  sum: number
  squares: number
  joint: number
}

export function curveWindow(size: number): CurveWindow {
  const values = new Float64Array(2 * size)
  return { size, values, order: new Int32Array(size), next: 0, count: 0, sum: 0, squares: 0, joint: 0 }
}

/** Takes a value in and says whether the window is full. A `NaN` empties it. */
export function pushCurve(curve: CurveWindow, x: number): boolean {
  const { size, values, next } = curve
  if (Number.isNaN(x)) {
    curve.count = 0
    curve.next = 0
    return false
  }
  values[next] = x
  values[next + size] = x
  curve.next = next + 1 === size ? 0 : next + 1
  if (curve.count < size) curve.count++
  return curve.count === size
}

/** As `pushCurve`, and puts the value in its place in the order. */
export function pushOrdered(curve: CurveWindow, x: number): boolean {
  const { size, values, order, next, count } = curve
  if (!Number.isNaN(x)) {
    let place = count
    if (count === size) for (place = 0; order[place] !== next;) place++
    const last = Math.min(count, size - 1)
    for (; place < last && values[order[place + 1]!]! < x; place++) order[place] = order[place + 1]!
    for (; place > 0 && values[order[place - 1]!]! > x; place--) order[place] = order[place - 1]!
    order[place] = next
  }
  return pushCurve(curve, x)
}

/**
 * The share of the variance of a full window that the line of least squares explains, negative where it falls; 0 of a flat
 * curve. The oldest value is in the window, so heights above it are no larger than what varies: their sums lose nothing.
 */
export function signedShare({ size, sum, squares, joint }: CurveWindow): number {
  const variation = squares - (sum * sum) / size
  if (!(variation > 0)) return 0
  return Math.sign(joint) * Math.min(1, (joint * joint) / (spreadOf(size) * variation))
}

/** Spearman's correlation of the values of a full window with time, equal ones of mean rank; 0 where they are all equal. */
export function rankCorrelation(curve: CurveWindow): number {
  const { size, values, order, next } = curve
  let before = NaN
  let joint = 0
  for (let rank = 0; rank < size; rank++) {
    const place = order[rank]!
    const value = values[place]!
    if (value === before) return tiedCorrelation(curve)
    before = value
    const age = place - next
    joint += rank * (age < 0 ? age + size : age)
  }
  const middle = (size - 1) / 2
  return (joint - size * middle * middle) / spreadOf(size)
}

function tiedCorrelation({ size, values, order, next }: CurveWindow): number {
  const middle = (size - 1) / 2
  let squares = 0
  let joint = 0
  for (let from = 0, to = 0; from < size; from = to) {
    const value = values[order[from]!]!
    let ages = 0
    for (to = from; to < size && values[order[to]!]! === value; to++) {
      const age = order[to]! - next
      ages += (age < 0 ? age + size : age) - middle
    }
    const rank = (from + to - 1) / 2 - middle
    squares += (to - from) * rank * rank
    joint += rank * ages
  }
  return squares === 0 ? 0 : joint / Math.sqrt(spreadOf(size) * squares)
}

/** Sum of the squared distances of the places 0 to `size - 1` from their middle. */
function spreadOf(size: number): number {
  return (size * (size * size - 1)) / 12
}
