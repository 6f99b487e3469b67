import type { GateResult } from '@qmtl/contracts'
import type { CompiledPolicy } from '../policy/compile-policy.ts'
import { coverageOf, type EvidenceRecord, type Exhibit } from './candidate.ts'

const dayMs = 86_400_000

/** The first stage: is there evidence, is it of the world's snapshot, and does it cover enough time? Never a failure. */
export function judgeCurrency(exhibit: Exhibit, policy: CompiledPolicy, asOf: string): readonly GateResult[] {
  const { evidence, supplied } = exhibit
  if (evidence?.kind !== 'series' && supplied.length > 0) {
    return [{ gate: 'evidence', outcome: 'pass', value: 'supplied', threshold: null, sample: null, reason: 'supplied' }]
  }
  const present = judgeEvidence(evidence, asOf)
  return evidence?.kind === 'series' && policy.minHistory !== undefined
    ? [present, judgeHistory(evidence, policy.minHistory)]
    : [present]
}

/** Is there evidence, and is it of the snapshot? */
export function judgeEvidence(evidence: EvidenceRecord | undefined, asOf: string): GateResult {
  const threshold = `as of ${asOf}`
  const missing = { gate: 'evidence', outcome: 'inconclusive', value: null, threshold, sample: null } as const
  if (evidence === undefined) {
    const remedy = 'wait for the runner to evaluate the strategy, or see that one runs'
    return { ...missing, reason: 'no_evidence', remedy }
  }
  if (evidence.as_of !== asOf) {
    const remedy = 'wait for the runner to evaluate the strategy on the new snapshot'
    return { ...missing, value: `as of ${evidence.as_of}`, reason: 'stale_evidence', remedy }
  }
  if (evidence.kind === 'unavailable') {
    const remedy =
      evidence.reason === 'code_unavailable'
        ? 'put the strategy file into the strategies folder of the runner'
        : 'mend what the reason names, then submit again'
    return { ...missing, reason: evidence.reason, remedy }
  }
  const { stage, returns } = evidence.series
  return { gate: 'evidence', outcome: 'pass', value: stage, threshold, sample: returns.length }
}

function judgeHistory(
  { series }: Extract<EvidenceRecord, { kind: 'series' }>,
  { ms, text }: NonNullable<CompiledPolicy['minHistory']>,
): GateResult {
  const { fromMs, toMs } = coverageOf(series)
  const covered = toMs - fromMs
  const seen = `${Number((covered / dayMs).toFixed(2))}d`
  const result = { gate: `history >= ${text}`, value: seen, threshold: `>= ${text}`, sample: series.returns.length }
  if (covered >= ms) return { ...result, outcome: 'pass' }
  const remedy = 'start the history of the world earlier, or wait for more bars'
  return { ...result, outcome: 'inconclusive', reason: `history covers ${seen}, needs ${text}`, remedy }
}
