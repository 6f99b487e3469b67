import {
  computeKeysIn,
  partitionKeyOf,
  type Dag,
  type NodeDecision,
  type Plan,
  type PlannedNode,
} from '@qmtl/contracts'
import { storedJson } from '../database/stored-json.ts'

/** A plan without what its DAG and its context say already: less than a third of its text. */
type StoredPlan = Omit<Plan, 'nodes' | 'queue_map'> & {
  /** In the order of the plan; `lag` where the plan gives one. */
  readonly nodes: readonly (readonly [nodeId: string, decision: NodeDecision, topic: string | null, lag?: number])[]
}

/** The text that a plan is kept as. */
export function planText(plan: Plan): string {
  const nodes = plan.nodes.map(({ node_id, decision, topic, lag }): StoredPlan['nodes'][number] =>
    lag === undefined ? [node_id, decision, topic] : [node_id, decision, topic, lag],
  )
  return JSON.stringify({ ...plan, nodes, queue_map: undefined })
}

/** The plan that was kept as this text; `dag` is the DAG that it plans. */
export function planOfText(text: string, dag: Dag): Plan {
  const { nodes: stored, ...head } = storedJson<StoredPlan>(text)
  const submitted = new Map(dag.nodes.map((node) => [node.node_id, node]))
  const computeKeyOf = computeKeysIn(head.context)
  const queueMap: Record<string, string> = {}
  const nodes = stored.map(([node_id, decision, topic, lag]): PlannedNode => {
    const { node_type = '', interval = 0 } = submitted.get(node_id) ?? {}
    const compute_key = computeKeyOf(node_id)
    if (topic !== null) queueMap[partitionKeyOf(node_id, interval, 0, compute_key)] = topic
    return { node_id, node_type, compute_key, decision, topic, ...(lag === undefined ? {} : { lag }) }
  })
  return { ...head, nodes, queue_map: queueMap }
}
