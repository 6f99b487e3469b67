import { QmtlError, type ErrorCause, type NodeId } from '@qmtl/contracts'
import type { BarColumns } from '@qmtl/market'
import type { WireNode } from '../evaluate/wire-node.ts'
import type { RunSummary } from '../search/run-summary.ts'
import type { TrialTerms } from '../search/trial-window.ts'
import type { SharedResult } from './shared-columns.ts'

/** Told to a thread, without an answer: a new run with its bars; nodes and results that later requests build on. */
export type ThreadNews =
  | { readonly kind: 'open'; readonly bars: readonly BarColumns[]; readonly trading: TrialTerms | undefined }
  | { readonly kind: 'know'; readonly nodes: readonly WireNode[]; readonly results: readonly SharedResult[] }

/** Asked of a thread. */
export type ThreadRequest =
  | { readonly kind: 'evaluate'; readonly node: NodeId }
  | { readonly kind: 'backtest'; readonly nodes: readonly WireNode[]; readonly outputs: readonly NodeId[] }

/** What came of a request, by its kind. */
export interface ThreadResults {
  readonly evaluate: { readonly result: SharedResult; readonly failures: readonly WireError[] }
  readonly backtest: { readonly summaries: readonly RunSummary[]; readonly evaluated: number }
}

export type ThreadMessage =
  ThreadNews | { readonly kind: 'request'; readonly id: number; readonly request: ThreadRequest }

export type ThreadAnswer =
  | { readonly id: number; readonly result: ThreadResults[keyof ThreadResults] }
  | { readonly id: number; readonly error: WireError }

/** An error as it goes between threads, where classes are lost. */
export interface WireError {
  readonly code: QmtlError['code'] | undefined
  readonly message: string
  readonly errors: readonly ErrorCause[]
  readonly details: Readonly<Record<string, unknown>>
  readonly hint: string | undefined
}

export function wireErrorOf(thrown: unknown): WireError {
  if (thrown instanceof QmtlError) {
    const { code, message, errors, details, hint } = thrown
    return { code, message, errors, details, hint }
  }
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  return { code: undefined, message, errors: [], details: {}, hint: undefined }
}

export function errorOfWire({ code, message, ...options }: WireError): Error {
  return code === undefined ? new Error(message) : new QmtlError(code, message, options)
}
