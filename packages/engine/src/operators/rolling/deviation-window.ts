/** The last values, their mean and the sum of their squared distances from it. */
export interface DeviationWindow {
  readonly values: Float64Array
  next: number
  count: number
  /** A value near the window's: the mean is kept as a distance from it, so that rounding is small against the deviations. */
  anchor: number
  mean: number
  squares: number
  /** The largest sum of squares since they were made anew: rounding errors are in proportion to it. */
  peak: number
}

// Below this share of the largest sum, what rounding left of it would show.
const trusted = 1e-2

export function deviationWindow(size: number): DeviationWindow {
  return { values: new Float64Array(size), next: 0, count: 0, anchor: 0, mean: 0, squares: 0, peak: 0 }
}

/**
 * Takes a value in and gives the population variance of the window, `NaN` until it is full. A `NaN` empties it. One value
 * replaces another by Welford's update (1962); once per window, and where little is left of the largest sum, it is made anew.
 */
export function pushVariance(state: DeviationWindow, x: number): number {
  const { values, next } = state
  const size = values.length
  if (Number.isNaN(x)) {
    state.count = 0
    state.next = 0
    return NaN
  }
  const gone = values[next]!
  values[next] = x
  state.next = next + 1 === size ? 0 : next + 1
  if (state.count < size) state.count++
  else replace(state, gone, x)
  if (state.count < size) return NaN
  if (state.next === 0 || state.squares < trusted * state.peak) addAnew(state)
  return state.squares / size
}

function replace(state: DeviationWindow, gone: number, come: number): void {
  const { anchor, mean } = state
  const change = come - gone
  const next = mean + change / state.values.length
  state.mean = next
  state.squares += change * (come - anchor - next + (gone - anchor - mean))
  state.peak = Math.max(state.peak, state.squares)
}

// Called with a full window only: filling it ends with `next` at 0.
function addAnew(state: DeviationWindow): void {
  const { values } = state
  const first = values[0]!
  let shift = 0
  for (let index = 0; index < values.length; index++) shift += values[index]! - first
  const anchor = first + shift / values.length
  let distance = 0
  for (let index = 0; index < values.length; index++) distance += values[index]! - anchor
  const mean = distance / values.length
  let squares = 0
  for (let index = 0; index < values.length; index++) {
    const away = values[index]! - anchor - mean
    squares += away * away
  }
  state.anchor = anchor
  state.mean = mean
  state.squares = squares
  state.peak = squares
}
