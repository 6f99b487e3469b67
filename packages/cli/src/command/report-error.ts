import { errorTable, isErrorCode, messageOf, QmtlError, type ErrorCause } from '@qmtl/contracts'
import { CommanderError } from 'commander'
import { wrapText } from '../output/wrap-text.ts'
import type { Style } from '../output/style.ts'
import { Misuse } from './misuse.ts'

const mostCauses = 20

/** The error that a user sees for anything thrown: with a code, causes and advice. */
export function userErrorOf(thrown: unknown): QmtlError {
  if (thrown instanceof QmtlError) return thrown
  if (thrown instanceof Misuse) {
    const { flag, value, rule, message } = thrown
    return new QmtlError('E_USAGE', message, { errors: [{ path: flag, message: rule, value }] })
  }
  if (thrown instanceof CommanderError) return usageErrorOf(thrown)
  if (thrown instanceof Error && 'code' in thrown && thrown.name === 'QmtlError' && isErrorCode(thrown.code)) {
    // Thrown by another copy of contracts, which a strategy file may have brought along.
    return new QmtlError(thrown.code, thrown.message, { cause: thrown })
  }
  return new QmtlError('E_INTERNAL', messageOf(thrown), {
    cause: thrown,
    hint: 'run it again with QMTL_DEBUG=1 to see where, and report it',
  })
}

/** Commander's complaint in our shape: "error: unknown option '--x'\n(Did you mean --y?)". */
function usageErrorOf({ message }: CommanderError): QmtlError {
  const [what = '', suggestion] = message.replace(/^error: /, '').split('\n')
  const nearest = /\(Did you mean (?:one of )?(.*)\?\)/.exec(suggestion ?? '')?.[1]
  return new QmtlError('E_USAGE', what, {
    ...(nearest === undefined ? {} : { hint: `did you mean ${nearest.split(', ').join(' or ')}?` }),
  })
}

/** `{ error: { code, message, errors, hint } }`, the document of a failed command. */
export function errorDocument({ code, message, errors, hint, details }: QmtlError): unknown {
  const more = Object.keys(details).length === 0 ? {} : { details }
  return { error: { code, message, errors, hint, ...more } }
}

export interface ErrorTextOptions {
  /** Columns of a line; infinite where nobody reads along. */
  readonly width: number
  /** Adds where it happened. */
  readonly debug: boolean
}

/**
 * The text of a failed command: code and what, one `why` per cause that the message does not hold already, and what to do.
 */
export function errorText(error: QmtlError, style: Style, { width, debug }: ErrorTextOptions): string {
  const causes = error.errors.filter((cause) => !isToldIn(error.message, cause))
  const why = [
    ...causes.slice(0, mostCauses).map(causeText),
    ...(causes.length > mostCauses ? [`and ${causes.length - mostCauses} more`] : []),
  ]
  const lines = [
    wrapText(`${style.bad(error.code)}: ${error.message}`, { width }),
    ...why.map((text) => wrapText(text, { width, lead: '  why: ' })),
    wrapText(error.hint === '' ? errorTable[error.code].action : error.hint, { width, lead: '  do: ' }),
  ]
  return [...lines, ...(debug ? stacksOf(error) : [])].join('\n')
}

/** Messages name their first cause as `path: what` or `path what`. */
function isToldIn(message: string, cause: ErrorCause): boolean {
  return message.includes(causeText(cause)) || message.includes(`${cause.path}: ${cause.message}`)
}

/** `where: what, seen value`; the place is left out where the words name it. */
function causeText({ path, message, value }: ErrorCause): string {
  const seen = value === undefined || message.includes(shown(value)) ? '' : `, seen ${shown(value)}`
  return namesPlace(message, path) ? `${message}${seen}` : `${path} ${message}${seen}`
}

/** True where the words say already where it is: `bars.csv:6:2` is "line 6, column 2". */
function namesPlace(message: string, path: string): boolean {
  const [, line] = /:(\d+):\d+$/.exec(path) ?? []
  return path === '' || path === '/' || message.includes(path) || message.startsWith(`line ${line ?? ''},`)
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
}

function stacksOf(error: unknown): string[] {
  const stacks: string[] = []
  for (let each = error; each instanceof Error; each = each.cause) stacks.push(each.stack ?? each.message)
  return stacks
}
