import { compareCodePoints, type GateResult } from '@qmtl/contracts'
import type { CompiledPolicy, RankMetric } from '../policy/compile-policy.ts'
import type { Exhibit } from './candidate.ts'
import { missingStatistics, sampleOf, short } from './judge-gate.ts'

/** A candidate on its way through the stages. */
export interface Contender {
  readonly exhibit: Exhibit
  readonly wasActive: boolean
  readonly score: number | null
  readonly rank: number | null
  readonly gates: readonly GateResult[]
}

/** Adds the score; a candidate still in the running whose score does not exist becomes inconclusive. */
export function scoreOf(contender: Contender, policy: CompiledPolicy): Contender {
  const expression = policy.score
  if (expression === undefined) return contender
  const score = expression.evaluate(contender.exhibit.values) ?? null
  if (score !== null || !hasPassed(contender)) return { ...contender, score }
  const missing = missingStatistics(expression.names, contender.exhibit)
  return withGate(contender, {
    gate: 'score',
    outcome: 'inconclusive',
    value: null,
    threshold: null,
    sample: sampleOf(expression.names, contender.exhibit),
    reason: missing === '' ? `${expression.text}: the number does not exist` : missing,
    remedy: 'more history or trades, or another score',
  })
}

/**
 * Ranks those that passed by the metric, best first, ties by id, and keeps the k best. A strategy that is active and
 * inconclusive keeps its place of the k: nobody new enters it, and nobody is demoted for it.
 */
export function judgeRank(contenders: readonly Contender[], policy: CompiledPolicy): readonly Contender[] {
  const { topK } = policy
  if (topK === undefined) return contenders
  const { k, metric } = topK
  const measured = contenders.map((contender) => requireMetric(contender, metric, policy))
  const ranked = measured
    .filter(hasPassed)
    .toSorted(
      (a, b) =>
        (metricOf(b, metric) ?? -Infinity) - (metricOf(a, metric) ?? -Infinity) ||
        compareCodePoints(a.exhibit.strategy_id, b.exhibit.strategy_id),
    )
  const held = measured.filter((contender) => contender.wasActive && isInconclusive(contender)).length
  const staying = ranked.slice(0, k).filter(({ wasActive }) => wasActive).length
  let places = Math.max(0, k - held - staying)
  const judged = new Map<string, Contender>()
  for (const [index, contender] of ranked.entries()) {
    const enters = index < k && !contender.wasActive
    const hasPlace = !enters || places > 0
    if (enters) places -= 1
    const result = rankResult({ rank: index + 1, k, metric, of: ranked.length, hasPlace })
    judged.set(contender.exhibit.strategy_id, { ...withGate(contender, result), rank: index + 1 })
  }
  return measured.map((contender) => judged.get(contender.exhibit.strategy_id) ?? contender)
}

/** Those active before stay down to `exit`; others enter from `enter` on. */
export function judgeHysteresis(contenders: readonly Contender[], policy: CompiledPolicy): readonly Contender[] {
  const { hysteresis } = policy
  if (hysteresis === undefined) return contenders
  const { metric, enter, exit } = hysteresis
  return contenders
    .map((contender) => requireMetric(contender, metric, policy))
    .map((contender) => {
      const value = metricOf(contender, metric)
      if (!hasPassed(contender) || value === undefined) return contender
      const [bound, verb] = contender.wasActive ? [exit, 'stay'] : [enter, 'enter']
      const seen = {
        gate: `${metric} >= ${bound} to ${verb}`,
        value,
        threshold: `>= ${bound}`,
        sample: sampleOf(namesOf(metric, policy), contender.exhibit),
      }
      if (value >= bound) return withGate(contender, { ...seen, outcome: 'pass' })
      const reason = `${metric} is ${short(value)}, needs >= ${bound} to ${verb}`
      return withGate(contender, { ...seen, outcome: 'fail', reason, remedy: `raise ${metric} to ${bound}` })
    })
}

interface Ranking {
  readonly rank: number
  readonly k: number
  readonly metric: RankMetric
  readonly of: number
  readonly hasPlace: boolean
}

function rankResult({ rank, k, metric, of, hasPlace }: Ranking): GateResult {
  const seen = { gate: `top ${k} by ${metric}`, value: rank, threshold: `<= ${k}`, sample: of }
  if (rank > k) {
    const reason = `rank ${rank} of ${of} by ${metric}, ${k} are chosen`
    return { ...seen, outcome: 'fail', reason, remedy: `rank among the best ${k}, or raise k` }
  }
  if (hasPlace) return { ...seen, outcome: 'pass' }
  const reason = 'its place is held by an active strategy whose verdict is inconclusive'
  return { ...seen, outcome: 'inconclusive', reason, remedy: 'settle the inconclusive verdicts' }
}

/** A candidate that cannot be ranked by a statistic without a value is inconclusive, not last. */
function requireMetric(contender: Contender, metric: RankMetric, policy: CompiledPolicy): Contender {
  if (!hasPassed(contender) || metricOf(contender, metric) !== undefined) return contender
  return withGate(contender, {
    gate: metric,
    outcome: 'inconclusive',
    value: null,
    threshold: null,
    sample: sampleOf(namesOf(metric, policy), contender.exhibit),
    reason: missingStatistics(namesOf(metric, policy), contender.exhibit),
    remedy: 'more history or trades, until the statistic has a value',
  })
}

function metricOf({ score, exhibit }: Contender, metric: RankMetric): number | undefined {
  return metric === 'score' ? (score ?? undefined) : exhibit.values[metric]
}

function namesOf(metric: RankMetric, policy: CompiledPolicy) {
  return metric === 'score' ? (policy.score?.names ?? []) : [metric]
}

function hasPassed({ gates }: Pick<Contender, 'gates'>): boolean {
  return gates.every(({ outcome }) => outcome === 'pass')
}

function isInconclusive({ gates }: Contender): boolean {
  return !hasPassed({ gates }) && gates.every(({ outcome }) => outcome !== 'fail')
}

function withGate(contender: Contender, result: GateResult): Contender {
  return { ...contender, gates: [...contender.gates, result] }
}
