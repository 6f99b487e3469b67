import { formatInstant, partitionKeyOf, type NodeDecision, type Plan, type PlannedNode } from '@qmtl/contracts'
import type { NodeChoice } from './choose-nodes.ts'
import type { DiffRequest } from './diff-request.ts'
import type { NodeRow, PlanHead, QueueRow, StoredPlan } from './records.ts'

/** The head of a plan. `planNumber` is 0 for a dry run. */
export function planHeadOf(
  request: DiffRequest,
  choices: readonly NodeChoice[],
  planNumber: number,
  nowMs: number,
): PlanHead {
  const created = countOf(choices, 'create') + countOf(choices, 'new_binding')
  return {
    plan_number: planNumber,
    strategy_id: request.strategyId,
    version: request.version,
    context: request.context,
    reused: choices.length - created,
    created,
    buffered: countOf(choices, 'reuse_buffer'),
    sentinel_id: request.hasSentinel ? sentinelIdOf(request.strategyId) : null,
    crc32: request.crc32,
    created_at: formatInstant(nowMs),
  }
}

/** The plan as it goes over the wire. */
export function planOf(head: PlanHead, choices: readonly NodeChoice[]): Plan {
  return planFrom(
    head,
    choices.map(({ submitted, decision, topic }): DecidedRow => {
      const { node, computeKey, interval, period } = submitted
      const { node_id, node_type } = node
      return [{ node_id, node_type, interval, period, compute_key: computeKey, topic }, decision]
    }),
  )
}

/** JSON of the plan as it is kept; `queues` are the positions of its nodes' queues. */
export function storedPlanText(head: PlanHead, choices: readonly NodeChoice[], queues: readonly number[]): string {
  const stored: StoredPlan = { ...head, nodes: choices.map(({ decision }, index) => [queues[index] ?? 0, decision]) }
  return JSON.stringify(stored)
}

/** What the rows of a planned node and its queue say. */
export type PlannedRow = Pick<NodeRow, 'node_id' | 'node_type' | 'interval' | 'period'> &
  Pick<QueueRow, 'compute_key' | 'topic'>

/** The plan of a stored one; `rowOf` gives the row of the queue at a position. */
export function restorePlan(
  { nodes: stored, ...head }: StoredPlan,
  rowOf: (queuePosition: number) => PlannedRow,
): Plan {
  return planFrom(
    head,
    stored.map(([position, decision]): DecidedRow => [rowOf(position), decision]),
  )
}

type DecidedRow = readonly [row: PlannedRow, decision: NodeDecision]

function planFrom(head: PlanHead, rows: readonly DecidedRow[]): Plan {
  const queueMap = createTable(null)
  const nodes: PlannedNode[] = []
  for (const [{ node_id, node_type, interval, period, compute_key, topic }, decision] of rows) {
    const planned = { node_id, node_type, compute_key, decision, topic }
    nodes.push(decision === 'reuse_buffer' ? { ...planned, lag: period } : planned)
    if (topic !== null) queueMap[partitionKeyOf(node_id, interval, 0, compute_key)] = topic
  }
  return { ...head, nodes, queue_map: queueMap }
}

/** An object without prototype is a hash table at once; growing any other by long keys takes V8 twice to four times as long. */
const createTable: (prototype: null) => Record<string, string> = Object.create

function countOf(choices: readonly NodeChoice[], decision: NodeDecision): number {
  return choices.filter((choice) => choice.decision === decision).length
}

/** The sentinel of a strategy's version. */
function sentinelIdOf(strategyId: string): string {
  return `${strategyId}-sentinel`
}
