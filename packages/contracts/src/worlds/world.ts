import { Type, type Static } from 'typebox'
import { executionDomainSchema } from '../identity/compute-context.ts'
import { closed, instantSchema, worldIdSchema } from '../json/schemas.ts'

/** Where a world's bars come from: a preset of the configuration, a pinned snapshot and the first bar that counts. */
export const worldDataSchema = Type.Object(
  {
    preset: Type.String({ minLength: 1, maxLength: 100 }),
    /** Names the snapshot: evaluation sees bars that closed until then. Moves only by an apply, never with the clock. */
    as_of: instantSchema,
    history_start: instantSchema,
  },
  closed,
)
export type WorldData = Readonly<Static<typeof worldDataSchema>>

const settings = {
  name: Type.Optional(Type.String({ maxLength: 200 })),
  description: Type.Optional(Type.String({ maxLength: 2000 })),
  owner: Type.Optional(Type.String({ maxLength: 200 })),
  labels: Type.Optional(Type.Array(Type.String({ maxLength: 100 }))),
  allow_live: Type.Optional(Type.Boolean()),
  circuit_breaker: Type.Optional(Type.Boolean()),
  /** Cash of each strategy's book when it starts to trade, in quote currency. */
  strategy_cash: Type.Optional(Type.String({ pattern: '^\\d+(\\.\\d+)?$' })),
  fee_bps: Type.Optional(Type.Number({ minimum: 0, maximum: 10_000 })),
  slippage_bps: Type.Optional(Type.Number({ minimum: 0, maximum: 10_000 })),
  /**
   * Largest notional of one order in quote currency: quantity × the dearest price that the order names. For a market order
   * that is its `reference_price`, for which its sender stands; multipliers of contracts are not counted.
   */
  max_order_notional: Type.Optional(Type.String({ pattern: '^\\d+(\\.\\d+)?$' })),
}

export const worldCreateSchema = Type.Object({ world_id: worldIdSchema, data: worldDataSchema, ...settings }, closed)
export type WorldCreate = Readonly<Static<typeof worldCreateSchema>>

export const worldUpdateSchema = Type.Object({ ...settings }, closed)
export type WorldUpdate = Readonly<Static<typeof worldUpdateSchema>>

export const worldSchema = Type.Object(
  {
    world_id: worldIdSchema,
    data: worldDataSchema,
    name: Type.String(),
    description: Type.String(),
    owner: Type.String(),
    labels: Type.Array(Type.String()),
    state: Type.Enum(['ACTIVE', 'SUSPENDED', 'DELETED']),
    allow_live: Type.Boolean(),
    circuit_breaker: Type.Boolean(),
    strategy_cash: Type.String(),
    fee_bps: Type.Number(),
    slippage_bps: Type.Number(),
    max_order_notional: Type.Union([Type.String(), Type.Null()]),
    /** 0 while the world has no policy. */
    default_policy_version: Type.Integer({ minimum: 0 }),
    /** Domain that the last apply switched to; null before the first. */
    current_domain: Type.Union([executionDomainSchema, Type.Null()]),
    /** Grows with each freeze and release; fences orders decided before it. */
    epoch: Type.Integer({ minimum: 0 }),
    frozen: Type.Boolean(),
    created_at: instantSchema,
    updated_at: instantSchema,
  },
  closed,
)
export type World = Readonly<Static<typeof worldSchema>>
