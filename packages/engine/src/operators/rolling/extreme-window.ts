/**
 * The largest of the last values at three comparisons per value, in blocks of one window (van Herk 1992; Gil and Werman
 * 1993): the window is the end of the last block and the begin of this one, and the largest of each end was noted when its
 * block was full. No branch depends on the values, and nothing is allocated per value.
 */
export interface ExtremeWindow {
  /** Values of this block, as far as they have come. */
  readonly values: Float64Array
  /** Largest value of the last block from each place to its end; `NaN` where there is no last block. */
  readonly ends: Float64Array
  next: number
  /** Largest value of this block. */
  largest: number
  /** Nothing has come since the start or the last clearing. */
  isEmpty: boolean
}

export function extremeWindow(window: number): ExtremeWindow {
  const state = {
    values: new Float64Array(window),
    ends: new Float64Array(window + 1),
    next: 0,
    largest: -Infinity,
    isEmpty: false,
  }
  clearExtremes(state)
  return state
}

export function clearExtremes(state: ExtremeWindow): void {
  if (state.isEmpty) return
  state.ends.fill(NaN)
  // Of a full block nothing of the last one is left in the window.
  state.ends[state.values.length] = -Infinity
  state.next = 0
  state.largest = -Infinity
  state.isEmpty = true
}

/** Takes a value in, no `NaN`, and gives the largest of the window, `NaN` until the window is full. */
export function pushExtreme(state: ExtremeWindow, value: number): number {
  const { values, ends } = state
  const place = state.next
  const largest = Math.max(state.largest, value)
  const result = Math.max(largest, ends[place + 1]!)
  values[place] = value
  state.isEmpty = false
  if (place + 1 === values.length) {
    noteEnds(state)
  } else {
    state.next = place + 1
    state.largest = largest
  }
  return result
}

function noteEnds(state: ExtremeWindow): void {
  const { values, ends } = state
  let largest = -Infinity
  for (let place = values.length - 1; place >= 0; place--) {
    largest = Math.max(largest, values[place]!)
    ends[place] = largest
  }
  state.next = 0
  state.largest = -Infinity
}
