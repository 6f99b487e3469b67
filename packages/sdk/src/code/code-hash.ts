import { canonicalJson, QmtlError, sha256hex, type JsonObject } from '@qmtl/contracts'
import { closedCodeOf } from './closed-function.ts'
import { helperIdentity } from './window-functions.ts'
import { methodNames, refusedMembers } from './member-names.ts'

/** Any function; what it takes is checked by reading its code. */
export type AnyFunction = (...args: never[]) => unknown

/** An author's function with everything its result depends on besides its arguments. */
export interface AuthorCode {
  /** What it is called in messages: `node 'zscore'`. */
  readonly subject: string
  readonly compute: AnyFunction
  /** Helpers that it gets as its third argument: helpers of QMTL or closed functions. */
  readonly uses: Readonly<Record<string, AnyFunction>>
  /** Raised by the author where the meaning changes and the code does not. */
  readonly version: number
}

const helpersAt = 2

/**
 * `code_hash` of an author's function: SHA-256, in hex, of the canonical JSON of its syntax tree, its helpers and its
 * version. Throws `E_NOT_CLOSED` where the function or a helper depends on more than its arguments.
 */
export function codeHashOf({ subject, compute, uses, version }: AuthorCode): string {
  const code = closedCodeOf(compute, { subject: `compute of ${subject}`, helpersAt })
  const helpers = Object.entries(uses).map(([name, helper]) => [name, helperForm(subject, name, helper)] as const)
  return sha256hex(canonicalJson({ code, uses: Object.fromEntries(helpers), version }))
}

function helperForm(subject: string, name: string, helper: AnyFunction): JsonObject {
  if (methodNames.has(name) || refusedMembers.has(name)) {
    const message = `the helper '${name}' of ${subject} has the name of a built-in member`
    throw new QmtlError('E_RESERVED_NAME', message, { hint: `give it another name, such as '${name}Of'` })
  }
  const known = helperIdentity(helper)
  if (known !== undefined) return { helper: known.name, version: known.version }
  return { code: closedCodeOf(helper, { subject: `helper '${name}' of ${subject}` }) }
}
