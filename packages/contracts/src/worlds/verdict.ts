import { Type, type Static } from 'typebox'
import { closed, instantSchema } from '../json/schemas.ts'
import { evidenceStages, statisticsSchema } from '../evidence/evidence.ts'

export const outcomes = ['pass', 'fail', 'inconclusive'] as const
/** Inconclusive never promotes and never demotes. */
export type Outcome = (typeof outcomes)[number]

const scalar = Type.Union([Type.Number(), Type.String(), Type.Boolean(), Type.Null()])

/** What one gate saw: the value, the threshold, how many observations it rests on and what would change the outcome. */
export const gateResultSchema = Type.Object(
  {
    gate: Type.String(),
    outcome: Type.Enum(outcomes),
    value: scalar,
    threshold: Type.Union([Type.String(), Type.Null()]),
    sample: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
    /** Formula id of the statistic judged, where it is one. */
    formula: Type.Optional(Type.String()),
    reason: Type.Optional(Type.String()),
    remedy: Type.Optional(Type.String()),
  },
  closed,
)
export type GateResult = Readonly<Static<typeof gateResultSchema>>

/** A strategy's verdict under one policy version, gate by gate, with the statistics it rests on. */
export const verdictSchema = Type.Object(
  {
    strategy_id: Type.String(),
    outcome: Type.Enum(outcomes),
    gates: Type.Array(gateResultSchema),
    score: Type.Union([Type.Number(), Type.Null()]),
    /** From 1 among those that were ranked; null for the rest. */
    rank: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
    statistics: statisticsSchema,
    /** Names of statistics that were supplied with the request instead of computed from evidence. */
    supplied: Type.Array(Type.String()),
    data_fingerprint: Type.Union([Type.String(), Type.Null()]),
  },
  closed,
)
export type Verdict = Readonly<Static<typeof verdictSchema>>

export const evaluationSchema = Type.Object(
  {
    world_id: Type.String(),
    evaluation_run_id: Type.String(),
    policy_version: Type.Integer({ minimum: 0 }),
    stage: Type.Enum(evidenceStages),
    /** Strategy ids that the policy wants active, sorted. */
    active: Type.Array(Type.String()),
    promote: Type.Array(Type.String()),
    demote: Type.Array(Type.String()),
    verdicts: Type.Array(verdictSchema),
    evaluated_at: instantSchema,
  },
  closed,
)
export type Evaluation = Readonly<Static<typeof evaluationSchema>>
