import { explanationSchema, type PolicyVersion, type Verdict, type World } from '@qmtl/contracts'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { mergeActivation } from '../activation/merge-activation.ts'
import { evaluatePolicy } from '../evaluation/evaluate-policy.ts'
import { compilePolicy } from '../policy/compile-policy.ts'
import { alternatingReturns, evidenceRecord, testAsOf } from '../testing/any-evidence.ts'
import { testWorld } from '../testing/any-world.ts'
import { applyChange, type WorldState } from '../world-state.ts'
import { explainStrategy, type ExplanationInput } from './explain-strategy.ts'

const since = '2024-02-01T00:00:00Z'
const policy: PolicyVersion = {
  world_id: 'w1',
  version: 1,
  policy: {},
  checksum: 'c',
  status: 'ACTIVE',
  created_by: 'o',
  created_at: since,
}

function state(world: Partial<World> = {}, decisions: readonly string[] = ['s1']): WorldState {
  const empty: WorldState = {
    world: testWorld({ current_domain: 'dryrun', default_policy_version: 1, ...world }),
    epoch_since: since,
    activation_version: 0,
    entries: [],
    decisions,
  }
  const patch = { strategy_id: 's1', side: 'long', active: decisions.length > 0 } as const
  return applyChange(empty, mergeActivation(empty, patch, since))
}

const record = evidenceRecord(alternatingReturns(0.002))

function verdictUnder(minimum: number | undefined): Verdict {
  const compiled = minimum === undefined ? undefined : compilePolicy({ thresholds: { sharpe: { min: minimum } } })
  const candidates = [{ strategy_id: 's1', evidence: record }]
  const [verdict] = evaluatePolicy({ policy: compiled, candidates, previous: [], as_of: testAsOf }).verdicts
  if (verdict === undefined) throw new Error('not judged')
  return verdict
}

const trading: ExplanationInput = {
  strategy_id: 's1',
  state: state(),
  policy,
  evidence: { record, stored_at: since },
  verdict: verdictUnder(0),
}
const idle = { ...trading, state: state({}, []) }
const draining = mergeActivation(trading.state, { strategy_id: 's1', side: 'short', active: true, drain: true }, since)

test('a strategy trades when every gate is open', () => {
  const explanation = explainStrategy(trading)
  expect(explanation).toMatchObject({ trading: true, first_closed: null })
  expect(explanation.gates.map(({ gate }) => gate)).toEqual([
    'world',
    'policy',
    'evidence',
    'verdict',
    'decision',
    'freeze',
    'activation',
    'domain',
  ])
  expect(Value.Check(explanationSchema, explanation)).toBe(true)
})

describe('the first closed gate', () => {
  test.each<[string, ExplanationInput, string]>([
    ['world', { ...trading, state: state({ circuit_breaker: true, frozen: true }) }, 'circuit_breaker'],
    ['world', { ...trading, state: state({ state: 'SUSPENDED' }) }, 'world_suspended'],
    ['policy', { ...idle, policy: undefined, verdict: verdictUnder(undefined) }, 'no_policy'],
    ['evidence', { ...idle, evidence: undefined }, 'no_evidence'],
    ['verdict', { ...idle, verdict: verdictUnder(100) }, 'sharpe >= 100: sharpe is'],
    ['decision', idle, 'not_active'],
    ['freeze', { ...trading, state: state({ frozen: true }) }, 'world_frozen'],
    ['activation', { ...trading, state: applyChange(trading.state, draining) }, 'draining'],
    ['activation', { ...trading, state: { ...trading.state, entries: [] } }, 'not_activated'],
    ['domain', { ...trading, state: state({ current_domain: 'shadow' }) }, 'domain_shadow'],
    ['domain', { ...trading, state: state({ current_domain: 'live' }) }, 'allow_live_disabled'],
  ])('%s', (gate, input, reason) => {
    const { trading: isTrading, first_closed } = explainStrategy(input)
    expect(isTrading).toBe(false)
    expect(first_closed?.gate).toBe(gate)
    expect(first_closed?.reason).toContain(reason)
    expect(first_closed?.opens_when).toBeTruthy()
  })
})

test('an active strategy that the policy now fails trades until the next apply, and is told so', () => {
  const explanation = explainStrategy({ ...trading, verdict: verdictUnder(100) })
  expect(explanation.trading).toBe(true)
  expect(explanation.gates[3]?.reason).toContain('the next apply ends its activation')
})
