import { QmtlError, type ErrorCause, type JsonObject } from '@qmtl/contracts'
import { canonicalTree } from './canonical-tree.ts'
import type { ClosureContext } from './rules/closure-rule.ts'
import { closureRules } from './rules/closure-rules.ts'
import { readFunction, type FunctionSource } from './function-source.ts'
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

/**
 * Canonical syntax tree of a function that is proven closed: its result depends on its arguments alone, it keeps nothing from call to call and
 * changes nothing outside. Throws `E_NOT_CLOSED` with every reason, the function's text in `details.source` and the line
 * within it in each cause's path.
 */
export function closedCodeOf(subject: (...args: never[]) => unknown, options: ClosedFunctionOptions): JsonObject {
  const source = readFunction(subject)
  if ('reason' in source) {
    throw new QmtlError('E_NOT_CLOSED', `${options.subject} cannot be used: ${source.reason}`, {
      errors: [{ path: 'line 1', message: source.reason }],
    })
  }
  const problems = closureProblems(source, options.helpersAt)
  if (problems.length > 0) throw notClosed(options.subject, source, problems)
  return canonicalTree(source.root)
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
