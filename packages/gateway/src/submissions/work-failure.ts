import { errorTable, messageOf, QmtlError, type ErrorCode } from '@qmtl/contracts'
import type { CounterMetric } from '@qmtl/service-kit'
import { isServiceFailure } from '../worlds/reading-cache.ts'

/** Why a piece of work failed, as its row keeps it. */
export interface WorkError {
  readonly code: ErrorCode
  readonly message: string
}

export interface WorkFailure {
  readonly error: WorkError
  /** True for an answer about the work itself, which another try would get again. */
  readonly isFinal: boolean
}

/** Failed tries of work, by what failed, its cause, and whether there will be another. */
export type WorkFailureCounter = CounterMetric<'work' | 'code' | 'end'>

/** How a service refuses its caller, whatever is asked. */
const refusedCallers: readonly ErrorCode[] = ['E_UNAUTHENTICATED', 'E_PERMISSION_DENIED', 'E_NOT_FOUND']

/** What a failed call means for the work: a failure of the service asked, or on the way to it, says nothing about the work. */
export function workFailureOf(thrown: unknown): WorkFailure {
  const code = thrown instanceof QmtlError ? thrown.code : 'E_INTERNAL'
  const isFinal = !isServiceFailure(thrown) && !refusedCallers.includes(code)
  return { error: { code, message: messageOf(thrown) || errorTable[code].meaning }, isFinal }
}
