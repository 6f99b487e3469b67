import { compareCodePoints, type GateResult, type Outcome, type Verdict } from '@qmtl/contracts'
import type { CompiledPolicy } from '../policy/compile-policy.ts'
import { exhibitOf, type Candidate, type Exhibit } from './candidate.ts'
import { judgeCurrency } from './judge-currency.ts'
import { judgeGate } from './judge-gate.ts'
import { judgeHysteresis, judgeRank, scoreOf, type Contender } from './rank-candidates.ts'

export interface EvaluationInput {
  /** Nothing while the world has no policy: then nobody is promoted. */
  readonly policy: CompiledPolicy | undefined
  readonly candidates: readonly Candidate[]
  /** Strategies active before. */
  readonly previous: readonly string[]
  /** The world's snapshot; evidence of another one does not count. */
  readonly as_of: string
}

export interface EvaluationOutcome {
  /** Sorted by strategy id. */
  readonly verdicts: readonly Verdict[]
  /** What the policy wants active, sorted: those that pass, and those active before whose verdict is inconclusive. */
  readonly active: readonly string[]
  readonly promote: readonly string[]
  readonly demote: readonly string[]
}

/**
 * Judges candidates: data currency, gates, score, top-k, hysteresis. Each stage sees only those that passed the ones before,
 * and every stage leaves its results. Inconclusive never promotes and never demotes.
 */
export function evaluatePolicy({ policy, candidates, previous, as_of }: EvaluationInput): EvaluationOutcome {
  const before = new Set(previous)
  const known = new Set(candidates.map(({ strategy_id }) => strategy_id))
  const absent = [...before].filter((strategyId) => !known.has(strategyId)).map((strategy_id) => ({ strategy_id }))
  const contenders = [...candidates, ...absent]
    .map(exhibitOf)
    .toSorted((a, b) => compareCodePoints(a.strategy_id, b.strategy_id))
    .map((exhibit) => judgeAlone(exhibit, policy, as_of, before.has(exhibit.strategy_id)))
  const ranked = policy === undefined ? contenders : judgeHysteresis(judgeRank(contenders, policy), policy)
  const verdicts = ranked.map(verdictOf)
  const active = verdicts
    .filter(({ outcome, strategy_id }) => staysOrEnters(outcome, before.has(strategy_id)))
    .map(({ strategy_id }) => strategy_id)
  return {
    verdicts,
    active,
    promote: active.filter((strategyId) => !before.has(strategyId)),
    demote: previous.filter((strategyId) => !active.includes(strategyId)).toSorted(compareCodePoints),
  }
}

/** The stages that look at one strategy alone. */
function judgeAlone(exhibit: Exhibit, policy: CompiledPolicy | undefined, asOf: string, wasActive: boolean): Contender {
  if (policy === undefined) return { exhibit, wasActive, score: null, rank: null, gates: [noPolicy] }
  const currency = judgeCurrency(exhibit, policy, asOf)
  const usable = currency[0]?.outcome === 'pass'
  // Figures of missing or stale evidence would only mislead.
  const gates = usable ? [...currency, ...policy.gates.map((gate) => judgeGate(gate, exhibit))] : currency
  return scoreOf({ exhibit, wasActive, score: null, rank: null, gates }, policy)
}

const noPolicy: GateResult = {
  gate: 'policy',
  outcome: 'inconclusive',
  value: null,
  threshold: null,
  sample: null,
  reason: 'no_policy',
  remedy: 'give the world a policy with qmtl world policy',
}

function verdictOf({ exhibit, gates, score, rank }: Contender): Verdict {
  return {
    strategy_id: exhibit.strategy_id,
    outcome: outcomeOf(gates),
    gates: [...gates],
    score,
    rank,
    statistics: { ...exhibit.statistics },
    supplied: [...exhibit.supplied],
    data_fingerprint: exhibit.evidence?.kind === 'series' ? exhibit.evidence.series.data_fingerprint : null,
  }
}

/** A failed gate decides; without one, an inconclusive gate does. */
export function outcomeOf(gates: readonly Pick<GateResult, 'outcome'>[]): Outcome {
  if (gates.some(({ outcome }) => outcome === 'fail')) return 'fail'
  return gates.some(({ outcome }) => outcome === 'inconclusive') ? 'inconclusive' : 'pass'
}

function staysOrEnters(outcome: Outcome, wasActive: boolean): boolean {
  return outcome === 'pass' || (outcome === 'inconclusive' && wasActive)
}
