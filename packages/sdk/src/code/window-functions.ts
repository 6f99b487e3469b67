/** A pure function that closed code may call through `uses`. Its name and version stand for its code. */
export interface HelperIdentity {
  readonly name: string
  readonly version: number
}

const identities = new WeakMap<object, HelperIdentity>()

/** The identity of a helper of QMTL; nothing for any other function. */
export function helperIdentity(subject: object): HelperIdentity | undefined {
  return identities.get(subject)
}

function helper(name: string, version: number, compute: (values: ArrayLike<number>) => number): typeof compute {
  identities.set(compute, Object.freeze({ name, version }))
  return Object.freeze(compute)
}

/** Sum, added from the oldest on; 0 for no values, `NaN` where one is `NaN`. */
export const sum = helper('sum', 1, (values) => {
  let total = 0
  for (let index = 0; index < values.length; index++) total += values[index] ?? NaN
  return total
})

/** Arithmetic mean; `NaN` for no values or where one is `NaN`. */
export const mean = helper('mean', 1, (values) => {
  let total = 0
  for (let index = 0; index < values.length; index++) total += values[index] ?? NaN
  return total / values.length
})

/** Population standard deviation, in two passes: root of the mean squared distance from the mean. `NaN` as in `mean`. */
export const standardDeviation = helper('standardDeviation', 1, (values) => {
  let total = 0
  for (let index = 0; index < values.length; index++) total += values[index] ?? NaN
  const middle = total / values.length
  let squares = 0
  for (let index = 0; index < values.length; index++) squares += ((values[index] ?? NaN) - middle) ** 2
  return Math.sqrt(squares / values.length)
})

/** Smallest value; `NaN` for no values or where one is `NaN`. */
export const minimum = helper('minimum', 1, (values) => {
  let smallest = values.length === 0 ? NaN : Infinity
  for (let index = 0; index < values.length; index++) smallest = Math.min(smallest, values[index] ?? NaN)
  return smallest
})

/** Largest value; `NaN` for no values or where one is `NaN`. */
export const maximum = helper('maximum', 1, (values) => {
  let largest = values.length === 0 ? NaN : -Infinity
  for (let index = 0; index < values.length; index++) largest = Math.max(largest, values[index] ?? NaN)
  return largest
})
