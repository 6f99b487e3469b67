import { Type, type Static } from 'typebox'
import { closed, instantSchema, jsonObjectSchema, strategyIdSchema, worldIdSchema } from '../json/schemas.ts'
import { downgradeReasons } from '../identity/compute-context.ts'
import { planSchema } from '../dag/plan.ts'
import { fillSchema } from '../orders/fill.ts'
import { orderRequestSchema, orderSchema } from '../orders/order.ts'
import { explanationSchema } from '../worlds/explanation.ts'
import { tagQueryReplySchema, tagSelection } from './dag-manager-routes.ts'
import { defineRoute } from './route.ts'

/**
 * A submission before `normalise`: `dag`, or an earlier client's `dag_json` (raw or base64 text). Both are checked against
 * the DAG's own rules, whose codes say more than a schema can.
 */
export const submissionSchema = Type.Object(
  {
    dag: Type.Optional(Type.Unknown()),
    dag_json: Type.Optional(Type.String()),
    world_ids: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
    /** Earlier clients' single form of `world_ids`. */
    world_id: Type.Optional(Type.String()),
    /** Free hints: `as_of`, `partition`, `execution_domain`, `dataset_fingerprint` and whatever else. */
    meta: Type.Optional(jsonObjectSchema),
    node_ids_crc32: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffffffff })),
  },
  closed,
)
export type Submission = Readonly<Static<typeof submissionSchema>>

const contextFlags = {
  downgraded: Type.Boolean(),
  downgrade_reason: Type.Union([Type.Enum(downgradeReasons), Type.Null()]),
  safe_mode: Type.Boolean(),
  warnings: Type.Array(Type.String()),
}

export const submissionReplySchema = Type.Object(
  {
    strategy_id: Type.String(),
    status: Type.Enum(['queued']),
    dag_hash: Type.String(),
    node_ids_crc32: Type.Integer(),
    ...contextFlags,
  },
  closed,
)
export type SubmissionReply = Readonly<Static<typeof submissionReplySchema>>

export const strategyStates = ['queued', 'processing', 'completed', 'failed'] as const
export type StrategyState = (typeof strategyStates)[number]

/** Why work has failed: after so many tries, and when the next one is; null when there is none. */
const workFailure = {
  code: Type.String(),
  message: Type.String(),
  attempts: Type.Integer({ minimum: 1 }),
  retry_at: Type.Union([instantSchema, Type.Null()]),
}

/** The flags are those of the plan's context, and the plan is that in the first world. */
export const strategyStatusSchema = Type.Object(
  {
    strategy_id: Type.String(),
    name: Type.String(),
    version: Type.String(),
    dag_hash: Type.String(),
    world_ids: Type.Array(Type.String()),
    status: Type.Enum(strategyStates),
    submitted_at: instantSchema,
    ...contextFlags,
    plan: Type.Union([planSchema, Type.Null()]),
    error: Type.Union([Type.Object(workFailure, closed), Type.Null()]),
    /** Worlds that have failed to take the strategy or its plan; one that never will is not in `world_ids` any more. */
    world_errors: Type.Array(Type.Object({ world_id: worldIdSchema, ...workFailure }, closed)),
  },
  closed,
)
export type StrategyStatus = Readonly<Static<typeof strategyStatusSchema>>

const submitErrors = [
  'E_INVALID_DAG',
  'E_SCHEMA_INVALID',
  'E_NODE_ID_FIELDS',
  'E_SCHEMA_COMPAT_MISMATCH',
  'E_CHECKSUM_MISMATCH',
  'E_NODE_ID_MISMATCH',
  'E_UNKNOWN_NODE',
  'E_DAG_CYCLE',
  'E_DELAYED_INPUT',
  'E_WORLD_IDS_REQUIRED',
  'E_UNKNOWN_WORLD',
] as const

const page = {
  after: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
}
/** Position of the last entry given (or the one asked after): where to read on. An empty page is the end for now. */
const next = { next_after: Type.Integer({ minimum: 0 }) }
const ofStrategy = Type.Object({ strategy_id: strategyIdSchema }, closed)

export const streamTopics = ['queue', 'activation', 'policy', 'orders', 'strategy'] as const
export type StreamTopic = (typeof streamTopics)[number]

export const subscriptionSchema = Type.Object(
  {
    world_id: worldIdSchema,
    strategy_id: Type.Optional(strategyIdSchema),
    topics: Type.Array(Type.String(), { minItems: 1 }),
  },
  closed,
)

export const subscriptionReplySchema = Type.Object(
  {
    stream_url: Type.String(),
    fallback_url: Type.String(),
    token: Type.String(),
    topics: Type.Array(Type.Enum(streamTopics)),
    expires_at: instantSchema,
  },
  closed,
)

const hint = Type.Optional(Type.String({ maxLength: 200 }))
/**
 * Query of a tag lookup in a world, and in the partition named, if any. Domain and `as_of` are hints as those of a
 * submission: they count where the world has no decision.
 */
export const worldTagQuerySchema = Type.Object(
  { ...tagSelection, world_id: worldIdSchema, execution_domain: hint, as_of: hint, partition: hint },
  closed,
)
export type WorldTagQuery = Readonly<Static<typeof worldTagQuerySchema>>

/** The Gateway's own routes; beside them it serves those of WorldService under the same paths. */
export const gatewayRoutes = {
  submit: defineRoute({
    method: 'POST',
    path: '/strategies',
    summary: 'Accepts a DAG into the durable submission log; the status route and the stream give the plan',
    role: 'operator',
    body: submissionSchema,
    status: 202,
    response: submissionReplySchema,
    errors: [...submitErrors, 'E_DUPLICATE', 'E_SUBMISSION_LOG'],
  }),
  dryRun: defineRoute({
    method: 'POST',
    path: '/strategies/dry-run',
    summary: 'The checks and the plan of a submission; nothing is kept',
    role: 'reader',
    body: submissionSchema,
    response: Type.Object(
      {
        strategy_id: Type.Literal('dryrun'),
        dag_hash: Type.String(),
        node_ids_crc32: Type.Integer(),
        ...contextFlags,
        plan: planSchema,
      },
      closed,
    ),
    errors: [...submitErrors, 'E_DAGMANAGER_UNAVAILABLE'],
  }),
  listStrategies: defineRoute({
    method: 'GET',
    path: '/strategies',
    summary: 'Submitted strategies, oldest first, without their plans',
    role: 'reader',
    query: Type.Object({ world_id: Type.Optional(worldIdSchema), ...page }, closed),
    response: Type.Object({ strategies: Type.Array(strategyStatusSchema), ...next }, closed),
    errors: [],
  }),
  status: defineRoute({
    method: 'GET',
    path: '/strategies/:strategy_id/status',
    summary: 'Where a submission stands, with its plan once there is one; `wait_ms` waits for the end of the work',
    role: 'reader',
    params: ofStrategy,
    query: Type.Object({ wait_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000 })) }, closed),
    response: strategyStatusSchema,
    errors: ['E_UNKNOWN_STRATEGY'],
  }),
  explain: defineRoute({
    method: 'GET',
    path: '/strategies/:strategy_id/explain',
    summary: 'Why a strategy is, or is not, trading in a world: every gate in order, the first closed one named',
    role: 'reader',
    params: ofStrategy,
    query: Type.Object({ world_id: Type.Optional(worldIdSchema) }, closed),
    response: explanationSchema,
    errors: ['E_UNKNOWN_STRATEGY', 'E_UNKNOWN_WORLD'],
  }),
  queuesByTag: defineRoute({
    method: 'GET',
    path: '/queues/by_tag',
    summary:
      "Queues by tags and interval, sorted by name, in the domain and snapshot of the world's decision; hints count where there is none",
    role: 'reader',
    query: worldTagQuerySchema,
    response: tagQueryReplySchema,
    errors: ['E_UNKNOWN_WORLD', 'E_DAGMANAGER_UNAVAILABLE'],
  }),
  placeOrder: defineRoute({
    method: 'POST',
    path: '/orders',
    summary: 'Checks an order and records it before the answer; the same client_order_id never places a second one',
    role: 'operator',
    body: orderRequestSchema,
    status: 202,
    response: orderSchema,
    errors: [
      'E_ORDER_BLOCKED',
      'E_STALE_EPOCH',
      'E_ORDER_REUSED',
      'E_ORDER_LIMIT',
      'E_UNKNOWN_WORLD',
      'E_UNKNOWN_STRATEGY',
    ],
  }),
  listOrders: defineRoute({
    method: 'GET',
    path: '/orders',
    summary: 'Orders of a world, oldest first',
    role: 'reader',
    query: Type.Object(
      {
        world_id: worldIdSchema,
        strategy_id: Type.Optional(strategyIdSchema),
        open: Type.Optional(Type.Boolean()),
        ...page,
      },
      closed,
    ),
    response: Type.Object({ orders: Type.Array(orderSchema), ...next }, closed),
    errors: [],
  }),
  listFills: defineRoute({
    method: 'GET',
    path: '/fills',
    summary: 'Fills of a world, oldest first; books are folds of them',
    role: 'reader',
    query: Type.Object({ world_id: worldIdSchema, strategy_id: Type.Optional(strategyIdSchema), ...page }, closed),
    response: Type.Object({ fills: Type.Array(fillSchema), ...next }, closed),
    errors: [],
  }),
  subscribe: defineRoute({
    method: 'POST',
    path: '/events/subscribe',
    summary: 'A ticket for the event stream, scoped to a world and, if given, one strategy',
    role: 'reader',
    body: subscriptionSchema,
    response: subscriptionReplySchema,
    errors: ['E_TOPICS', 'E_UNKNOWN_WORLD'],
  }),
  jwks: defineRoute({
    method: 'GET',
    path: '/events/jwks',
    summary: 'Public keys that stream tickets are signed with',
    role: 'public',
    response: Type.Object({ keys: Type.Array(jsonObjectSchema) }, closed),
    errors: [],
  }),
} as const
