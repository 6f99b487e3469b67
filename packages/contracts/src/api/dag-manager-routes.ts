import { Type } from 'typebox'
import { closed } from '../json/schemas.ts'
import { computeContextSchema } from '../identity/compute-context.ts'
import { dagSchema } from '../dag/dag.ts'
import { planSchema, queueSchema } from '../dag/plan.ts'
import { defineRoute } from './route.ts'

const diffBody = Type.Object(
  { strategy_id: Type.String({ minLength: 1 }), dag: dagSchema, context: computeContextSchema },
  closed,
)
const diffErrors = [
  'E_INVALID_DAG',
  'E_TOO_LARGE',
  'E_UNKNOWN_NODE',
  'E_DAG_CYCLE',
  'E_CROSS_CONTEXT',
  'E_TOPIC_COLLISION',
  'E_GRAPH_CORRUPT',
] as const

/** Query of a tag lookup: a comma list of tags, the bar interval in seconds, `any` (default) or `all`. */
export const tagQuerySchema = Type.Object(
  {
    tags: Type.String({ minLength: 1 }),
    interval: Type.Integer({ minimum: 1 }),
    match_mode: Type.Optional(Type.Enum(['any', 'all'])),
    world_id: Type.Optional(Type.String()),
    execution_domain: Type.Optional(Type.String()),
  },
  closed,
)
export const tagQueryReplySchema = Type.Object({ queues: Type.Array(queueSchema) }, closed)

/** The DAG Manager's interface; only services call it. */
export const dagManagerRoutes = {
  diff: defineRoute({
    method: 'POST',
    path: '/v1/diff',
    summary:
      'Turns a DAG into an immutable plan, in one transaction; repeated for a planned strategy and context it returns that plan',
    role: 'service',
    body: diffBody,
    response: planSchema,
    errors: diffErrors,
  }),
  plan: defineRoute({
    method: 'POST',
    path: '/v1/diff/plan',
    summary: 'The plan that a diff would make; nothing is written',
    role: 'service',
    body: diffBody,
    response: planSchema,
    errors: diffErrors,
  }),
  getPlan: defineRoute({
    method: 'GET',
    path: '/v1/plans/:strategy_id',
    summary: 'The latest plan of a strategy',
    role: 'service',
    params: Type.Object({ strategy_id: Type.String() }, closed),
    response: planSchema,
    errors: ['E_UNKNOWN_STRATEGY'],
  }),
  queuesByTag: defineRoute({
    method: 'GET',
    path: '/v1/queues',
    summary: 'Queues by tags and interval, sorted by name',
    role: 'service',
    query: tagQuerySchema,
    response: tagQueryReplySchema,
    errors: [],
  }),
} as const
