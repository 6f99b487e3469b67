import type { ComputeContext, DagNode, NodeDecision, Plan } from '@qmtl/contracts'

/**
 * The rows of the graph, as they are stored; JSON stands as text, times are epoch milliseconds UTC. What nothing looks for
 * or decides by is one JSON text of its row: a commit costs by the values it binds and the pages it fills.
 */

/** One node of the Global Strategy Graph. Append-only but for `buffering_since_ms`; tags are those of its queues. */
export interface NodeRow {
  /** Counts up from 1 as nodes are added. */
  readonly position: number
  readonly node_id: string
  readonly node_type: string
  /** Bar interval in seconds, 0 for none. */
  readonly interval: number
  /** Bars of each input that the node needs. */
  readonly period: number
  readonly schema_hash: string
  readonly code_hash: string
  /** JSON of `NodeContent`. */
  readonly content: string
  readonly created_at_ms: number
  /** Since when the node re-buffers because its schema moved within its compatibility. */
  readonly buffering_since_ms: number | null
}

/** The rest of a node, as it came first. */
export type NodeContent = Pick<DagNode, 'kind' | 'params' | 'dependencies' | 'schema_compat_id' | 'config_hash'>

/** What a topic carries, and so how long its messages are kept. */
export type TopicType = 'raw' | 'indicator' | 'intent'

/** The binding of one compute key: where a node's values go in one compute context. A tag query has no topic. */
export interface QueueRow {
  /** Counts up from 1 as queues are added. */
  readonly position: number
  readonly node_position: number
  readonly compute_key: string
  /** Unique in lower case: two topics never differ in case alone. */
  readonly topic: string | null
  /** JSON of `QueueContext`; equal contexts are equal texts. */
  readonly context: string
  /** JSON of `QueueSettings`; null without a topic. */
  readonly settings: string | null
  /** JSON array of tags, sorted, each once: by them tag queries find the queue. */
  readonly tags: string
  readonly created_at_ms: number
}

/** The parts of a compute context that a compute key covers. */
export type QueueContext = Pick<ComputeContext, 'world_id' | 'execution_domain' | 'as_of' | 'partition'>

/** How the messages of a topic are kept. */
export interface QueueSettings {
  readonly topic_type: TopicType
  readonly retention_ms: number
  /** Version label of the DAG that came first. */
  readonly version: string
}

/** An immutable plan. */
export interface PlanRow {
  readonly strategy_id: string
  readonly plan_number: number
  readonly context_key: string
  /** JSON of `StoredPlan`. */
  readonly document: string
  readonly created_at_ms: number
}

/** A plan without what the rows of its nodes and queues say. */
export type StoredPlan = PlanHead & {
  /** In topological order. */
  readonly nodes: readonly StoredPlanNode[]
}

/** A plan without its nodes. */
export type PlanHead = Omit<Plan, 'nodes' | 'queue_map'>

/** What a plan does with a node: the position of its queue, and the decision. */
export type StoredPlanNode = readonly [queuePosition: number, decision: NodeDecision]

/** A version of a strategy; its nodes stand in its plans. */
export interface SentinelRow {
  readonly sentinel_id: string
  readonly strategy_id: string
  readonly version: string
  readonly world_id: string | null
  /** Share of traffic, 0 to 1. */
  readonly traffic_weight: number
  readonly created_at_ms: number
}

/** Members of a node's row that a decision reads. */
export type KnownNode = Pick<NodeRow, 'position' | 'node_id' | 'code_hash' | 'schema_hash' | 'buffering_since_ms'>

/** Members of a queue's row that a decision reads. */
export type KnownBinding = Pick<QueueRow, 'position' | 'compute_key' | 'topic' | 'context' | 'tags'>
