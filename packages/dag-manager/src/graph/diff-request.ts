import {
  computeContextOf,
  computeKeysIn,
  createCauseList,
  dagVersionOf,
  dependenciesOf,
  downgradeContext,
  nodeIdsCrc32,
  QmtlError,
  topologicalOrder,
  type ComputeContext,
  type Dag,
  type DagNode,
  type ErrorCause,
  type NodeKind,
} from '@qmtl/contracts'
import type { QueueContext } from './records.ts'
import { tagTextOf } from './tag-text.ts'
import { namespaceOf } from './topic-name.ts'

/** A node of a submission with what its place in the graph follows from. */
export interface SubmittedNode {
  readonly node: DagNode
  readonly computeKey: string
  readonly kind: NodeKind
  /** Bar interval in seconds, 0 for none. */
  readonly interval: number
  readonly period: number
  /** Its tags as text of a set. */
  readonly tags: string
}

/** One diff, checked: a strategy's graph in one compute context. */
export interface DiffRequest {
  readonly strategyId: string
  readonly context: ComputeContext
  /** Equal for diffs whose answer is the same plan. */
  readonly contextKey: string
  /** The context of its queues, as `QueueRow` keeps it. */
  readonly queueContext: string
  readonly version: string
  /** Prefix of its topics: world and domain. */
  readonly namespace: string
  /** A submission that names its version carries a version sentinel; in safe mode none is made. */
  readonly hasSentinel: boolean
  /** CRC-32 of the node ids in submission order. */
  readonly crc32: number
  /** In dependency order, each once. */
  readonly nodes: readonly SubmittedNode[]
}

/** A diff as it comes from the Gateway, which has recomputed the ids from their content. */
export interface DiffBody {
  readonly strategy_id: string
  readonly dag: Dag
  readonly context: ComputeContext
}

/** Checks and orders a diff. Throws `E_INVALID_DAG`, `E_UNKNOWN_NODE` and `E_DAG_CYCLE`. */
export function diffRequestOf({ strategy_id, dag, context }: DiffBody): DiffRequest {
  refuseMalformed(dag)
  const safeContext = defaultSafe(context)
  const computeKeyOf = computeKeysIn(safeContext)
  const version = dagVersionOf(dag)
  return {
    strategyId: strategy_id,
    context: safeContext,
    contextKey: contextKeyOf(safeContext),
    queueContext: queueContextOf(safeContext),
    version,
    namespace: namespaceOf(safeContext),
    hasSentinel: dag.version !== undefined && !safeContext.safe_mode,
    crc32: nodeIdsCrc32(dag.nodes.map(({ node_id }) => node_id)),
    nodes: inDependencyOrder(dag.nodes).map((node) => ({
      node,
      computeKey: computeKeyOf(node.node_id),
      kind: node.kind ?? 'operator',
      interval: node.interval ?? 0,
      period: node.period ?? 0,
      tags: tagTextOf(node.tags),
    })),
  }
}

/** A tag query only reads: it gets no topic. */
export function isTagQuery(node: DagNode): boolean {
  return node.node_type === 'TagQueryNode'
}

/** The safe-mode rule once more: what claims to be safe, or downgraded, never reaches another domain than backtest. */
function defaultSafe(context: ComputeContext): ComputeContext {
  const checked = computeContextOf(context)
  const claimsSafe = context.safe_mode || context.downgraded
  if (!claimsSafe) return checked
  return downgradeContext(checked, context.downgrade_reason ?? checked.downgrade_reason ?? 'decision_unavailable')
}

function contextKeyOf(context: ComputeContext): string {
  const { world_id, execution_domain, as_of, partition, safe_mode } = context
  return [world_id ?? '', execution_domain, as_of ?? '', partition ?? '', safe_mode ? 'safe' : ''].join('\u001f')
}

/** The part of a context that compute keys cover, as `QueueRow` keeps it. */
export function queueContextOf({ world_id, execution_domain, as_of, partition }: QueueContext): string {
  const context: QueueContext = { world_id, execution_domain, as_of, partition }
  return JSON.stringify(context)
}

/** As submitted where that is a topological order already, as it is for graphs that were built node by node. */
function inDependencyOrder(nodes: readonly DagNode[]): readonly DagNode[] {
  const seen = new Set<string>()
  for (const node of nodes) {
    if (seen.has(node.node_id) || !dependenciesOf(node).every((id) => seen.has(id))) return topologicalOrder(nodes)
    seen.add(node.node_id)
  }
  return nodes
}

const nodeIdForm = /^blake3:[0-9a-f]{64}$/
const isCount = (value: number | null | undefined) => Number.isSafeInteger(value ?? 0) && (value ?? 0) >= 0

function refuseMalformed(dag: Dag): void {
  if (dag.nodes.length === 0) throw new QmtlError('E_INVALID_DAG', 'nodes is empty')
  const causes = createCauseList()
  for (const [index, { node_id, interval, period }] of dag.nodes.entries()) {
    if (!nodeIdForm.test(node_id)) causes.add(cause(index, 'node_id', 'is not a node id', node_id))
    if (!isCount(interval)) causes.add(cause(index, 'interval', 'is not a whole number of 0 or more', interval))
    if (!isCount(period)) causes.add(cause(index, 'period', 'is not a whole number of 0 or more', period))
  }
  causes.throwAll('E_INVALID_DAG')
}

function cause(index: number, member: string, message: string, value: unknown): ErrorCause {
  return { path: `/nodes/${index}/${member}`, message, value }
}
