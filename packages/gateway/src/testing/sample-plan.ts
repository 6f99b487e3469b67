import { computeContextOf, computeKeysIn, partitionKeyOf, type Dag, type Plan, type PlannedNode } from '@qmtl/contracts'

/** A plan of a DAG in the backtests of world `w1`: the first node is reused, the second buffered, the last has no topic. */
export function samplePlan(dag: Dag): Plan {
  const context = computeContextOf({ world_id: 'w1', execution_domain: 'backtest', as_of: '2024-01-01T00:00:00Z' })
  const computeKeyOf = computeKeysIn(context)
  const queueMap: Record<string, string> = {}
  const nodes = dag.nodes.map(({ node_id, node_type, interval = 0, period = 0 }, index): PlannedNode => {
    const compute_key = computeKeyOf(node_id)
    const topic = index === dag.nodes.length - 1 ? null : `w1.backtest.topic_${index}`
    if (topic !== null) queueMap[partitionKeyOf(node_id, interval, 0, compute_key)] = topic
    const planned = { node_id, node_type, compute_key, topic }
    if (index === 1) return { ...planned, decision: 'reuse_buffer', lag: period ?? 0 }
    return { ...planned, decision: index === 0 ? 'reuse' : 'create' }
  })
  const created = nodes.filter(({ decision }) => decision === 'create').length
  return {
    ...{ plan_number: 1, strategy_id: 's1', version: 'v1', context, nodes },
    ...{ reused: nodes.length - created, created, buffered: 1 },
    ...{ queue_map: queueMap, sentinel_id: null, crc32: 0, created_at: '2024-01-01T00:00:00Z' },
  }
}
