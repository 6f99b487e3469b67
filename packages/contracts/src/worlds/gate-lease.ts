import { Type, type Static } from 'typebox'
import { activationStateSchema } from './activation.ts'
import { closed } from '../json/schemas.ts'
import { executionDomainSchema } from '../identity/compute-context.ts'

/** How long a gate may stay open on one lease, counted on its monotonic clock from the moment it asked. */
export const gateLeaseMs = 3_000
/** How often a gate asks again. */
export const gateRenewMs = 1_000

/** An order gate's lease of a world: the committed state it may act on. Granted only while the world is not frozen. */
export const gateLeaseSchema = Type.Object(
  {
    world_id: Type.String(),
    gate_id: Type.String(),
    granted: Type.Boolean(),
    /** Why it was not granted. */
    reason: Type.Union([Type.String(), Type.Null()]),
    epoch: Type.Integer({ minimum: 0 }),
    domain: executionDomainSchema,
    activation: activationStateSchema,
    lease_ms: Type.Integer({ minimum: 0 }),
  },
  closed,
)
export type GateLease = Readonly<Static<typeof gateLeaseSchema>>

export const gateAckSchema = Type.Object(
  {
    /** The epoch under which the gate stopped; orders of older ones no longer pass it. */
    epoch: Type.Integer({ minimum: 0 }),
    /** Orders that had left before and whose answer was still due. */
    in_flight: Type.Array(Type.String(), { maxItems: 10_000 }),
  },
  closed,
)
export type GateAck = Readonly<Static<typeof gateAckSchema>>

/** What `freeze` promises in its answer: from here on nothing is written to a venue; `in_flight` is what was before. */
export const freezeResultSchema = Type.Object(
  {
    world_id: Type.String(),
    epoch: Type.Integer({ minimum: 0 }),
    frozen: Type.Boolean(),
    gates: Type.Array(Type.Object({ gate_id: Type.String(), outcome: Type.Enum(['acknowledged', 'expired']) }, closed)),
    in_flight: Type.Array(Type.String()),
    took_ms: Type.Number({ minimum: 0 }),
  },
  closed,
)
export type FreezeResult = Readonly<Static<typeof freezeResultSchema>>
