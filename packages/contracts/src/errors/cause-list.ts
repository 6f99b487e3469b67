import type { ErrorCode } from './error-table.ts'
import { QmtlError, type ErrorCause } from './qmtl-error.ts'

/** Causes that one error names at most: an answer must not outgrow the question. */
export const mostCauses = 50

/** Causes of one refusal, of which the first `mostCauses` are kept and the others counted. */
export interface CauseList {
  add(cause: ErrorCause): void
  /** Throws one error with the causes kept, that says of the first one how many more there are; nothing without any. */
  throwAll(code: ErrorCode): void
}

export function createCauseList(causes: readonly ErrorCause[] = []): CauseList {
  const kept = causes.slice(0, mostCauses)
  let count = causes.length
  return {
    add(cause) {
      count += 1
      if (kept.length < mostCauses) kept.push(cause)
    },
    throwAll(code) {
      const [first] = kept
      if (first === undefined) return
      const rest = count > 1 ? ` (and ${count - 1} more)` : ''
      throw new QmtlError(code, `${first.path} ${first.message}${rest}`, { errors: kept })
    },
  }
}
