/**
 * The rows of a node: the close times of its bars, epoch milliseconds UTC, strictly ascending. Nodes with equal rows share
 * one array, so that `===` tells most of them apart at no cost.
 */
export type Rows = Float64Array

/** True for rows at the same instants. */
export function areEqualRows(a: Rows, b: Rows): boolean {
  return a.length === b.length && isSubset(a, b)
}

/** The instants of either, in order; one of the two arrays where it holds them all. */
export function unionOfRows(a: Rows, b: Rows): Rows {
  if (a === b || isSubset(b, a)) return a
  if (isSubset(a, b)) return b
  const merged = new Float64Array(a.length + b.length)
  let size = 0
  for (let i = 0, j = 0; i < a.length || j < b.length; size++) {
    const left = i < a.length ? a[i]! : Infinity
    const right = j < b.length ? b[j]! : Infinity
    merged[size] = Math.min(left, right)
    if (left <= right) i++
    if (right <= left) j++
  }
  return merged.slice(0, size)
}

/** A column brought to other rows: its value where the instants are equal, `NaN` where it has no row. */
export function valuesAt(column: Float64Array, rows: Rows, wanted: Rows): Float64Array {
  if (rows === wanted) return column
  const values = new Float64Array(wanted.length)
  let next = 0
  for (let index = 0; index < wanted.length; index++) {
    while (next < rows.length && rows[next]! < wanted[index]!) next++
    values[index] = next < rows.length && rows[next]! === wanted[index]! ? column[next]! : NaN
  }
  return values
}

/** A column read at other instants (ascending close times, epoch ms): the last value closed by each, `NaN` before the first. */
export function sampleAsOf(column: Float64Array, rows: Float64Array, closeTimesMs: Float64Array): Float64Array {
  if (rows === closeTimesMs) return column
  const values = new Float64Array(closeTimesMs.length)
  let next = 0
  for (let index = 0; index < closeTimesMs.length; index++) {
    while (next < rows.length && rows[next]! <= closeTimesMs[index]!) next++
    values[index] = next === 0 ? NaN : column[next - 1]!
  }
  return values
}

function isSubset(part: Rows, whole: Rows): boolean {
  if (part.length > whole.length) return false
  let next = 0
  for (let index = 0; index < part.length; index++) {
    while (next < whole.length && whole[next]! < part[index]!) next++
    if (next === whole.length || whole[next]! !== part[index]!) return false
  }
  return true
}
