/**
 * The largest of the last values in constant time per value, on average: a queue of candidates that fall from front to back
 * (a value is dropped once a newer one is at least as large). Rings in typed arrays; nothing is allocated per value.
 */
export interface MonotonicWindow {
  readonly values: Float64Array
  /** When each candidate came, counted in values. */
  readonly arrivals: Float64Array
  front: number
  size: number
  count: number
}

export function monotonicWindow(window: number): MonotonicWindow {
  return { values: new Float64Array(window), arrivals: new Float64Array(window), front: 0, size: 0, count: 0 }
}

export function clearWindow(state: MonotonicWindow): void {
  state.size = 0
  state.count = 0
}

/** Takes a value in and gives the largest of the window, `NaN` until the window is full. */
export function pushLargest(state: MonotonicWindow, value: number): number {
  const { values, arrivals } = state
  const window = values.length
  if (state.size > 0 && arrivals[state.front]! <= state.count - window) {
    state.front = state.front + 1 === window ? 0 : state.front + 1
    state.size--
  }
  while (state.size > 0 && values[placeOf(state, state.size - 1)]! <= value) state.size--
  const place = placeOf(state, state.size)
  values[place] = value
  arrivals[place] = state.count
  state.size++
  state.count++
  return state.count >= window ? values[state.front]! : NaN
}

/** Values since the window's largest came, 0 for the last value; the newest of equal ones. Asked of a full window. */
export function ageOfLargest({ arrivals, front, count }: MonotonicWindow): number {
  return count - 1 - arrivals[front]!
}

function placeOf({ values, front }: MonotonicWindow, index: number): number {
  const place = front + index
  return place >= values.length ? place - values.length : place
}
