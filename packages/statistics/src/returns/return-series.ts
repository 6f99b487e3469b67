import type { ErrorCause } from '@qmtl/contracts'

/** Returns of an account bar by bar. */
export interface ReturnSeries {
  /** Close of the bar before the first return, epoch milliseconds UTC. */
  readonly startMs: number
  /** Close time of each return's bar, ascending, epoch milliseconds UTC. */
  readonly closeTimesMs: ArrayLike<number>
  /** Equity at close ÷ equity at the close before − 1. */
  readonly returns: ArrayLike<number>
}

/** What is wrong with a series: lengths that differ, else the first time that does not ascend and the first bad return. */
export function causesInSeries({ startMs, closeTimesMs, returns }: ReturnSeries): readonly ErrorCause[] {
  if (closeTimesMs.length !== returns.length) {
    const message = `${closeTimesMs.length} close times for ${returns.length} returns`
    return [{ path: 'closeTimesMs', message }]
  }
  return [...causesInReturns(returns, 'returns'), ...causesInTimes(startMs, closeTimesMs)]
}

/** The first value that is not a finite number, if there is one. */
export function causesInReturns(returns: ArrayLike<number>, path: string): readonly ErrorCause[] {
  for (let index = 0; index < returns.length; index++) {
    const value = returns[index]!
    if (!Number.isFinite(value)) {
      return [{ path: `${path}/${index}`, message: `return ${index} is ${value}, not a finite number` }]
    }
  }
  return []
}

function causesInTimes(startMs: number, closeTimesMs: ArrayLike<number>): readonly ErrorCause[] {
  let previousMs = startMs
  for (let index = 0; index < closeTimesMs.length; index++) {
    const closeMs = closeTimesMs[index]!
    if (!(closeMs > previousMs)) {
      return [{ path: `closeTimesMs/${index}`, message: `close time ${closeMs} is not after ${previousMs}` }]
    }
    previousMs = closeMs
  }
  return []
}

/**
 * Equity at each close, from 1 at the start. An account at or below zero is ruined and stays at 0: what a ratio of negative
 * equities would say has no meaning.
 */
export function equityOf(returns: ArrayLike<number>): Float64Array {
  const equity = new Float64Array(returns.length)
  let current = 1
  for (let index = 0; index < returns.length; index++) {
    current = Math.max(0, current * (1 + returns[index]!))
    equity[index] = current
  }
  return equity
}
