import type { GraphChanges, KnownGraph, KnownPlans } from '../graph/graph-draft.ts'
import { restorePlan } from '../graph/plan-document.ts'
import type { NodeRow, QueueRow, StoredPlan } from '../graph/records.ts'

/** A known graph of whole rows, as a store holds them. */
export interface FoldedGraph extends KnownGraph {
  readonly nodes: ReadonlyMap<string, NodeRow>
  readonly bindings: ReadonlyMap<string, QueueRow>
}

export const emptyGraph: FoldedGraph = {
  lastNode: 0,
  lastQueue: 0,
  nodes: new Map(),
  bindings: new Map(),
  topics: new Map(),
  plans: new Map(),
}

/** The graph as a store would know it after the changes: the model that planning is tested against. */
export function foldChanges(graph: FoldedGraph, changes: GraphChanges): FoldedGraph {
  const nodes = new Map(graph.nodes)
  for (const row of changes.nodes) nodes.set(row.node_id, row)
  for (const node of changes.changedNodes) update(nodes, node.node_id, node)
  const bindings = new Map(graph.bindings)
  for (const row of changes.queues) bindings.set(row.compute_key, row)
  for (const binding of changes.retaggedQueues) update(bindings, binding.compute_key, binding)
  const nodeByPosition = new Map(Array.from(nodes.values(), (row) => [row.position, row]))
  const topics = new Map(graph.topics)
  for (const { topic, node_position } of changes.queues) {
    const nodeId = nodeByPosition.get(node_position)?.node_id ?? ''
    if (topic !== null) topics.set(topic.toLowerCase(), { topic, nodeId })
  }
  const planned = new Map(
    Array.from(bindings.values(), (row) => [row.position, { ...nodeByPosition.get(row.node_position)!, ...row }]),
  )
  const plans = new Map(graph.plans)
  for (const row of changes.plans) {
    const { byContext } = plans.get(row.strategy_id) ?? { byContext: new Map() }
    const stored = JSON.parse(row.document) as StoredPlan
    const plan = restorePlan(stored, (position) => planned.get(position)!)
    const known: KnownPlans = {
      latest: row.plan_number,
      byContext: new Map([...byContext, [row.context_key, { plan }]]),
    }
    plans.set(row.strategy_id, known)
  }
  const lastNode = graph.lastNode + changes.nodes.length
  return { lastNode, lastQueue: graph.lastQueue + changes.queues.length, nodes, bindings, topics, plans }
}

function update<Row extends object>(rows: Map<string, Row>, key: string, changed: Partial<Row>): void {
  const row = rows.get(key)
  if (row) rows.set(key, { ...row, ...changed })
}
