import { parseInstant, type EvidenceSeries, type Statistics, type StatisticValue } from '@qmtl/contracts'
import { isStatisticName, statisticsOfEvidence } from '@qmtl/statistics'
import type { StatisticValues } from '../policy/policy-expression.ts'

/** What the platform's runner last told of a strategy in one stage. */
export type EvidenceRecord =
  | { readonly kind: 'series'; readonly as_of: string; readonly series: EvidenceSeries }
  /** It could not run the strategy: `code_unavailable`, or what failed. */
  | { readonly kind: 'unavailable'; readonly as_of: string; readonly reason: string }

/** A strategy to judge: its evidence if there is any, and figures that a service or operator supplied. */
export interface Candidate {
  readonly strategy_id: string
  readonly evidence?: EvidenceRecord
  readonly supplied?: Readonly<Record<string, number>>
}

/** What all gates of a candidate look at. */
export interface Exhibit {
  readonly strategy_id: string
  readonly evidence: EvidenceRecord | undefined
  readonly statistics: Statistics
  readonly supplied: readonly string[]
  /** Figures that exist, for expressions. */
  readonly values: StatisticValues
}

/** Computes every statistic of a candidate. A supplied figure stands only where evidence gives none, and is marked. */
export function exhibitOf({ strategy_id, evidence, supplied = {} }: Candidate): Exhibit {
  const computed: Statistics = evidence?.kind === 'series' ? statisticsOfEvidence(evidence.series) : {}
  const added = Object.entries(supplied).filter(([name]) => computed[name] === undefined)
  const statistics = { ...computed, ...Object.fromEntries(added.map(([name, value]) => [name, suppliedValue(value)])) }
  const values: Partial<Record<string, number>> = Object.fromEntries(
    Object.entries(statistics).flatMap(([name, { value }]) =>
      isStatisticName(name) && value !== null ? [[name, value]] : [],
    ),
  )
  return { strategy_id, evidence, statistics, supplied: added.map(([name]) => name), values }
}

/** Epoch milliseconds of the first and the last instant that a series covers. */
export function coverageOf({ start, interval_s, returns, close_ts }: EvidenceSeries): { fromMs: number; toMs: number } {
  const fromMs = parseInstant(start)
  const lastClose = close_ts?.at(-1)
  return { fromMs, toMs: lastClose === undefined ? fromMs + returns.length * interval_s * 1000 : lastClose * 1000 }
}

function suppliedValue(value: number): StatisticValue {
  return { value, formula: 'supplied', unit: 'supplied', sample: 0 }
}
