import type { ExplainedGate, Explanation, PolicyVersion, Verdict } from '@qmtl/contracts'
import type { EvidenceRecord } from '../evaluation/candidate.ts'
import { judgeEvidence } from '../evaluation/judge-currency.ts'
import type { WorldState } from '../world-state.ts'

export interface ExplanationInput {
  readonly strategy_id: string
  readonly state: WorldState
  readonly policy: PolicyVersion | undefined
  readonly evidence: { readonly record: EvidenceRecord; readonly stored_at: string } | undefined
  /** What the world's policy says of the strategy now. */
  readonly verdict: Verdict
}

/**
 * Every gate that a world puts before a strategy, in order. The gates of promotion (policy, evidence, verdict) count as
 * open for a strategy that is active: they were passed, or overruled by hand, and only an apply closes them again.
 */
export function explainStrategy(input: ExplanationInput): Explanation {
  const gates = [
    worldGate(input),
    policyGate(input),
    evidenceGate(input),
    verdictGate(input),
    decisionGate(input),
    freezeGate(input),
    activationGate(input),
    domainGate(input),
  ]
  const first_closed = gates.find(({ open }) => !open) ?? null
  const { strategy_id, state } = input
  return { strategy_id, world_id: state.world.world_id, trading: first_closed === null, first_closed, gates }
}

function opened(gate: string, reason: string, since: string | null): ExplainedGate {
  return { gate, open: true, reason, since, opens_when: null }
}

function closed(gate: string, reason: string, since: string | null, opens_when: string): ExplainedGate {
  return { gate, open: false, reason, since, opens_when }
}

function isActive({ state, strategy_id }: ExplanationInput): boolean {
  return state.decisions.includes(strategy_id)
}

function worldGate({ state }: ExplanationInput): ExplainedGate {
  const { world, epoch_since } = state
  if (world.state !== 'ACTIVE')
    return closed('world', 'world_suspended', epoch_since, 'an owner makes the world active')
  return world.circuit_breaker
    ? closed('world', 'circuit_breaker', epoch_since, 'an owner resets the circuit breaker')
    : opened('world', 'the world is active', world.created_at)
}

function policyGate(input: ExplanationInput): ExplainedGate {
  const { policy } = input
  if (policy !== undefined) return opened('policy', `policy version ${policy.version}`, policy.created_at)
  return isActive(input)
    ? opened('policy', 'no policy; activated by hand', null)
    : closed('policy', 'no_policy', input.state.world.created_at, 'the world gets a policy: qmtl world policy')
}

function evidenceGate(input: ExplanationInput): ExplainedGate {
  const since = input.evidence?.stored_at ?? null
  const { as_of } = input.state.world.data
  const { outcome, reason = '', remedy = '' } = judgeEvidence(input.evidence?.record, as_of)
  if (outcome === 'pass') return opened('evidence', `evidence as of ${as_of}`, since)
  return isActive(input)
    ? opened('evidence', `${reason}; an active strategy stays`, since)
    : closed('evidence', reason, since, remedy)
}

function verdictGate(input: ExplanationInput): ExplainedGate {
  const { outcome, gates } = input.verdict
  const since = input.evidence?.stored_at ?? null
  if (outcome === 'pass') return opened('verdict', 'every gate of the policy passes', since)
  const { gate = '', reason = '', remedy = '' } = gates.find((result) => result.outcome === outcome) ?? {}
  if (!isActive(input)) return closed('verdict', `${gate}: ${reason}`, since, remedy)
  const next = outcome === 'fail' ? 'the next apply ends its activation' : 'an active strategy stays'
  return opened('verdict', `${gate}: ${reason}; ${next}`, since)
}

function decisionGate(input: ExplanationInput): ExplainedGate {
  const entry = entriesOf(input)[0]
  return isActive(input)
    ? opened('decision', 'an apply made the strategy active', entry?.ts ?? null)
    : closed('decision', 'not_active', entry?.ts ?? null, 'an apply makes it active: qmtl world apply')
}

function freezeGate({ state }: ExplanationInput): ExplainedGate {
  return state.world.frozen
    ? closed(
        'freeze',
        'world_frozen',
        state.epoch_since,
        'an operator releases it (qmtl world unfreeze) or an apply completes',
      )
    : opened('freeze', 'not frozen', state.epoch_since)
}

function activationGate(input: ExplanationInput): ExplainedGate {
  const entries = entriesOf(input)
  const blocked = entries.find(({ freeze }) => freeze) ?? entries.find(({ drain }) => drain)
  if (blocked !== undefined) {
    const reason = blocked.freeze ? 'frozen' : 'draining'
    return closed('activation', reason, blocked.ts, `an operator ends it, or an apply writes the entry again`)
  }
  const active = entries.find((entry) => entry.active)
  if (active !== undefined) return opened('activation', `active at weight ${active.weight}`, active.ts)
  const since = entries[0]?.ts ?? null
  return closed(
    'activation',
    since === null ? 'not_activated' : 'inactive',
    since,
    'an apply or an operator activates it',
  )
}

function domainGate({ state }: ExplanationInput): ExplainedGate {
  const { current_domain } = state.world
  const since = state.epoch_since
  if (current_domain === 'dryrun') return opened('domain', 'paper trading', since)
  if (current_domain === 'live') {
    return state.world.allow_live
      ? opened('domain', 'live trading', since)
      : closed('domain', 'allow_live_disabled', since, 'an owner allows live trading')
  }
  return current_domain === null
    ? closed('domain', 'not_applied', state.world.created_at, 'an apply gives the world a domain')
    : closed('domain', `domain_${current_domain}`, since, 'an apply switches to dryrun or live')
}

function entriesOf({ state, strategy_id }: ExplanationInput) {
  return state.entries.filter((write) => write.strategy_id === strategy_id).map(({ entry }) => entry)
}
