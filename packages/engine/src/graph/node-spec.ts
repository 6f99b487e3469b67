import type { JsonObject, NodeId, NodeKind } from '@qmtl/contracts'
import type { ParameterValues } from './parameters.ts'

/** A causal value is known at its bar's close. A delayed one (a label) describes a bar from later ones. */
export type Timing = 'causal' | 'delayed'

/** One output of one node. */
export interface SeriesRef {
  readonly node: NodeSpec
  readonly output: string
}

/** A handle on one output of one node: one double per row of the node. Making a handle makes no node. */
export interface Series<T extends Timing = 'causal'> extends SeriesRef {
  readonly timing: T
}

/**
 * The rule of a node, run bar by bar; both evaluation modes call the same `step`. `init` makes the state of a fresh run.
 * `step` reads one value per input, in the order of the node's inputs, and writes one per output; `NaN` is "no value". It
 * allocates nothing, sees nothing but its arguments, and keeps neither array.
 *
 * Methods, not function members: an operator of any state type can then stand in a node.
 */
export interface Operator<Params = ParameterValues, State = unknown> {
  init(params: Params): State
  step(state: State, inputs: Float64Array, outputs: Float64Array): void
}

/** One computation of a strategy graph. Frozen; equal content has an equal id, whoever built it. */
export interface NodeSpec {
  readonly id: NodeId
  /** The operator's name; `custom` for an author's node. */
  readonly nodeType: string
  readonly kind: NodeKind
  /** Length of the node's bars; only `align` makes a node of another interval than its inputs. */
  readonly intervalMs: number
  /** Bars of each input that one value needs; 0 for a source. */
  readonly period: number
  /** The author's parameters, complete. */
  readonly settings: ParameterValues
  /** Wire form of the parameters: the settings and `inputs`, which tells `a - b` from `b - a`. */
  readonly params: JsonObject
  /** Role to series, in the order in which the operator reads them. */
  readonly inputs: Readonly<Record<string, SeriesRef>>
  readonly outputs: readonly string[]
  /** Absent on a source, and on `align`, which passes its input on. */
  readonly operator: Operator | undefined
  readonly codeHash: string
  readonly schemaCompatId: string
  readonly tags: readonly string[]
  /** The author's name of a custom node; not part of the id. */
  readonly name?: string
  /** The instrument that a source reads or an intent trades. */
  readonly instrument?: string
  /** A label, or computed from one: it may not reach an intent. */
  readonly delayed: boolean
  /**
   * It has no bars of its own interval: an aligned series, or a pointwise node over such series only. Its users read the
   * last value that had closed by their own bar's close.
   */
  readonly stepwise: boolean
}

/** How a node is called in messages: an author's name where there is one. */
export function nodeLabel(node: Pick<NodeSpec, 'nodeType' | 'name'>): string {
  return node.name ?? node.nodeType
}
