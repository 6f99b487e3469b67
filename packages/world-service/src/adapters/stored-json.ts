import {
  activationEntrySchema,
  applyPhases,
  evidenceSeriesSchema,
  executionDomainSchema,
  jsonObjectSchema,
  policyVersionSchema,
  QmtlError,
  sideSchema,
  worldSchema,
} from '@qmtl/contracts'
import { Type, type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

const runSchema = Type.Object({
  world_id: Type.String(),
  run_id: Type.String(),
  request_hash: Type.String(),
  domain: executionDomainSchema,
  as_of: Type.Optional(Type.String()),
  target: Type.Array(Type.Object({ strategy_id: Type.String(), sides: Type.Array(sideSchema) })),
  previous: Type.Array(Type.String()),
  stages: Type.Array(Type.Object({ stage: Type.Enum(applyPhases), ts: Type.String() })),
})

const applyStateSchema = Type.Union([
  Type.Object({ phase: Type.Enum(['requested', 'switch', 'unfreeze', 'completed'] as const), run: runSchema }),
  Type.Object({ phase: Type.Literal('freeze'), run: runSchema, frozen_epoch: Type.Integer() }),
  Type.Object({ phase: Type.Literal('rolled_back'), run: runSchema, reason: Type.String() }),
])

const evidenceRecordSchema = Type.Union([
  Type.Object({ kind: Type.Literal('series'), as_of: Type.String(), series: evidenceSeriesSchema }),
  Type.Object({ kind: Type.Literal('unavailable'), as_of: Type.String(), reason: Type.String() }),
])

/** Readers of the documents in the tables: a row that does not fit its schema ends the work with `E_INTERNAL`. */
export const storedJson = {
  world: reader('world', worldSchema),
  decisions: reader('decisions', Type.Array(Type.String())),
  policy: reader('policy_version', policyVersionSchema),
  entry: reader('activation', activationEntrySchema),
  evidence: reader('evidence', evidenceRecordSchema),
  apply: reader('apply_run', applyStateSchema),
  auditData: reader('audit', jsonObjectSchema),
}

function reader<Schema extends TSchema>(table: string, schema: Schema): (text: string) => Static<Schema> {
  const validator = Compile(schema)
  return (text) => {
    const value: unknown = JSON.parse(text)
    if (validator.Check(value)) return value
    const [first] = validator.Errors(value)
    const place = `${first?.instancePath ?? ''} ${first?.message ?? ''}`
    throw new QmtlError('E_INTERNAL', `a row of ${table} does not fit its schema: ${place}`)
  }
}
