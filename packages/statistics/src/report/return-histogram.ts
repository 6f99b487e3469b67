import { QmtlError } from '@qmtl/contracts'

/** How many returns lie within `[from, to)`; the last bin holds its upper bound too. */
export interface HistogramBin {
  readonly from: number
  readonly to: number
  readonly count: number
}

const mostBins = 1000

/**
 * Returns counted in `bins` intervals of equal width from the smallest to the largest. Equal returns give one bin, none give
 * none. Throws `E_INVALID_PARAMETER` unless `bins` is a whole number from 1 to 1000 and every return is a finite number.
 */
export function returnHistogram(returns: ArrayLike<number>, bins: number): readonly HistogramBin[] {
  check(returns, bins)
  if (returns.length === 0) return []
  let from = returns[0]!
  let to = from
  for (let index = 1; index < returns.length; index++) {
    from = Math.min(from, returns[index]!)
    to = Math.max(to, returns[index]!)
  }
  if (from === to) return [{ from, to, count: returns.length }]
  const edges = Array.from({ length: bins + 1 }, (_, index) =>
    index === bins ? to : from + ((to - from) * index) / bins,
  )
  const counts = new Array<number>(bins).fill(0)
  for (let index = 0; index < returns.length; index++) counts[binOf(returns[index]!, edges)]!++
  return counts.map((count, index) => ({ from: edges[index]!, to: edges[index + 1]!, count }))
}

/** The last bin that begins at or below a value. */
function binOf(value: number, edges: readonly number[]): number {
  let low = 0
  let high = edges.length - 2
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (edges[middle]! <= value) low = middle
    else high = middle - 1
  }
  return low
}

function check(returns: ArrayLike<number>, bins: number): void {
  if (!(Number.isSafeInteger(bins) && bins >= 1 && bins <= mostBins)) {
    refuse('bins', `${bins} bins are no whole number from 1 to ${mostBins}`)
  }
  for (let index = 0; index < returns.length; index++) {
    const value = returns[index]!
    if (!Number.isFinite(value)) refuse(`returns/${index}`, `return ${index} is ${value}, not a finite number`)
  }
}

function refuse(path: string, message: string): never {
  throw new QmtlError('E_INVALID_PARAMETER', message, { errors: [{ path, message }] })
}
