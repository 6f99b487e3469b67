import { Type, type Static } from 'typebox'
import { closed, instantSchema, runIdSchema } from '../json/schemas.ts'
import { executionDomainSchema } from '../identity/compute-context.ts'

export const applyPhases = ['requested', 'freeze', 'switch', 'unfreeze', 'completed', 'rolled_back'] as const
export type ApplyPhase = (typeof applyPhases)[number]

const strategyIds = Type.Array(Type.String({ minLength: 1 }), { maxItems: 10_000 })

export const applyRequestSchema = Type.Object(
  {
    run_id: runIdSchema,
    /** Target by hand; without it the latest evaluation decides. */
    plan: Type.Optional(
      Type.Object({ activate: Type.Optional(strategyIds), deactivate: Type.Optional(strategyIds) }, closed),
    ),
    /** Domain that the world switches to; `dryrun` (paper) unless given. `live` needs a world that allows it. */
    domain: Type.Optional(executionDomainSchema),
    /** Snapshot that the world moves to; evidence of the one before is then stale. The world's own unless given. */
    as_of: Type.Optional(instantSchema),
  },
  closed,
)
export type ApplyRequest = Readonly<Static<typeof applyRequestSchema>>

export const applyAckSchema = Type.Object(
  {
    ok: Type.Boolean(),
    world_id: Type.String(),
    run_id: Type.String(),
    phase: Type.Enum(applyPhases),
    /** Strategies active after the switch, sorted. */
    active: Type.Array(Type.String()),
    stages: Type.Array(Type.Object({ stage: Type.Enum(applyPhases), ts: instantSchema }, closed)),
    reason: Type.Optional(Type.String()),
  },
  closed,
)
export type ApplyAck = Readonly<Static<typeof applyAckSchema>>
