/** Bars open in the years 1970 to 2199; earlier and later times are mistakes of their writer. */
export const latestOpenMs = Date.UTC(2200, 0, 1)

/**
 * True for the six cells of a bar, in the order of `barFields`, of which `0 < low ≤ open, close ≤ high` and `volume ≥ 0` hold and
 * all are finite. Comparisons with NaN are false: a cell that is no number makes a bar unsound.
 */
export function isSoundBar(cells: Float64Array): boolean {
  const openTimeMs = cells[0]!
  const high = cells[2]!
  const low = cells[3]!
  if (!(openTimeMs >= 0 && openTimeMs < latestOpenMs && low > 0 && high < Infinity)) return false
  return isWithin(cells[1]!, low, high) && isWithin(cells[4]!, low, high) && isWithin(cells[5]!, 0, Number.MAX_VALUE)
}

function isWithin(value: number, low: number, high: number): boolean {
  return value >= low && value <= high
}
