import { formatInstant, partitionKeyOf, type Plan, type PlannedNode } from '@qmtl/contracts'
import type { NodeChoice } from './choose-nodes.ts'
import type { DiffRequest } from './diff-request.ts'

/** An object without prototype is a hash table at once; growing any other by long keys takes V8 twice to four times as long. */
const createTable: (prototype: null) => Record<string, string> = Object.create

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
    queue_map: queueMap,
    sentinel_id: request.hasSentinel ? sentinelIdOf(request.strategyId) : null,
    crc32: request.crc32,
    created_at: formatInstant(nowMs),
  }
}

/** The sentinel of a strategy's version. */
function sentinelIdOf(strategyId: string): string {
  return `${strategyId}-sentinel`
}
