import type { GraphChanges, KnownGraph, KnownPlans } from '../graph/graph-draft.ts'
import { restorePlan, type StoredPlan } from '../graph/plan-document.ts'
import type { KnownBinding, KnownNode, NodeRow, QueueRow } from '../graph/records.ts'

export const emptyGraph: KnownGraph = {
  lastPosition: 0,
  nodes: new Map(),
  bindings: new Map(),
  topics: new Map(),
  plans: new Map(),
}

/** The graph as a store would know it after the changes: the model that planning is tested against. */
export function foldChanges(graph: KnownGraph, changes: GraphChanges): KnownGraph {
  const nodes = new Map(graph.nodes)
  for (const row of changes.nodes) nodes.set(row.node_id, knownNodeOf(row))
  for (const node of changes.changedNodes) nodes.set(node.node_id, node)
  const bindings = new Map(graph.bindings)
  for (const row of [...changes.queues, ...changes.retaggedQueues]) bindings.set(row.compute_key, knownBindingOf(row))
  const idByPosition = new Map(Array.from(nodes.values(), ({ position, node_id }) => [position, node_id]))
  const topics = new Map(graph.topics)
  for (const { topic, node_position } of changes.queues) {
    if (topic !== null) topics.set(topic.toLowerCase(), { topic, nodeId: idByPosition.get(node_position) ?? '' })
  }
  const plans = new Map(graph.plans)
  for (const row of changes.plans) {
    const { byContext } = plans.get(row.strategy_id) ?? { byContext: new Map() }
    const stored = JSON.parse(row.document) as StoredPlan
    const intervals = new Map(Array.from(bindings.values(), ({ compute_key, interval }) => [compute_key, interval]))
    const keys = new Map(stored.nodes.map(({ node_id, compute_key }) => [node_id, compute_key]))
    const plan = restorePlan(stored, (nodeId) => intervals.get(keys.get(nodeId) ?? '') ?? 0)
    const known: KnownPlans = {
      latest: row.plan_number,
      byContext: new Map([...byContext, [row.context_key, { plan }]]),
    }
    plans.set(row.strategy_id, known)
  }
  return { lastPosition: graph.lastPosition + changes.nodes.length, nodes, bindings, topics, plans }
}

function knownNodeOf({ position, node_id, code_hash, schema_hash, tags, buffering_since_ms }: NodeRow): KnownNode {
  return { position, node_id, code_hash, schema_hash, tags, buffering_since_ms }
}

function knownBindingOf(row: QueueRow | KnownBinding): KnownBinding {
  const { node_position, compute_key, topic, interval, tags, world_id, execution_domain, as_of, partition } = row
  return { node_position, compute_key, topic, interval, tags, world_id, execution_domain, as_of, partition }
}
