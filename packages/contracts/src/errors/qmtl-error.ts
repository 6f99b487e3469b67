import { errorTable, type ErrorCode } from './error-table.ts'

/** One cause of a refusal: where, what is wrong with it and, if it can be shown, the value seen. */
export interface ErrorCause {
  /** Path inside the input: a JSON pointer, `file:line:column` or a flag. */
  readonly path: string
  readonly message: string
  readonly value?: unknown
}

export interface QmtlErrorOptions {
  readonly errors?: readonly ErrorCause[]
  readonly details?: Readonly<Record<string, unknown>>
  /** What to do in this case, where the table's advice is too general. */
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** A failure with a stable code; what to do about it stands in the error table, or in `hint` where the case is special. */
export class QmtlError extends Error {
  override readonly name = 'QmtlError'
  readonly code: ErrorCode
  readonly errors: readonly ErrorCause[]
  readonly details: Readonly<Record<string, unknown>>
  readonly hint: string

  constructor(code: ErrorCode, message: string, options: QmtlErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.errors = options.errors ?? []
    this.details = options.details ?? {}
    this.hint = options.hint ?? errorTable[code].action
  }
}

/** The message of anything thrown, for a log line or a wrapping error. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
