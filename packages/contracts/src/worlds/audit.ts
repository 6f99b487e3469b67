import { Type, type Static } from 'typebox'
import { closed, instantSchema, jsonObjectSchema } from '../json/schemas.ts'

/** One line of a world's append-only audit. */
export const auditEntrySchema = Type.Object(
  {
    seq: Type.Integer({ minimum: 1 }),
    world_id: Type.String(),
    actor: Type.String(),
    event: Type.String(),
    correlation_id: Type.String(),
    ts: instantSchema,
    data: jsonObjectSchema,
  },
  closed,
)
export type AuditEntry = Readonly<Static<typeof auditEntrySchema>>
