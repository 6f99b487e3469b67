import { errorTable, isErrorCode } from './error-table.ts'
import { QmtlError, type ErrorCause } from './qmtl-error.ts'
import { isJsonObject } from '../types.ts'

/** `application/problem+json` (RFC 9457) with a stable code; members of `details` stand beside the fixed ones. */
export interface ProblemDocument {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly instance: string
  readonly code: string
  readonly hint: string
  readonly retry: string
  readonly errors: readonly ErrorCause[]
  readonly [member: string]: unknown
}

/** Describes a failure to a client. Anything but a `QmtlError` shows no internals. `instance` is the request id. */
export function problemOf(thrown: unknown, instance: string): ProblemDocument {
  const error = thrown instanceof QmtlError ? thrown : new QmtlError('E_INTERNAL', 'an unexpected failure')
  const { status, meaning, retry } = errorTable[error.code]
  return {
    ...error.details,
    type: `urn:qmtl:error:${error.code}`,
    title: meaning,
    status,
    detail: error.message,
    instance,
    code: error.code,
    hint: error.hint,
    retry,
    errors: error.errors,
  }
}

const fixedMembers = new Set(['type', 'title', 'status', 'detail', 'instance', 'code', 'hint', 'retry', 'errors'])

/** Rebuilds the failure that a problem document describes; a body that is none becomes `E_UNAVAILABLE` with its status. */
export function errorOfProblem(body: unknown, status: number): QmtlError {
  if (!isJsonObject(body) || !isErrorCode(body['code'])) {
    return new QmtlError('E_UNAVAILABLE', `the service answered ${status} without a problem document`)
  }
  const details = Object.fromEntries(Object.entries(body).filter(([member]) => !fixedMembers.has(member)))
  return new QmtlError(body['code'], typeof body['detail'] === 'string' ? body['detail'] : '', {
    details,
    errors: Array.isArray(body['errors']) ? body['errors'].filter(isErrorCause) : [],
    hint: typeof body['hint'] === 'string' ? body['hint'] : undefined,
  })
}

function isErrorCause(value: unknown): value is ErrorCause {
  return typeof value === 'object' && value !== null && 'path' in value && 'message' in value
}
