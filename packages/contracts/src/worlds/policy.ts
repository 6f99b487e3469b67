import { Type, type Static } from 'typebox'
import { closed, instantSchema } from '../json/schemas.ts'

const threshold = Type.Object(
  { min: Type.Optional(Type.Number()), max: Type.Optional(Type.Number()) },
  { ...closed, minProperties: 1 },
)
const expression = Type.String({
  minLength: 1,
  maxLength: 2000,
  description: 'CEL expression over statistics by short name',
})

/** A gate: a CEL expression, or a nested `and` / `or` of gates; `name` titles it in verdicts. */
export const gateTreeSchema = Type.Cyclic(
  {
    Gate: Type.Union([
      expression,
      Type.Object({ name: Type.Optional(Type.String({ maxLength: 100 })), when: expression }, closed),
      Type.Object(
        { name: Type.Optional(Type.String({ maxLength: 100 })), and: Type.Array(Type.Ref('Gate'), { minItems: 1 }) },
        closed,
      ),
      Type.Object(
        { name: Type.Optional(Type.String({ maxLength: 100 })), or: Type.Array(Type.Ref('Gate'), { minItems: 1 }) },
        closed,
      ),
    ]),
  },
  'Gate',
)
export type GateTree =
  | string
  | { readonly name?: string; readonly when: string }
  | { readonly name?: string; readonly and: readonly GateTree[] }
  | { readonly name?: string; readonly or: readonly GateTree[] }

/**
 * A world's rule of promotion. Thresholds and gates must all pass; survivors are ranked by `score` (or `top_k.metric`) and
 * the best `top_k.k` are chosen. `max_drawdown` is compared as a positive magnitude.
 */
export const policySchema = Type.Object(
  {
    thresholds: Type.Optional(Type.Record(Type.String(), threshold)),
    gates: Type.Optional(Type.Array(gateTreeSchema, { maxItems: 100 })),
    score: Type.Optional(expression),
    top_k: Type.Optional(
      Type.Object({ k: Type.Integer({ minimum: 1, maximum: 10_000 }), metric: Type.Optional(Type.String()) }, closed),
    ),
    /** A strategy in the active set stays while its ranking metric is at least `exit`; another enters from `enter` on. */
    hysteresis: Type.Optional(
      Type.Object({ metric: Type.String(), enter: Type.Number(), exit: Type.Number() }, closed),
    ),
    data_currency: Type.Optional(
      Type.Object({ min_history: Type.Optional(Type.String({ pattern: '^\\d+(ms|s|m|h|d)$' })) }, closed),
    ),
  },
  closed,
)
export type Policy = Readonly<Static<typeof policySchema>>

export const policyVersionSchema = Type.Object(
  {
    world_id: Type.String(),
    version: Type.Integer({ minimum: 1 }),
    policy: policySchema,
    checksum: Type.String(),
    status: Type.Enum(['DRAFT', 'ACTIVE', 'DEPRECATED']),
    created_by: Type.String(),
    created_at: instantSchema,
  },
  closed,
)
export type PolicyVersion = Readonly<Static<typeof policyVersionSchema>>
