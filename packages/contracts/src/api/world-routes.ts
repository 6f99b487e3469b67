import { Type } from 'typebox'
import { closed, instantSchema, worldIdSchema } from '../json/schemas.ts'
import { evidenceSeriesSchema, evidenceStages } from '../evidence/evidence.ts'
import {
  activationEnvelopeSchema,
  activationPatchSchema,
  activationStateSchema,
  sideSchema,
} from '../worlds/activation.ts'
import { applyAckSchema, applyRequestSchema } from '../worlds/apply.ts'
import { auditEntrySchema } from '../worlds/audit.ts'
import { decisionEnvelopeSchema } from '../worlds/decision.ts'
import { explanationSchema } from '../worlds/explanation.ts'
import { freezeResultSchema, gateAckSchema, gateLeaseSchema } from '../worlds/gate-lease.ts'
import { policySchema, policyVersionSchema } from '../worlds/policy.ts'
import { evaluationSchema } from '../worlds/verdict.ts'
import { worldCreateSchema, worldSchema, worldUpdateSchema } from '../worlds/world.ts'
import { defineRoute } from './route.ts'

const inWorld = Type.Object({ world_id: worldIdSchema }, closed)
const strategies = Type.Object({ strategies: Type.Array(Type.String({ minLength: 1 }), { maxItems: 10_000 }) }, closed)
const empty = Type.Object({}, closed)
const unknownWorld = ['E_UNKNOWN_WORLD'] as const

/** WorldService's interface; clients reach it through the Gateway, under the same paths. */
export const worldRoutes = {
  createWorld: defineRoute({
    method: 'POST',
    path: '/worlds',
    summary: 'Creates a world',
    role: 'owner',
    body: worldCreateSchema,
    status: 201,
    response: worldSchema,
    errors: ['E_WORLD_EXISTS'],
  }),
  listWorlds: defineRoute({
    method: 'GET',
    path: '/worlds',
    summary: 'All worlds, by id',
    role: 'reader',
    response: Type.Object({ worlds: Type.Array(worldSchema) }, closed),
    errors: [],
  }),
  getWorld: defineRoute({
    method: 'GET',
    path: '/worlds/:world_id',
    summary: 'One world',
    role: 'reader',
    params: inWorld,
    response: worldSchema,
    errors: unknownWorld,
  }),
  updateWorld: defineRoute({
    method: 'PUT',
    path: '/worlds/:world_id',
    summary: 'Changes settings of a world; members left out stay',
    role: 'owner',
    params: inWorld,
    body: worldUpdateSchema,
    response: worldSchema,
    errors: unknownWorld,
  }),
  addPolicy: defineRoute({
    method: 'POST',
    path: '/worlds/:world_id/policies',
    summary: 'Adds a policy version; the first one becomes the default',
    role: 'owner',
    params: inWorld,
    body: Type.Object({ policy: policySchema }, closed),
    response: policyVersionSchema,
    errors: ['E_UNKNOWN_WORLD', 'E_INVALID_POLICY'],
  }),
  listPolicies: defineRoute({
    method: 'GET',
    path: '/worlds/:world_id/policies',
    summary: 'All policy versions of a world, oldest first',
    role: 'reader',
    params: inWorld,
    response: Type.Object({ policies: Type.Array(policyVersionSchema) }, closed),
    errors: unknownWorld,
  }),
  setDefaultPolicy: defineRoute({
    method: 'POST',
    path: '/worlds/:world_id/set-default',
    summary: 'Makes a policy version the default',
    role: 'owner',
    params: inWorld,
    body: Type.Object({ version: Type.Integer({ minimum: 1 }) }, closed),
    response: policyVersionSchema,
    errors: ['E_UNKNOWN_WORLD', 'E_UNKNOWN_POLICY'],
  }),
  addBindings: defineRoute({
    method: 'POST',
    path: '/worlds/:world_id/bindings',
    summary: 'Binds strategies to a world and answers those named, sorted; binding twice changes nothing',
    role: 'operator',
    params: inWorld,
    body: strategies,
    response: strategies,
    errors: unknownWorld,
  }),
  listBindings: defineRoute({
    method: 'GET',
    path: '/worlds/:world_id/bindings',
    summary: 'Strategies bound to a world, sorted',
    role: 'reader',
    params: inWorld,
    response: strategies,
    errors: unknownWorld,
  }),
  getDecisions: defineRoute({
    method: 'GET',
    path: '/worlds/:world_id/decisions',
    summary: 'Strategies that the last apply made active, sorted',
    role: 'reader',
    params: inWorld,
    response: strategies,
    errors: unknownWorld,
  }),
  decide: defineRoute({
    method: 'GET',
    path: '/worlds/:world_id/decide',
    summary: 'What the world grants now, with the reasons',
    role: 'reader',
    params: inWorld,
    response: decisionEnvelopeSchema,
    errors: unknownWorld,
  }),
  putEvidence: defineRoute({
    method: 'PUT',
    path: '/worlds/:world_id/evidence',
    summary: "Stores a platform runner's evidence of strategies, replacing the one of the same strategy and stage",
    role: 'service',
    params: inWorld,
    body: Type.Object(
      {
        runner_id: Type.String({ minLength: 1 }),
        /** Snapshot that the runner worked on; the world's own unless given. */
        as_of: Type.Optional(instantSchema),
        series: Type.Record(Type.String(), evidenceSeriesSchema),
        /** Strategies that the runner could not run, with the reason: `code_unavailable`, or what failed. */
        unavailable: Type.Optional(Type.Record(Type.String(), Type.String({ minLength: 1, maxLength: 2000 }))),
        /** Stage of those that could not run; `backtest` unless given. */
        stage: Type.Optional(Type.Enum(evidenceStages)),
      },
      closed,
    ),
    response: strategies,
    errors: ['E_UNKNOWN_WORLD', 'E_UNKNOWN_STRATEGY', 'E_INVALID_DATA'],
  }),
  evaluate: defineRoute({
    method: 'POST',
    path: '/worlds/:world_id/evaluate',
    summary: 'Judges every bound strategy by a policy on the stored evidence; changes no activation',
    role: 'reader',
    params: inWorld,
    body: Type.Object(
      {
        /** Judges by this policy instead of the default version, without storing it. */
        policy: Type.Optional(policySchema),
        stage: Type.Optional(Type.Enum(evidenceStages)),
        /** Figures from services and operators; marked, and never in place of a computed one. */
        metrics: Type.Optional(Type.Record(Type.String(), Type.Record(Type.String(), Type.Number()))),
      },
      closed,
    ),
    response: evaluationSchema,
    errors: ['E_UNKNOWN_WORLD', 'E_INVALID_POLICY', 'E_INVALID_PARAMETER', 'E_PERMISSION_DENIED'],
  }),
  apply: defineRoute({
    method: 'POST',
    path: '/worlds/:world_id/apply',
    summary: 'Two-phase apply: freeze, drain, switch, unfreeze; idempotent by run_id',
    role: 'operator',
    params: inWorld,
    headers: Type.Object({ 'x-allow-live': Type.Optional(Type.String()) }),
    body: applyRequestSchema,
    response: applyAckSchema,
    errors: [
      'E_UNKNOWN_WORLD',
      'E_APPLY_RUNNING',
      'E_RUN_ID_REUSED',
      'E_APPLY_FAILED',
      'E_PERMISSION_DENIED',
      'E_UNKNOWN_STRATEGY',
      'E_INVALID_PARAMETER',
    ],
  }),
  getApply: defineRoute({
    method: 'GET',
    path: '/worlds/:world_id/apply/:run_id',
    summary: 'Where an apply stands',
    role: 'reader',
    params: Type.Object({ world_id: worldIdSchema, run_id: Type.String() }, closed),
    response: applyAckSchema,
    errors: ['E_UNKNOWN_WORLD', 'E_NOT_FOUND'],
  }),
  freeze: defineRoute({
    method: 'POST',
    path: '/worlds/:world_id/freeze',
    summary: 'Stops every order of the world; answers when no gate can be open any more',
    role: 'operator',
    params: inWorld,
    body: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 500 })) }, closed),
    response: freezeResultSchema,
    errors: ['E_UNKNOWN_WORLD', 'E_APPLY_RUNNING'],
  }),
  unfreeze: defineRoute({
    method: 'POST',
    path: '/worlds/:world_id/unfreeze',
    summary: 'Releases a frozen world under a new epoch',
    role: 'operator',
    params: inWorld,
    body: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 500 })) }, closed),
    response: worldSchema,
    errors: ['E_UNKNOWN_WORLD', 'E_APPLY_RUNNING'],
  }),
  getActivation: defineRoute({
    method: 'GET',
    path: '/worlds/:world_id/activation',
    summary: 'The whole activation state of a world',
    role: 'reader',
    params: inWorld,
    response: activationStateSchema,
    errors: unknownWorld,
  }),
  getActivationEntry: defineRoute({
    method: 'GET',
    path: '/worlds/:world_id/activation/:strategy_id/:side',
    summary: 'One activation entry, with its etag',
    role: 'reader',
    params: Type.Object({ world_id: worldIdSchema, strategy_id: Type.String(), side: sideSchema }, closed),
    response: activationEnvelopeSchema,
    errors: ['E_UNKNOWN_WORLD', 'E_ACTIVATION_NOT_FOUND'],
  }),
  putActivation: defineRoute({
    method: 'PUT',
    path: '/worlds/:world_id/activation',
    summary: 'Changes one activation entry; refused while an apply runs or, with If-Match, on another etag',
    role: 'operator',
    params: inWorld,
    headers: Type.Object({ 'if-match': Type.Optional(Type.String()) }),
    body: activationPatchSchema,
    response: activationEnvelopeSchema,
    errors: ['E_UNKNOWN_WORLD', 'E_STALE_ETAG', 'E_APPLY_RUNNING', 'E_UNKNOWN_STRATEGY'],
  }),
  stateHash: defineRoute({
    method: 'GET',
    path: '/worlds/:world_id/state_hash/:topic',
    summary: 'Hash of the activation or policy state, for consumers to compare',
    role: 'reader',
    params: Type.Object({ world_id: worldIdSchema, topic: Type.Enum(['activation', 'policy']) }, closed),
    response: Type.Object({ state_hash: Type.String() }, closed),
    errors: unknownWorld,
  }),
  leaseGate: defineRoute({
    method: 'POST',
    path: '/worlds/:world_id/gates/:gate_id/lease',
    summary: 'Asks for an order gate lease; the answer carries the committed epoch and activation',
    role: 'service',
    params: Type.Object({ world_id: worldIdSchema, gate_id: Type.String({ minLength: 1, maxLength: 200 }) }, closed),
    response: gateLeaseSchema,
    errors: unknownWorld,
  }),
  acknowledgeGate: defineRoute({
    method: 'POST',
    path: '/worlds/:world_id/gates/:gate_id/ack',
    summary: 'A gate says that it stopped under an epoch, and what was on the wire',
    role: 'service',
    params: Type.Object({ world_id: worldIdSchema, gate_id: Type.String({ minLength: 1, maxLength: 200 }) }, closed),
    body: gateAckSchema,
    response: empty,
    errors: unknownWorld,
  }),
  releaseGate: defineRoute({
    method: 'DELETE',
    path: '/worlds/:world_id/gates/:gate_id/lease',
    summary: 'A gate that stops for good gives its lease back, so that no freeze waits for it',
    role: 'service',
    params: Type.Object({ world_id: worldIdSchema, gate_id: Type.String({ minLength: 1, maxLength: 200 }) }, closed),
    response: empty,
    errors: unknownWorld,
  }),
  explain: defineRoute({
    method: 'GET',
    path: '/worlds/:world_id/explain/:strategy_id',
    summary: 'The gates that a world puts before a strategy, the first closed one named',
    role: 'reader',
    params: Type.Object({ world_id: worldIdSchema, strategy_id: Type.String() }, closed),
    response: explanationSchema,
    errors: ['E_UNKNOWN_WORLD', 'E_UNKNOWN_STRATEGY'],
  }),
  audit: defineRoute({
    method: 'GET',
    path: '/worlds/:world_id/audit',
    summary: 'Audit entries, oldest first; `after` is the last seq already seen',
    role: 'reader',
    params: inWorld,
    query: Type.Object(
      {
        after: Type.Optional(Type.Integer({ minimum: 0 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
        event: Type.Optional(Type.String()),
      },
      closed,
    ),
    response: Type.Object(
      {
        entries: Type.Array(auditEntrySchema),
        next_after: Type.Integer({ minimum: 0 }),
        read_at: instantSchema,
      },
      closed,
    ),
    errors: unknownWorld,
  }),
} as const
