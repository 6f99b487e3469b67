import type { ExecutionDomain, NodeKind } from '@qmtl/contracts'

/** The rows of the graph, as they are stored; JSON stands as text, times are epoch milliseconds UTC. */

/** One node of the Global Strategy Graph. Append-only but for `tags` (a growing set) and `buffering_since_ms`. */
export interface NodeRow {
  /** Counts up from 1 as nodes are added. */
  readonly position: number
  readonly node_id: string
  readonly node_type: string
  readonly kind: NodeKind
  /** Bar interval in seconds, 0 for none. */
  readonly interval: number
  /** Bars of each input that the node needs. */
  readonly period: number
  /** JSON of the parameters as they came first. */
  readonly params: string
  /** JSON array of the ids this node depends on. */
  readonly dependencies: string
  readonly schema_compat_id: string
  readonly schema_hash: string
  readonly config_hash: string
  readonly code_hash: string
  /** JSON array of tags, sorted, each once. */
  readonly tags: string
  readonly created_at_ms: number
  /** Since when the node re-buffers because its schema moved within its compatibility. */
  readonly buffering_since_ms: number | null
}

/** What a topic carries, and so how long its messages are kept. */
export type TopicType = 'raw' | 'indicator' | 'intent'

/**
 * The binding of one compute key: where a node's values go in one compute context. A tag query has no topic. Queues are kept
 * by the position of their node, so that new ones lie side by side: kept by their random keys, each would cost a commit a page.
 */
export interface QueueRow {
  readonly node_position: number
  readonly compute_key: string
  /** Unique in lower case: two topics never differ in case alone. */
  readonly topic: string | null
  readonly topic_type: TopicType | null
  readonly retention_ms: number | null
  readonly interval: number
  /** JSON array of tags, sorted, each once: by them tag queries find the queue. */
  readonly tags: string
  readonly version: string
  readonly world_id: string | null
  readonly execution_domain: ExecutionDomain
  readonly as_of: string | null
  readonly partition: string | null
  readonly created_at_ms: number
}

/** An immutable plan; `document` is the JSON text of the wire's plan without `queue_map`, which repeats its nodes' topics. */
export interface PlanRow {
  readonly strategy_id: string
  readonly plan_number: number
  readonly context_key: string
  readonly crc32: number
  readonly document: string
  readonly created_at_ms: number
}

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
export type KnownNode = Pick<
  NodeRow,
  'position' | 'node_id' | 'code_hash' | 'schema_hash' | 'tags' | 'buffering_since_ms'
>

/** Members of a queue's row that a decision reads. */
export type KnownBinding = Pick<
  QueueRow,
  | 'node_position'
  | 'compute_key'
  | 'topic'
  | 'interval'
  | 'tags'
  | 'world_id'
  | 'execution_domain'
  | 'as_of'
  | 'partition'
>
