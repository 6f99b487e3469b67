import { canonicalJson, QmtlError, sha256hex, type JsonObject } from '@qmtl/contracts'
import { closedFunctionOf } from './closed-function.ts'
import type { AnyFunction } from './function-source.ts'
import { helperIdentity } from './window-functions.ts'
import { methodNames, refusedMembers } from './member-names.ts'

/** An author's function with everything its result depends on besides its arguments. */
export interface AuthorCode<Compute extends AnyFunction> {
  /** What it is called in messages: `node 'zscore'`. */
  readonly subject: string
  readonly compute: Compute
  /** Helpers that it gets as its third argument: helpers of QMTL or closed functions. */
  readonly uses: Readonly<Record<string, AnyFunction>>
  /** Raised by the author where the meaning changes and the code does not. */
  readonly version: number
}

/** What runs in place of an author's function, and the hash that stands for it. */
export interface ProvenCode<Compute extends AnyFunction> {
  readonly codeHash: string
  readonly compute: Compute
  readonly uses: Readonly<Record<string, AnyFunction>>
}

const helpersAt = 2

/**
 * Proves that an author's function and its helpers are closed, and makes them anew from the text that was hashed.
 * `codeHash` is the SHA-256, in hex, of the canonical JSON of the syntax tree, the helpers and the version. Throws
 * `E_NOT_CLOSED` where the function or a helper depends on more than its arguments.
 */
export function proveCode<Compute extends AnyFunction>({
  subject,
  compute,
  uses,
  version,
}: AuthorCode<Compute>): ProvenCode<Compute> {
  const { code, run } = closedFunctionOf(compute, { subject: `compute of ${subject}`, helpersAt })
  const helpers = Object.entries(uses).map(([name, helper]) => [name, provenHelper(subject, name, helper)] as const)
  const forms = Object.fromEntries(helpers.map(([name, { form }]) => [name, form]))
  return {
    codeHash: sha256hex(canonicalJson({ code, uses: forms, version })),
    compute: run,
    uses: Object.freeze(Object.fromEntries(helpers.map(([name, helper]) => [name, helper.run]))),
  }
}

interface ProvenHelper {
  readonly form: JsonObject
  readonly run: AnyFunction
}

function provenHelper(subject: string, name: string, helper: AnyFunction): ProvenHelper {
  if (methodNames.has(name) || refusedMembers.has(name)) {
    const message = `the helper '${name}' of ${subject} has the name of a built-in member`
    throw new QmtlError('E_RESERVED_NAME', message, { hint: `give it another name, such as '${name}Of'` })
  }
  const known = helperIdentity(helper)
  if (known !== undefined) return { form: { helper: known.name, version: known.version }, run: helper }
  const { code, run } = closedFunctionOf(helper, { subject: `helper '${name}' of ${subject}` })
  return { form: { code }, run }
}
