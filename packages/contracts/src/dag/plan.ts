import { Type, type Static } from 'typebox'
import { closed, instantSchema, nullableTextSchema } from '../json/schemas.ts'
import { computeContextSchema } from '../identity/compute-context.ts'

export const nodeDecisions = ['reuse', 'reuse_buffer', 'new_binding', 'create'] as const
/**
 * What a plan does with a node. `reuse`: the node runs in this compute context already. `reuse_buffer`: the same, but its
 * schema moved within its compatibility and the node re-buffers `lag` bars. `new_binding`: known, but not in this context.
 * `create`: not known at all.
 */
export type NodeDecision = (typeof nodeDecisions)[number]

export const plannedNodeSchema = Type.Object(
  {
    node_id: Type.String(),
    node_type: Type.String(),
    compute_key: Type.String(),
    decision: Type.Enum(nodeDecisions),
    /** Queue the node's values go to; null for a tag query, which only reads. */
    topic: nullableTextSchema,
    /** Bars to buffer before values count again; only with `reuse_buffer`. */
    lag: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  closed,
)
export type PlannedNode = Readonly<Static<typeof plannedNodeSchema>>

/** An immutable, numbered plan: what became of each node of a submission, in topological order. */
export const planSchema = Type.Object(
  {
    /** From 1 per strategy; 0 for a dry run. */
    plan_number: Type.Integer({ minimum: 0 }),
    strategy_id: Type.String(),
    version: Type.String(),
    context: computeContextSchema,
    nodes: Type.Array(plannedNodeSchema),
    /** Nodes whose compute key was bound before. */
    reused: Type.Integer({ minimum: 0 }),
    /** Nodes bound for the first time in this context. */
    created: Type.Integer({ minimum: 0 }),
    buffered: Type.Integer({ minimum: 0 }),
    /** Partition key → topic. */
    queue_map: Type.Record(Type.String(), Type.String()),
    sentinel_id: nullableTextSchema,
    crc32: Type.Integer({ minimum: 0 }),
    created_at: instantSchema,
  },
  closed,
)
export type Plan = Readonly<Static<typeof planSchema>>

export const queueSchema = Type.Object({ queue: Type.String(), global: Type.Boolean() }, closed)
export type Queue = Readonly<Static<typeof queueSchema>>
