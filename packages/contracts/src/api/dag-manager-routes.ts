import { Type } from 'typebox'
import { closed } from '../json/schemas.ts'
import { computeContextSchema, executionDomainSchema } from '../identity/compute-context.ts'
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

/** What every tag lookup names: a comma list of tags, the bar interval in seconds, `any` (default) or `all` of the tags. */
export const tagSelection = {
  tags: Type.String({ minLength: 1, maxLength: 5_000 }),
  interval: Type.Integer({ minimum: 1 }),
  match_mode: Type.Optional(Type.Enum(['any', 'all'])),
} as const

const contextPart = Type.Optional(Type.String({ maxLength: 200 }))
/**
 * Query of a tag lookup in one compute context, that of a submission: a member that is absent is none, never any. `backtest`
 * and `dryrun` without `as_of` are `backtest`, as the safe-mode rule says.
 */
export const tagQuerySchema = Type.Object(
  {
    ...tagSelection,
    world_id: contextPart,
    execution_domain: executionDomainSchema,
    as_of: contextPart,
    partition: contextPart,
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
    summary: 'Queues of one compute context by tags and interval, sorted by name',
    role: 'service',
    query: tagQuerySchema,
    response: tagQueryReplySchema,
    errors: [],
  }),
} as const
