import { Type, type Static } from 'typebox'
import { closed, instantSchema, nullableTextSchema } from '../json/schemas.ts'
import { effectiveModeSchema } from '../identity/compute-context.ts'

/** What a world grants right now, with the reasons. `execution_domain` is never part of it: `domainOfMode` gives it. */
export const decisionEnvelopeSchema = Type.Object(
  {
    world_id: Type.String(),
    /** 0 while the world has no policy. */
    policy_version: Type.Integer({ minimum: 0 }),
    effective_mode: effectiveModeSchema,
    /** Tokens joined by ` & `. */
    reason: Type.String(),
    as_of: instantSchema,
    dataset_fingerprint: nullableTextSchema,
    /** How long the decision may be used, such as `300s`. */
    ttl: Type.String({ pattern: '^\\d+s$' }),
    etag: Type.String(),
  },
  closed,
)
export type DecisionEnvelope = Readonly<Static<typeof decisionEnvelopeSchema>>
