import type { JsonObject, NodeId, NodeKind } from '@qmtl/contracts'
import type { ParameterValues } from './parameters.ts'

/** A causal value is known at its bar's close. A delayed one (a label) describes a bar from later ones. */
export type Timing = 'causal' | 'delayed'

/** One output of one node. */
export interface SeriesRef {
  readonly node: NodeSpec
  readonly output: string
}

/** A series, or a number that stands for one on every bar. */
export type Operand<T extends Timing = Timing> = Series<T> | number

/**
 * A handle on one output of one node: one double per row of the node. Making a handle makes no node; each method makes the
 * node of the function of the same meaning (`a.minus(b)` is `subtract(a, b)`), delayed where an operand is.
 *
 * A condition is 1 for true and 0 for false; every value but 0 reads as true. Without a value of every operand there is none.
 */
export interface Series<T extends Timing = 'causal'> extends SeriesRef {
  readonly timing: T
  plus<B extends Timing = never>(other: Operand<B>): Series<T | B>
  minus<B extends Timing = never>(other: Operand<B>): Series<T | B>
  times<B extends Timing = never>(other: Operand<B>): Series<T | B>
  /** No value where `other` is 0. */
  dividedBy<B extends Timing = never>(other: Operand<B>): Series<T | B>
  negate(): Series<T>
  abs(): Series<T>
  /** No value below 0. */
  sqrt(): Series<T>
  /** Natural logarithm; no value at 0 and below. */
  log(): Series<T>
  exp(): Series<T>
  /** The smaller of two values on each bar; over a window it is `lowest`. */
  min<B extends Timing = never>(other: Operand<B>): Series<T | B>
  /** The larger of two values on each bar; over a window it is `highest`. */
  max<B extends Timing = never>(other: Operand<B>): Series<T | B>
  /** `low` where the value is below it, `high` where it is above, else the value. */
  clip<B extends Timing = never, C extends Timing = never>(low: Operand<B>, high: Operand<C>): Series<T | B | C>
  /** Of this condition: `whenTrue` or `whenFalse`, whether or not the other has a value. */
  where<B extends Timing = never, C extends Timing = never>(
    whenTrue: Operand<B>,
    whenFalse: Operand<C>,
  ): Series<T | B | C>
  greater<B extends Timing = never>(other: Operand<B>): Series<T | B>
  greaterOrEqual<B extends Timing = never>(other: Operand<B>): Series<T | B>
  less<B extends Timing = never>(other: Operand<B>): Series<T | B>
  lessOrEqual<B extends Timing = never>(other: Operand<B>): Series<T | B>
  equal<B extends Timing = never>(other: Operand<B>): Series<T | B>
  notEqual<B extends Timing = never>(other: Operand<B>): Series<T | B>
  and<B extends Timing = never>(other: Operand<B>): Series<T | B>
  or<B extends Timing = never>(other: Operand<B>): Series<T | B>
  not(): Series<T>
  /** 1 on the bar where this is above `other` and was not on the bar before, else 0. */
  crossAbove<B extends Timing = never>(other: Operand<B>): Series<T | B>
  /** 1 on the bar where this is below `other` and was not on the bar before, else 0. */
  crossBelow<B extends Timing = never>(other: Operand<B>): Series<T | B>
  /** Of this condition: bars since it was last true, 0 on that bar; no value before the first. */
  barsSince(): Series<T>
}

/**
 * The rule of a node, run bar by bar; both evaluation modes call the same `step`. `init` makes the state of a fresh run.
 * `step` reads one value per input, in the order of the node's inputs, and writes one per output; `NaN` is "no value". It
 * allocates nothing, sees nothing but its arguments, and keeps neither array.
 *
 * Methods, not function members: an operator of any state type can then stand in a node.
 */
export interface Operator<Params = ParameterValues, State = unknown> {
  /** After its inputs, `step` reads the close time of the row, epoch milliseconds UTC. */
  readonly readsTime?: boolean
  init(params: Params): State
  step(state: State, inputs: Float64Array, outputs: Float64Array): void
}

/** One computation of a strategy graph. Frozen; equal content has an equal id, whoever built it. */
export interface NodeSpec {
  readonly id: NodeId
  /** The operator's name; `custom` for an author's node. */
  readonly nodeType: string
  readonly kind: NodeKind
  /** Length of the node's bars; only `align` and `resample` make a node of another interval than its inputs. */
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
  /**
   * It is run on each row of its inputs, which are shorter, and has a row of its own where one of them closes with a bar of
   * its interval; its kernel writes there and nowhere else.
   */
  readonly gathers: boolean
}

/** True where a bar of the node's interval closes at an instant (epoch ms UTC). */
export function closesAt({ intervalMs }: Pick<NodeSpec, 'intervalMs'>, epochMs: number): boolean {
  return epochMs % intervalMs === 0
}

/** How a node is called in messages: an author's name where there is one. */
export function nodeLabel(node: Pick<NodeSpec, 'nodeType' | 'name'>): string {
  return node.name ?? node.nodeType
}
