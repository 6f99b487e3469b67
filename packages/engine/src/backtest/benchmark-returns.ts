import type { BarColumns } from '@qmtl/market'

/**
 * What buying and holding an instrument returned between each close of a run and the one before, as fractions: by the last
 * close that was known at each. 0 before its first bar. `closeTimesMs` ascends; the result is one shorter.
 */
export function benchmarkReturns(
  { openTimeMs, intervalMs, close }: BarColumns,
  closeTimesMs: Float64Array,
): Float64Array {
  const returns = new Float64Array(Math.max(0, closeTimesMs.length - 1))
  let row = -1
  let before = NaN
  for (let step = 0; step < closeTimesMs.length; step++) {
    while (row + 1 < openTimeMs.length && openTimeMs[row + 1]! + intervalMs <= closeTimesMs[step]!) row++
    const price = row < 0 ? NaN : close[row]!
    if (step > 0 && before > 0) returns[step - 1] = price / before - 1
    before = price
  }
  return returns
}
