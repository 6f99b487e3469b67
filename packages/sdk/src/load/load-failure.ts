import { isErrorCode, messageOf, QmtlError, type ErrorCause } from '@qmtl/contracts'
import { placeText, syntaxReportOf, type StrategyPlace, type SyntaxReport } from './strategy-place.ts'

/** What is known about a failure to load a strategy file. */
export interface LoadFailure {
  readonly file: string
  readonly error: unknown
  /** Where in the strategy's files it happened, if that is known. */
  readonly place: StrategyPlace | undefined
  /** Lines of a function that is not closed, in `place.file`, in the order of the error's causes. */
  readonly lines: readonly number[]
}

/** The error that the author sees: with a code, the file and the line. */
export function loadError(failure: LoadFailure): QmtlError {
  const { error, file } = failure
  const syntax = syntaxReportOf(error)
  if (syntax !== undefined) return syntaxError(syntax)
  if (isQmtlError(error)) return locatedError(error, failure)
  if (isMissingModule(error)) return missingModule(error, file)
  const where = failure.place === undefined ? file : placeText(failure.place)
  const code = error instanceof SyntaxError ? 'E_STRATEGY_SYNTAX' : 'E_STRATEGY_FILE'
  const message = code === 'E_STRATEGY_SYNTAX' ? messageOf(error) : `loading it threw ${messageOf(error)}`
  return new QmtlError(code, `${where}: ${message}`, {
    cause: error,
    errors: [{ path: where, message: messageOf(error) }],
    ...(code === 'E_STRATEGY_SYNTAX' ? { hint: 'correct the code at the place named' } : {}),
  })
}

function syntaxError(report: SyntaxReport): QmtlError {
  const { message } = report
  const path = placeText(report)
  const isErasable = !/not supported in strip/.test(message)
  return new QmtlError('E_STRATEGY_SYNTAX', `${path}: ${message}`, {
    errors: [{ path, message }],
    details: { file: report.file, line: report.line, column: report.column },
    hint: isErasable ? 'correct the code at the place named' : adviceOn(message),
  })
}

function adviceOn(message: string): string {
  if (/enum/.test(message))
    return "write a union of texts, such as type Side = 'long' | 'short', or an object `as const`"
  if (/namespace|module/.test(message)) return 'write plain exports in a file of their own'
  if (/parameter property/.test(message)) return 'declare the member and assign it'
  return 'types are only erased: use syntax that JavaScript has, and types beside it'
}

interface AnyQmtlError extends Error {
  readonly code: QmtlError['code']
  readonly errors: readonly ErrorCause[]
  readonly details: Readonly<Record<string, unknown>>
  readonly hint: string
}

/** Also true for an error of another copy of the SDK, which a strategy file may have been given. */
function isQmtlError(error: unknown): error is AnyQmtlError {
  return error instanceof Error && error.name === 'QmtlError' && 'code' in error && isErrorCode(error.code)
}

function locatedError(error: AnyQmtlError, { file, place, lines }: LoadFailure): QmtlError {
  const [firstLine] = lines
  const at = place === undefined || firstLine === undefined ? place : { ...place, line: firstLine, column: 1 }
  const where = at === undefined ? file : placeText(at)
  const errors = error.errors.map((cause, index) => {
    const line = lines[index]
    return line === undefined || place === undefined ? cause : { ...cause, path: `${place.file}:${line}` }
  })
  const details = Object.entries(error.details).filter(([name]) => name !== 'source' && name !== 'lines')
  // The line in the file takes the place of the line in the function.
  const message = lines.length === 0 ? error.message : error.message.replace(/, line \d+:/, ':')
  return new QmtlError(error.code, `${where}: ${message}`, {
    errors,
    hint: error.hint,
    cause: error,
    details: { ...Object.fromEntries(details), file: at?.file ?? file, ...(at === undefined ? {} : { line: at.line }) },
  })
}

function isMissingModule(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}

function missingModule(error: Error, file: string): QmtlError {
  const message = error.message.replaceAll(/\?qmtl=[^'\s]*/g, '').replaceAll('file://', '')
  return new QmtlError('E_STRATEGY_FILE', `${file}: ${message}`, {
    cause: error,
    errors: [{ path: file, message }],
    hint: "write imports of files with their extension, as './my-nodes.ts', and install packages beside the strategy",
  })
}
