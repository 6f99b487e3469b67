/** The last values, in order of arrival and in order of size. */
export interface SortedWindow {
  readonly arrivals: Float64Array
  /** The first `count` of it ascend. */
  readonly sorted: Float64Array
  next: number
  count: number
}

export function sortedWindow(size: number): SortedWindow {
  return { arrivals: new Float64Array(size), sorted: new Float64Array(size), next: 0, count: 0 }
}

export function clearSorted(window: SortedWindow): void {
  window.next = 0
  window.count = 0
}

/** Takes a value in; once the window is full it replaces the oldest one. */
export function pushSorted(window: SortedWindow, value: number): void {
  const { arrivals, sorted, next } = window
  const size = arrivals.length
  if (window.count < size) settle(window, window.count++, value)
  else settle(window, countBelow(sorted, size, arrivals[next]!), value)
  arrivals[next] = value
  window.next = next + 1 === size ? 0 : next + 1
}

/** How many of the window's values are at most `value`. */
export function countUpTo({ sorted, count }: SortedWindow, value: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low
}

function countBelow(sorted: Float64Array, count: number, value: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Puts a value in order, from a place that is free: whatever stands between moves by one. */
function settle({ sorted, count }: SortedWindow, free: number, value: number): void {
  let place = free
  while (place + 1 < count && sorted[place + 1]! < value) {
    sorted[place] = sorted[place + 1]!
    place++
  }
  while (place > 0 && sorted[place - 1]! > value) {
    sorted[place] = sorted[place - 1]!
    place--
  }
  sorted[place] = value
}
