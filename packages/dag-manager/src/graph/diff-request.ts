import {
  computeContextOf,
  computeKeyOf,
  dagVersionOf,
  downgradeContext,
  nodeIdsCrc32,
  QmtlError,
  topologicalOrder,
  type ComputeContext,
  type Dag,
  type DagNode,
  type NodeKind,
} from '@qmtl/contracts'
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
  const ordered = topologicalOrder(dag.nodes)
  const safeContext = defaultSafe(context)
  const version = dagVersionOf(dag)
  return {
    strategyId: strategy_id,
    context: safeContext,
    contextKey: contextKeyOf(safeContext),
    version,
    namespace: namespaceOf(safeContext),
    hasSentinel: dag.version !== undefined && !safeContext.safe_mode,
    crc32: nodeIdsCrc32(dag.nodes.map(({ node_id }) => node_id)),
    nodes: ordered.map((node) => ({
      node,
      computeKey: computeKeyOf(node.node_id, safeContext),
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

const nodeIdForm = /^blake3:[0-9a-f]{64}$/
const isCount = (value: number | null | undefined) => Number.isSafeInteger(value ?? 0) && (value ?? 0) >= 0

function refuseMalformed(dag: Dag): void {
  if (dag.nodes.length === 0) throw new QmtlError('E_INVALID_DAG', 'nodes is empty')
  const errors = dag.nodes.flatMap((node, index) => [
    ...(nodeIdForm.test(node.node_id) ? [] : [cause(index, 'node_id', 'is not a node id', node.node_id)]),
    ...(isCount(node.interval) ? [] : [cause(index, 'interval', 'is not a whole number of 0 or more', node.interval)]),
    ...(isCount(node.period) ? [] : [cause(index, 'period', 'is not a whole number of 0 or more', node.period)]),
  ])
  const [first] = errors
  if (first) throw new QmtlError('E_INVALID_DAG', `${first.path} ${first.message}`, { errors })
}

function cause(index: number, member: string, message: string, value: unknown) {
  return { path: `/nodes/${index}/${member}`, message, value }
}
