import { formatInstant, partitionKeyOf, type Plan, type PlannedNode } from '@qmtl/contracts'
import type { NodeChoice } from './choose-nodes.ts'
import type { DiffRequest } from './diff-request.ts'

/** An object without prototype is a hash table at once; growing any other by long keys takes V8 twice to four times as long. */
const createTable: (prototype: null) => Record<string, string> = Object.create

/** A plan as it is kept. */
export type StoredPlan = Omit<Plan, 'queue_map'>

/** The plan as it goes over the wire. `planNumber` is 0 for a dry run. */
export function planDocument(
  request: DiffRequest,
  choices: readonly NodeChoice[],
  planNumber: number,
  nowMs: number,
): Plan {
  const queueMap = createTable(null)
  const nodes: PlannedNode[] = []
  let created = 0
  let buffered = 0
  for (const { submitted, decision, topic } of choices) {
    const { node, computeKey, interval, period } = submitted
    const planned = { node_id: node.node_id, node_type: node.node_type, compute_key: computeKey, decision, topic }
    nodes.push(decision === 'reuse_buffer' ? { ...planned, lag: period } : planned)
    if (topic !== null) queueMap[partitionKeyOf(node.node_id, interval, 0, computeKey)] = topic
    if (decision === 'create' || decision === 'new_binding') created += 1
    if (decision === 'reuse_buffer') buffered += 1
  }
  return {
    plan_number: planNumber,
    strategy_id: request.strategyId,
    version: request.version,
    context: request.context,
    nodes,
    reused: choices.length - created,
    created,
    buffered,
    sentinel_id: request.hasSentinel ? sentinelIdOf(request.strategyId) : null,
    crc32: request.crc32,
    created_at: formatInstant(nowMs),
    queue_map: queueMap,
  }
}

/** The plan of a stored one; `intervalOf` gives the bar interval of a node in seconds. */
export function restorePlan(stored: StoredPlan, intervalOf: (nodeId: string) => number): Plan {
  const queueMap = createTable(null)
  for (const { node_id, compute_key, topic } of stored.nodes) {
    if (topic !== null) queueMap[partitionKeyOf(node_id, intervalOf(node_id), 0, compute_key)] = topic
  }
  return { ...stored, queue_map: queueMap }
}

/** The sentinel of a strategy's version. */
function sentinelIdOf(strategyId: string): string {
  return `${strategyId}-sentinel`
}
