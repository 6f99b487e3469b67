import { Type, type Static } from 'typebox'
import { closed, jsonObjectSchema } from '../json/schemas.ts'

export const nodeKinds = ['source', 'operator', 'intent'] as const
/** What a node does: reads bars, computes, or states what the strategy wants. */
export type NodeKind = (typeof nodeKinds)[number]

const hash = Type.String({ minLength: 1, maxLength: 128 })

/** A node as it is submitted. The id covers type, interval, period, params, dependencies, schema and code; the rest is carried. */
export const dagNodeSchema = Type.Object(
  {
    node_id: Type.String({ minLength: 1 }),
    node_type: Type.String({ minLength: 1, maxLength: 100 }),
    kind: Type.Optional(Type.Enum(nodeKinds)),
    name: Type.Optional(Type.String({ maxLength: 200 })),
    interval: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
    period: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
    params: Type.Optional(Type.Union([jsonObjectSchema, Type.Null()])),
    dependencies: Type.Optional(Type.Array(Type.String(), { maxItems: 1_000 })),
    tags: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,100}$' }), { maxItems: 50 })),
    match_mode: Type.Optional(Type.String()),
    schema_compat_id: Type.Optional(Type.String()),
    schema_id: Type.Optional(Type.String()),
    schema_hash: hash,
    config_hash: hash,
    code_hash: hash,
    /** True where the node's values are known only later (a label): no intent may depend on it. */
    delayed: Type.Optional(Type.Boolean()),
    schema_version: Type.Optional(Type.Union([Type.String(), Type.Number()])),
  },
  closed,
)
export type DagNode = Readonly<Static<typeof dagNodeSchema>>

/** A strategy's graph as it is submitted; nodes may come in any order. */
export const dagSchema = Type.Object(
  {
    schema_version: Type.Optional(Type.Union([Type.String(), Type.Number()])),
    /** Name of the strategy. */
    name: Type.String({ pattern: '^[A-Za-z0-9_.-]{1,100}$' }),
    /** Version label of the strategy, `v1` unless given. */
    version: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9._-]{1,100}$' })),
    nodes: Type.Array(dagNodeSchema),
    meta: Type.Optional(jsonObjectSchema),
  },
  closed,
)
export type Dag = Readonly<Static<typeof dagSchema>>

/** The version label of a DAG. */
export function dagVersionOf(dag: Pick<Dag, 'version'>): string {
  return dag.version ?? 'v1'
}
