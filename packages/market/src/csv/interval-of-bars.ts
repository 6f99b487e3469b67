import { QmtlError, formatInterval } from '@qmtl/contracts'

interface IntervalOptions {
  readonly name: string
  /** The interval that the caller expects. */
  readonly intervalMs?: number | undefined
}

const dayMs = 86_400_000

/**
 * The interval of ascending bars: the commonest step, the smaller of two equally common ones. Not the smallest step: one row off
 * the grid would turn every other row into a gap. Throws `E_DATA_INTERVAL` where it is not the expected one, cannot be told from
 * a single bar, or is over a day.
 */
export function intervalOfBars(bars: readonly { readonly openTimeMs: number }[], options: IntervalOptions): number {
  const { name, intervalMs: expectedMs } = options
  const steps = countSteps(bars)
  if (steps.size === 0) return expectedMs ?? refuse(`${name}: one bar does not tell its interval`, 'give the interval')
  const commonestMs = commonestOf(steps)
  // Where most bars are missing, the expected step is still the smallest.
  if (expectedMs === commonestMs || expectedMs === Math.min(...steps.keys())) return expectedMs
  if (commonestMs > dayMs || commonestMs % 1000 !== 0) {
    const days = (commonestMs / dayMs).toPrecision(3)
    refuse(`${name}: most bars are ${days} days apart`, 'give bars of whole seconds up to one day')
  }
  if (expectedMs === undefined) return commonestMs
  const expected = formatInterval(expectedMs)
  return refuse(
    `${name}: the bars are of ${formatInterval(commonestMs)}, not of ${expected}`,
    `give a file of ${expected} bars`,
  )
}

function commonestOf(steps: ReadonlyMap<number, number>): number {
  let [commonestMs, most] = [Number.POSITIVE_INFINITY, 0]
  for (const [stepMs, count] of steps) {
    if (count > most || (count === most && stepMs < commonestMs)) [commonestMs, most] = [stepMs, count]
  }
  return commonestMs
}

function countSteps(bars: readonly { readonly openTimeMs: number }[]): Map<number, number> {
  const steps = new Map<number, number>()
  let previousMs: number | undefined
  for (const { openTimeMs } of bars) {
    if (previousMs !== undefined) steps.set(openTimeMs - previousMs, (steps.get(openTimeMs - previousMs) ?? 0) + 1)
    previousMs = openTimeMs
  }
  return steps
}

function refuse(message: string, hint: string): never {
  throw new QmtlError('E_DATA_INTERVAL', message, { hint })
}
