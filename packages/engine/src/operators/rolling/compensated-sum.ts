/** A running sum and the rounding errors it has made so far. */
export interface CompensatedSum {
  sum: number
  error: number
}

export function emptySum(): CompensatedSum {
  return { sum: 0, error: 0 }
}

/**
 * Adds a value, which may be negative, and keeps what rounding lost (Knuth's exact sum of two, 1969; no branch on which is
 * larger). Values may enter and leave millions of times without drift, because the errors of entering and leaving cancel too.
 */
export function addTo(total: CompensatedSum, value: number): void {
  const before = total.sum
  const sum = before + value
  const added = sum - before
  total.error += before - (sum - added) + (value - added)
  total.sum = sum
}

// 2^27 + 1 splits a double into two halves of 26 bits (Veltkamp 1968).
const splitter = 134_217_729

/** Adds `weight × value` without rounding the product. `weight` is a whole number below 2^26. */
export function addProduct(total: CompensatedSum, weight: number, value: number): void {
  const scaled = splitter * value
  const high = scaled - (scaled - value)
  addTo(total, weight * high)
  addTo(total, weight * (value - high))
}

/** The sum without its accumulated rounding errors. */
export function totalOf(total: CompensatedSum): number {
  return total.sum + total.error
}

export function clearSum(total: CompensatedSum): void {
  total.sum = 0
  total.error = 0
}
