/** A running sum and the rounding errors it has made so far. */
export interface CompensatedSum {
  sum: number
  error: number
}

/**
 * Adds a value, which may be negative, and keeps what rounding lost (Neumaier 1974). Values may enter and leave millions of
 * times without drift, because the errors of entering and leaving cancel too.
 */
export function addTo(total: CompensatedSum, value: number): void {
  const sum = total.sum + value
  total.error += Math.abs(total.sum) >= Math.abs(value) ? total.sum - sum + value : value - sum + total.sum
  total.sum = sum
}

/** The sum without its accumulated rounding errors. */
export function totalOf(total: CompensatedSum): number {
  return total.sum + total.error
}

export function clearSum(total: CompensatedSum): void {
  total.sum = 0
  total.error = 0
}
