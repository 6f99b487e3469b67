import {
  decisionEnvelopeSchema,
  effectiveModes,
  executionDomains,
  type EffectiveMode,
  type World,
} from '@qmtl/contracts'
import fc from 'fast-check'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { testWorld } from '../testing/any-world.ts'
import { decideMode, decisionEnvelopeOf, type DecisionInput } from './decide-mode.ts'

function input(world: Partial<World>, facts: Partial<DecisionInput> = {}): DecisionInput {
  return { world: testWorld({ current_domain: 'dryrun', ...world }), hasBindings: true, hasDecisions: true, ...facts }
}

describe('a world grants', () => {
  test.each<[string, DecisionInput, EffectiveMode, string]>([
    ['a new world', input({}, { hasBindings: false, hasDecisions: false }), 'validate', 'no_bindings'],
    ['bound, nothing active', input({}, { hasDecisions: false }), 'validate', 'no_active_strategies'],
    ['suspended', input({ state: 'SUSPENDED' }), 'compute-only', 'world_suspended'],
    ['circuit breaker', input({ circuit_breaker: true }), 'compute-only', 'circuit_breaker'],
    ['frozen', input({ frozen: true }), 'compute-only', 'world_frozen'],
    ['never applied', input({ current_domain: null }), 'compute-only', 'not_applied'],
    ['backtest', input({ current_domain: 'backtest' }), 'compute-only', 'domain_backtest'],
    ['dryrun', input({ current_domain: 'dryrun' }), 'paper', 'domain_dryrun'],
    ['shadow', input({ current_domain: 'shadow' }), 'shadow', 'domain_shadow'],
    ['live, not allowed', input({ current_domain: 'live' }), 'compute-only', 'allow_live_disabled'],
    ['live, allowed', input({ current_domain: 'live', allow_live: true }), 'live', 'allow_live & domain_live'],
    [
      'live, allowed, but frozen',
      input({ current_domain: 'live', allow_live: true, frozen: true }),
      'compute-only',
      'world_frozen',
    ],
  ])('%s: %s', (_, facts, mode, reason) => {
    const decided = decideMode(facts)
    expect(decided.mode).toBe(mode)
    const reasons = decided.reasons.join(' & ')
    expect(reasons).toBe(mode === 'validate' ? reason : `bindings_present & decisions_present & ${reason}`)
  })
})

const privileges: Readonly<Record<EffectiveMode, number>> = {
  validate: 0,
  'compute-only': 1,
  shadow: 2,
  paper: 3,
  live: 4,
}

const anyInput: fc.Arbitrary<DecisionInput> = fc
  .record({
    state: fc.constantFrom<World['state'][]>('ACTIVE', 'SUSPENDED', 'DELETED'),
    allow_live: fc.boolean(),
    circuit_breaker: fc.boolean(),
    frozen: fc.boolean(),
    current_domain: fc.constantFrom(null, ...executionDomains),
    hasBindings: fc.boolean(),
    hasDecisions: fc.boolean(),
  })
  .map(({ hasBindings, hasDecisions, ...world }) => ({ world: testWorld(world), hasBindings, hasDecisions }))

/** Each takes something away that a decision needs, or adds something that speaks against it. */
const refusals: readonly ((facts: DecisionInput) => DecisionInput)[] = [
  (facts) => ({ ...facts, hasBindings: false }),
  (facts) => ({ ...facts, hasDecisions: false }),
  (facts) => ({ ...facts, world: { ...facts.world, state: 'SUSPENDED' } }),
  (facts) => ({ ...facts, world: { ...facts.world, circuit_breaker: true } }),
  (facts) => ({ ...facts, world: { ...facts.world, frozen: true } }),
  (facts) => ({ ...facts, world: { ...facts.world, allow_live: false } }),
  (facts) => ({ ...facts, world: { ...facts.world, current_domain: null } }),
]

describe('default-safe', () => {
  test('one more refusal never raises the mode', () => {
    fc.assert(
      fc.property(anyInput, fc.constantFrom(...refusals), (facts, refuse) => {
        expect(privileges[decideMode(refuse(facts)).mode]).toBeLessThanOrEqual(privileges[decideMode(facts).mode])
      }),
    )
  })

  test('live needs every condition', () => {
    fc.assert(
      fc.property(anyInput, (facts) => {
        const { world, hasBindings, hasDecisions } = facts
        const safe = world.state === 'ACTIVE' && !world.circuit_breaker && !world.frozen && hasBindings && hasDecisions
        const expected = safe && world.allow_live && world.current_domain === 'live'
        expect(decideMode(facts).mode === 'live').toBe(expected)
      }),
    )
  })

  test('every mode has a privilege', () =>
    expect(Object.keys(privileges).toSorted()).toEqual(effectiveModes.toSorted()))
})

describe('the envelope', () => {
  test('fits its schema and says how long it holds', () => {
    const envelope = decisionEnvelopeOf(input({ default_policy_version: 3 }))
    expect(Value.Check(decisionEnvelopeSchema, envelope)).toBe(true)
    expect(envelope).toMatchObject({ policy_version: 3, ttl: '300s', as_of: '2024-04-01T00:00:00Z' })
  })

  test('has the same etag exactly while it says the same', () => {
    const etag = (world: Partial<World>) => decisionEnvelopeOf(input(world)).etag
    expect(etag({ description: 'new text' })).toBe(etag({}))
    expect(etag({ frozen: true })).not.toBe(etag({}))
    expect(etag({ default_policy_version: 1 })).not.toBe(etag({}))
  })
})
