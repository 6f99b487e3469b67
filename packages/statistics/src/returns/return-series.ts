import { QmtlError, type ErrorCause } from '@qmtl/contracts'

/** Returns of an account bar by bar. */
export interface ReturnSeries {
  /** Close of the bar before the first return, epoch milliseconds UTC. */
  readonly startMs: number
  /** Close time of each return's bar, ascending, epoch milliseconds UTC. */
  readonly closeTimesMs: ArrayLike<number>
  /** Equity at close ÷ equity at the close before − 1. */
  readonly returns: ArrayLike<number>
}

/** Throws `E_INVALID_DATA` unless lengths agree, times ascend from the start and every return is a finite number. */
export function checkReturnSeries({ startMs, closeTimesMs, returns }: ReturnSeries): void {
  if (closeTimesMs.length !== returns.length) {
    refuse({ path: 'closeTimesMs', message: `${closeTimesMs.length} close times for ${returns.length} returns` })
  }
  let previousMs = startMs
  for (let index = 0; index < returns.length; index++) {
    const value = returns[index]
    if (value === undefined || !Number.isFinite(value)) {
      refuse({ path: `returns/${index}`, message: `return ${index} is ${value}, not a finite number` })
    }
    const closeMs = closeTimesMs[index] ?? Number.NaN
    if (!(closeMs > previousMs)) {
      refuse({ path: `closeTimesMs/${index}`, message: `close time ${closeMs} is not after ${previousMs}` })
    }
    previousMs = closeMs
  }
}

/**
 * Equity at each close, from 1 at the start. An account at or below zero is ruined and stays at 0: what a ratio of negative
 * equities would say has no meaning.
 */
export function equityOf(returns: ArrayLike<number>): Float64Array {
  const equity = new Float64Array(returns.length)
  let current = 1
  for (let index = 0; index < returns.length; index++) {
    current = Math.max(0, current * (1 + (returns[index] ?? 0)))
    equity[index] = current
  }
  return equity
}

function refuse(cause: ErrorCause): never {
  throw new QmtlError('E_INVALID_DATA', cause.message, { errors: [cause] })
}
