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
  const nodes = choices.map(({ submitted, decision, topic }) => {
    const { node, computeKey, period } = submitted
    const { node_id, node_type } = node
    return plannedNodeOf({ node_id, node_type, compute_key: computeKey, topic, period }, decision)
  })
  // Not the choices: they would live as long as the plan.
  const intervals = choices.map(({ submitted }) => submitted.interval)
  return withQueueMap(head, nodes, intervals)
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
  const intervals: number[] = []
  const nodes = stored.map(([position, decision]) => {
    const row = rowOf(position)
    intervals.push(row.interval)
    return plannedNodeOf(row, decision)
  })
  return withQueueMap(head, nodes, intervals)
}

function plannedNodeOf(row: Omit<PlannedRow, 'interval'>, decision: NodeDecision): PlannedNode {
  const { node_id, node_type, compute_key, topic, period } = row
  const planned = { node_id, node_type, compute_key, decision, topic }
  return decision === 'reuse_buffer' ? { ...planned, lag: period } : planned
}

/** The queue map is made when it is read: its keys are long, and most plans are only counted. Intervals are in seconds. */
function withQueueMap(head: PlanHead, nodes: PlannedNode[], intervals: readonly number[]): Plan {
  return {
    ...head,
    nodes,
    get queue_map() {
      const queueMap = createTable(null)
      for (const [index, { node_id, compute_key, topic }] of nodes.entries()) {
        if (topic !== null) queueMap[partitionKeyOf(node_id, intervals[index] ?? 0, 0, compute_key)] = topic
      }
      return queueMap
    },
  }
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
