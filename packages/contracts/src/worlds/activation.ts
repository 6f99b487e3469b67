import { Type, type Static } from 'typebox'
import { b3 } from '../hash/hash.ts'
import { canonicalJson } from '../json/canonical-json.ts'
import { closed, instantSchema } from '../json/schemas.ts'
import { effectiveModeSchema } from '../identity/compute-context.ts'

export const sides = ['long', 'short'] as const
export type Side = (typeof sides)[number]
export const sideSchema = Type.Enum(sides)

const entryMembers = {
  active: Type.Boolean(),
  /** Share of the strategy's target that may be traded, 0 to 1. */
  weight: Type.Number({ minimum: 0, maximum: 1 }),
  /** No order at all. */
  freeze: Type.Boolean(),
  /** Only orders that reduce a position. */
  drain: Type.Boolean(),
  effective_mode: effectiveModeSchema,
  /** The apply that wrote the entry; empty outside one. */
  run_id: Type.String(),
  ts: instantSchema,
  etag: Type.String(),
}

export const activationEntrySchema = Type.Object(entryMembers, closed)
export type ActivationEntry = Readonly<Static<typeof activationEntrySchema>>

export const activationEnvelopeSchema = Type.Object(
  { world_id: Type.String(), strategy_id: Type.String(), side: sideSchema, ...entryMembers, state_hash: Type.String() },
  closed,
)
export type ActivationEnvelope = Readonly<Static<typeof activationEnvelopeSchema>>

/** A world's whole activation: strategy → side → entry. `version` grows by one with every write. */
export const activationStateSchema = Type.Object(
  {
    version: Type.Integer({ minimum: 0 }),
    state: Type.Record(
      Type.String(),
      Type.Object({ long: Type.Optional(activationEntrySchema), short: Type.Optional(activationEntrySchema) }, closed),
    ),
  },
  closed,
)
export type ActivationState = Readonly<Static<typeof activationStateSchema>>

/** Hash of an activation state, equal for consumer and owner exactly when they agree. */
export function stateHashOf(state: ActivationState): string {
  return b3(canonicalJson(state))
}

/** Etag of an activation entry: opaque, compared for equality only. */
export function activationEtag(worldId: string, strategyId: string, side: Side, version: number): string {
  return `act:${worldId}:${strategyId}:${side}:${version}`
}

export const activationPatchSchema = Type.Object(
  {
    strategy_id: Type.String({ minLength: 1 }),
    side: sideSchema,
    active: Type.Boolean(),
    weight: Type.Optional(Type.Number()),
    freeze: Type.Optional(Type.Boolean()),
    drain: Type.Optional(Type.Boolean()),
  },
  closed,
)
export type ActivationPatch = Readonly<Static<typeof activationPatchSchema>>
