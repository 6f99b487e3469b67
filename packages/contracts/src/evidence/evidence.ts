import { Type, type Static } from 'typebox'
import { closed, instantSchema, positiveDecimalSchema } from '../json/schemas.ts'
import { tradeRecordSchema } from '../orders/trade-record.ts'

export const evidenceStages = ['backtest', 'paper', 'live'] as const
export type EvidenceStage = (typeof evidenceStages)[number]

/**
 * What a runner of the platform saw a strategy do on a world's data; every statistic is computed from it. `returns[i]` is
 * equity at the close of bar i ÷ equity at the close before − 1; the bars close `interval_s` apart from `start` on, unless
 * `close_ts` (epoch seconds, one per return) says otherwise.
 */
export const evidenceSeriesSchema = Type.Object(
  {
    stage: Type.Enum(evidenceStages),
    interval_s: Type.Integer({ minimum: 1, maximum: 86_400 }),
    start: instantSchema,
    returns: Type.Array(Type.Number()),
    close_ts: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }))),
    trades: Type.Array(tradeRecordSchema),
    /** Equity before the first return in quote currency; without it turnover and capacity do not exist. */
    opening_equity: Type.Optional(positiveDecimalSchema),
    /** `24/7` or the name of a session calendar; decides the days that ratios are annualised by. */
    calendar: Type.String({ minLength: 1 }),
    data_fingerprint: Type.String({ minLength: 1 }),
    code_hashes: Type.Array(Type.String()),
    models: Type.Record(Type.String(), Type.String()),
  },
  closed,
)
export type EvidenceSeries = Readonly<Static<typeof evidenceSeriesSchema>>

/** A figure with its definition: `value` is null, with a `reason`, where it does not exist. `standard_error` is in its unit. */
export const statisticValueSchema = Type.Object(
  {
    value: Type.Union([Type.Number(), Type.Null()]),
    formula: Type.String(),
    unit: Type.String(),
    sample: Type.Integer({ minimum: 0 }),
    standard_error: Type.Optional(Type.Number({ minimum: 0 })),
    reason: Type.Optional(Type.String()),
  },
  closed,
)
export type StatisticValue = Readonly<Static<typeof statisticValueSchema>>

export const statisticsSchema = Type.Record(Type.String(), statisticValueSchema)
export type Statistics = Readonly<Record<string, StatisticValue>>
