import { QmtlError, type ErrorCause, type JsonObject } from '@qmtl/contracts'
import { canonicalTree } from './canonical-tree.ts'
import type { ClosureContext } from './rules/closure-rule.ts'
import { closureRules } from './rules/closure-rules.ts'
import { readFunction, type AnyFunction, type FunctionSource } from './function-source.ts'
import { tableOfNames, type Site } from './name-table.ts'

/** One reason why a function is not closed. */
export interface ClosureProblem {
  /** Line within the function's text, from 1. */
  readonly line: number
  readonly message: string
}

export interface ClosedFunctionOptions {
  /** What the function is, for messages: `compute of node 'zscore'`. */
  readonly subject: string
  /** Place of the parameter that brings helper functions, from 0. */
  readonly helpersAt?: number
}

/** A function that is proven closed. */
export interface ClosedFunction<Run extends AnyFunction> {
  /** Its canonical syntax tree. */
  readonly code: JsonObject
  /**
   * The function made anew from the text that was read, where every name from outside is the global of that name. The
   * function that was given could mean another: a module may have a `Math` of its own.
   */
  readonly run: Run
}

/**
 * Proves that a function is closed: its result depends on its arguments alone, it keeps nothing from call to call and
 * changes nothing outside. Throws `E_NOT_CLOSED` with every reason, the function's text in `details.source` and the line
 * within it in each cause's path.
 */
export function closedFunctionOf<Run extends AnyFunction>(
  subject: Run,
  options: ClosedFunctionOptions,
): ClosedFunction<Run> {
  const source = readFunction(subject)
  if ('reason' in source) {
    throw new QmtlError('E_NOT_CLOSED', `${options.subject} cannot be used: ${source.reason}`, {
      errors: [{ path: 'line 1', message: source.reason }],
    })
  }
  const problems = closureProblems(source, options.helpersAt)
  if (problems.length > 0) throw notClosed(options.subject, source, problems)
  return { code: canonicalTree(source.root), run: madeAnew(subject, source, options.subject) }
}

/** Evaluated as strict code of the global scope; `subject` stands in its stack traces. */
function madeAnew<Run extends AnyFunction>(original: Run, { expression }: FunctionSource, subject: string): Run {
  const place = `//# sourceURL=qmtl:${encodeURIComponent(subject.toWellFormed())}`
  const made: unknown = globalThis.eval(`'use strict';(${expression}\n)\n${place}`)
  if (!isLike(original, made)) throw new TypeError(`${subject}: its text is no function`)
  return Object.freeze(made)
}

/** A function of the same text takes and gives the same. */
function isLike<Run extends AnyFunction>(_: Run, made: unknown): made is Run {
  return typeof made === 'function'
}

/** Every reason why a parsed function is not closed, in source order. */
export function closureProblems(source: FunctionSource, helpersAt?: number): readonly ClosureProblem[] {
  const names = tableOfNames(source)
  const context: ClosureContext = { names, helpersAt }
  return names.sites.flatMap((site) => {
    const message = firstRefusal(site, context)
    return message === undefined ? [] : [{ line: source.lineOf(site.node), message }]
  })
}

function firstRefusal(site: Site, context: ClosureContext): string | undefined {
  for (const rule of closureRules) {
    const message = rule(site, context)
    if (message !== undefined) return message
  }
  return undefined
}

function notClosed(subject: string, source: FunctionSource, problems: readonly ClosureProblem[]): QmtlError {
  const [first] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const errors: ErrorCause[] = problems.map(({ line, message }) => ({ path: `line ${line}`, message }))
  return new QmtlError(
    'E_NOT_CLOSED',
    `${subject} is not closed, line ${first?.line ?? 1}: ${first?.message ?? ''}${more}`,
    {
      errors,
      details: { source: source.text, lines: problems.map(({ line }) => line) },
    },
  )
}
