/** What a custom node sees of one input: the value of this bar and of older ones, no more than its period. */
export interface SeriesView {
  /** How many values can be read: the node's period. */
  readonly length: number
  /** The value `barsAgo` bars back; 0 is this bar. Throws a `RangeError` outside `[0, length)`. */
  at(barsAgo: number): number
  /**
   * The last `count` values, oldest first, this bar's last: a copy, which may be sorted or changed. The next call with the
   * same count fills the same array again. Throws a `RangeError` outside `[1, length]`.
   */
  last(count: number): Float64Array
}

/** The last values of one input, and whether all of them are there. */
export interface InputWindow {
  readonly view: SeriesView
  /** Takes the value of the next bar; `NaN` empties the window. */
  push(value: number): void
  /** True once `period` values have come since the start or the last `NaN`. */
  isFull(): boolean
}

/** A ring of the last `period` values of the input named `role`. */
export function createInputWindow(role: string, period: number): InputWindow {
  const ring = new Float64Array(period)
  const copies = new Map<number, Float64Array>()
  let newest = -1
  let count = 0
  const at = (barsAgo: number): number => {
    if (!Number.isInteger(barsAgo) || barsAgo < 0 || barsAgo >= period)
      throw misread(`${role}.at(${barsAgo})`, barsAgo, period)
    return ring[newest >= barsAgo ? newest - barsAgo : newest - barsAgo + period]!
  }
  const last = (wanted: number): Float64Array => {
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > period)
      throw misread(`${role}.last(${wanted})`, wanted, period)
    const copy = copies.get(wanted) ?? new Float64Array(wanted)
    copies.set(wanted, copy)
    let place = newest + 1 >= wanted ? newest + 1 - wanted : newest + 1 - wanted + period
    for (let index = 0; index < wanted; index++) {
      copy[index] = ring[place]!
      place = place + 1 === period ? 0 : place + 1
    }
    return copy
  }
  return {
    view: Object.freeze({ length: period, at, last }),
    push(value) {
      newest = newest + 1 === period ? 0 : newest + 1
      ring[newest] = value
      count = Number.isNaN(value) ? 0 : count + 1
    },
    isFull: () => count >= period,
  }
}

function misread(call: string, asked: number, period: number): RangeError {
  if (!Number.isInteger(asked)) return new RangeError(`${call} is not a whole number of bars`)
  if (asked < 0) return new RangeError(`${call} asks for a future bar; 0 is the current one`)
  if (asked === 0) return new RangeError(`${call} asks for no bars`)
  return new RangeError(`${call} reaches beyond the ${period} bars of the node's period`)
}
