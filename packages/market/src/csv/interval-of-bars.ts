import { QmtlError, formatInterval } from '@qmtl/contracts'

interface IntervalOptions {
  readonly name: string
  /** The interval that the caller expects. */
  readonly intervalMs?: number | undefined
}

const dayMs = 86_400_000

/** Steps between neighbours that stand in ascending order, and how often each occurs. */
export interface StepCounter {
  add(stepMs: number): void
  /**
   * The interval: the commonest step, the smaller of two equally common ones. Not the smallest step: one row off the grid would
   * turn every other row into a gap. Throws `E_DATA_INTERVAL` where it is not the expected one, cannot be told from a single bar,
   * or is over a day.
   */
  intervalMs(options: IntervalOptions): number
}

/** Times without any order have as many steps as rows: beyond this only those known are counted. */
const mostSteps = 10_000

export function createStepCounter(): StepCounter {
  const counts = new Map<number, number>()
  let smallestMs = Number.POSITIVE_INFINITY
  let currentMs = 0
  let run = 0

  // Equal steps follow one another: a run of them is counted at once.
  function endRun(nextMs: number): void {
    const known = counts.get(currentMs)
    if (run > 0 && (known !== undefined || counts.size < mostSteps)) counts.set(currentMs, (known ?? 0) + run)
    smallestMs = Math.min(smallestMs, nextMs)
    currentMs = nextMs
    run = 0
  }
  return {
    add(stepMs) {
      if (stepMs !== currentMs) endRun(stepMs)
      run += 1
    },
    intervalMs(options) {
      endRun(currentMs)
      return counts.size === 0 ? soleBar(options) : checkInterval(commonestOf(counts), smallestMs, options)
    },
  }
}

/** The interval of ascending bars, as a `StepCounter` tells it. */
export function intervalOfBars(bars: readonly { readonly openTimeMs: number }[], options: IntervalOptions): number {
  const steps = createStepCounter()
  for (let index = 1; index < bars.length; index++) steps.add(bars[index]!.openTimeMs - bars[index - 1]!.openTimeMs)
  return steps.intervalMs(options)
}

function soleBar({ name, intervalMs }: IntervalOptions): number {
  return intervalMs ?? refuse(`${name}: one bar does not tell its interval`, 'give the interval')
}

function checkInterval(
  commonestMs: number,
  smallestMs: number,
  { name, intervalMs: expectedMs }: IntervalOptions,
): number {
  // Where most bars are missing, the expected step is still the smallest.
  if (expectedMs === commonestMs || expectedMs === smallestMs) return expectedMs
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

function refuse(message: string, hint: string): never {
  throw new QmtlError('E_DATA_INTERVAL', message, { hint })
}
