import { fixedText } from './number-text.ts'

/** Bounds of a vertical axis; the upper one is larger. */
export interface ValueRange {
  readonly low: number
  readonly high: number
}

/** A mark on an axis: its share of the way along it within [0, 1], and its label. */
export interface Tick {
  readonly at: number
  readonly label: string
}

/** Room above and below the extremes, as a share of their distance. */
const margin = 0.05

/** The range that holds all values that are numbers, with a margin; `always` are values it has to hold as well. */
export function rangeOf(columns: readonly ArrayLike<number>[], always: readonly number[] = []): ValueRange {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const values of [...columns, always]) {
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  if (low > high) return { low: -1, high: 1 }
  const size = high - low
  const room = size > 0 ? size * margin : Math.abs(high) * margin || 1
  return { low: low - room, high: high + room }
}

/** Where a value lies within a range: 0 at the low end, 1 at the high one. */
export function shareOf(value: number, { low, high }: ValueRange): number {
  return (value - low) / (high - low)
}

/** Marks at round values, at most `most` + 1 of them; `textOf` gets a value and how many decimals tell its neighbours apart. */
export function valueTicks(
  range: ValueRange,
  most: number,
  textOf: (value: number, digits: number) => string = fixedText,
): readonly Tick[] {
  const step = roundStep((range.high - range.low) / most)
  const digits = Math.min(10, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))
  const ticks: Tick[] = []
  for (let index = Math.ceil(range.low / step); index * step <= range.high; index++) {
    ticks.push({ at: shareOf(index * step, range), label: textOf(index * step, digits) })
  }
  return ticks
}

/** Marks of fractions, as percent. */
export function percentTicks(range: ValueRange, most: number): readonly Tick[] {
  return valueTicks(range, most, (value, digits) => `${fixedText(value * 100, Math.max(0, digits - 2))} %`)
}

/** The smallest of 1, 2 and 5 times a power of ten that is not below a size. */
function roundStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size))
  const factor = [1, 2, 5].find((each) => each * power >= size * (1 - 1e-9)) ?? 10
  return factor * power
}
