/** The last values in a ring. */
export interface ValueWindow {
  readonly values: Float64Array
  /** Place of the oldest value, which the next one replaces. */
  next: number
  count: number
}

export function valueWindow(size: number): ValueWindow {
  return { values: new Float64Array(size), next: 0, count: 0 }
}

/** Takes a value in and says whether the window is full. A `NaN` empties it. */
export function pushValue(window: ValueWindow, value: number): boolean {
  const { values, next } = window
  if (Number.isNaN(value)) {
    window.count = 0
    window.next = 0
    return false
  }
  values[next] = value
  window.next = next + 1 === values.length ? 0 : next + 1
  if (window.count < values.length) window.count++
  return window.count === values.length
}
