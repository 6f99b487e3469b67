import { outcomes, type Policy } from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePolicy } from '../policy/compile-policy.ts'
import { alternatingReturns, closedTrade, evidenceRecord, testAsOf } from '../testing/any-evidence.ts'
import { evaluatePolicy, outcomeOf, type EvaluationInput } from './evaluate-policy.ts'

type Figures = Readonly<Record<string, Readonly<Record<string, number>>>>

function evaluate(policy: Policy | undefined, figures: Figures, previous: readonly string[] = []) {
  const candidates = Object.entries(figures).map(([strategy_id, supplied]) => ({ strategy_id, supplied }))
  return evaluatePolicy({
    policy: policy === undefined ? undefined : compilePolicy(policy),
    candidates,
    previous,
    as_of: testAsOf,
  })
}

function evaluateEvidence(policy: Policy, input: Pick<EvaluationInput, 'candidates'> & Partial<EvaluationInput>) {
  return evaluatePolicy({ policy: compilePolicy(policy), previous: [], as_of: testAsOf, ...input })
}

describe('the accepted cases', () => {
  test.each<[string, Policy | undefined, Figures, readonly string[], readonly string[]]>([
    [
      'a threshold keeps those at or above it',
      { thresholds: { sharpe: { min: 0.5 } } },
      { s1: { sharpe: 0.6 }, s2: { sharpe: 0.4 } },
      [],
      ['s1'],
    ],
    [
      'top-k keeps the best',
      { top_k: { k: 2, metric: 'sharpe' } },
      { s1: { sharpe: 1 }, s2: { sharpe: 0.8 }, s3: { sharpe: 1.5 } },
      [],
      ['s1', 's3'],
    ],
    [
      'hysteresis holds what is active and keeps out what is not strong enough',
      { hysteresis: { metric: 'sharpe', enter: 0.6, exit: 0.4 } },
      { s1: { sharpe: 0.45 }, s2: { sharpe: 0.55 } },
      ['s1'],
      ['s1'],
    ],
    ['a tie is broken by id', { top_k: { k: 1, metric: 'sharpe' } }, { b: { sharpe: 1 }, a: { sharpe: 1 } }, [], ['a']],
    [
      'the score ranks',
      { score: 'sharpe - 10 * max_drawdown', top_k: { k: 1 } },
      { s1: { sharpe: 2, max_drawdown: 0.5 }, s2: { sharpe: 1, max_drawdown: 0.01 } },
      [],
      ['s2'],
    ],
    ['an empty policy lets everyone pass', {}, { s1: { sharpe: -1 } }, [], ['s1']],
    ['no policy promotes nobody', undefined, { s1: { sharpe: 9 }, s2: { sharpe: 9 } }, ['s2'], ['s2']],
    ['a failed gate demotes', { thresholds: { sharpe: { min: 0.5 } } }, { s1: { sharpe: 0.4 } }, ['s1'], []],
    [
      'a missing figure neither promotes nor demotes',
      { thresholds: { sharpe: { min: 0.5 } } },
      { s1: { sortino: 1 }, s2: { sortino: 1 } },
      ['s1'],
      ['s1'],
    ],
    [
      'a strategy that is active but no longer a candidate stays',
      { thresholds: { sharpe: { min: 0.5 } } },
      { s1: { sharpe: 1 } },
      ['gone'],
      ['gone', 's1'],
    ],
    [
      'an inconclusive active strategy keeps its place of the k, nobody enters it',
      { top_k: { k: 1, metric: 'sharpe' } },
      { s1: { sortino: 1 }, s2: { sharpe: 3 } },
      ['s1'],
      ['s1'],
    ],
    [
      'nor is anybody demoted for it',
      { top_k: { k: 2, metric: 'sharpe' } },
      { s1: { sortino: 1 }, s2: { sharpe: 3 }, s3: { sharpe: 2 }, s4: { sharpe: 4 } },
      ['s1', 's2', 's3'],
      ['s1', 's2'],
    ],
  ])('%s', (_, policy, figures, previous, active) => {
    expect(evaluate(policy, figures, previous).active).toEqual(active)
  })

  test('promotions and demotions are the difference', () => {
    const policy = { thresholds: { sharpe: { min: 0.5 } } }
    const outcome = evaluate(policy, { s1: { sharpe: 0.1 }, s2: { sharpe: 1 } }, ['s1'])
    expect(outcome).toMatchObject({ promote: ['s2'], demote: ['s1'] })
  })
})

describe('every gate says what it saw', () => {
  test('a threshold on evidence gives value, threshold, sample and formula', () => {
    const policy = { thresholds: { sharpe: { min: 0.5 }, max_drawdown: { max: 0.001 } } }
    const candidates = [{ strategy_id: 's1', evidence: evidenceRecord(alternatingReturns(0.002)) }]
    const [verdict] = evaluateEvidence(policy, { candidates }).verdicts
    expect(verdict?.outcome).toBe('fail')
    expect(verdict?.gates).toMatchObject([
      { gate: 'evidence', outcome: 'pass', value: 'backtest', threshold: `as of ${testAsOf}`, sample: 60 },
      {
        gate: 'sharpe >= 0.5',
        outcome: 'pass',
        value: verdict?.statistics['sharpe']?.value,
        threshold: '>= 0.5',
        sample: 60,
        formula: 'sharpe.arith.365',
      },
      {
        gate: 'max_drawdown <= 0.001',
        outcome: 'fail',
        threshold: '<= 0.001',
        reason: 'max_drawdown is 0.008, needs <= 0.001',
        remedy: 'lower max_drawdown by 0.007',
      },
    ])
  })

  test('a statistic without a value is inconclusive with its own reason', () => {
    const candidates = [
      { strategy_id: 's1', evidence: evidenceRecord(alternatingReturns(0.002), { trades: [closedTrade('5')] }) },
    ]
    const [verdict] = evaluateEvidence({ gates: ['profit_factor > 1'] }, { candidates }).verdicts
    expect(verdict?.gates[1]).toMatchObject({ outcome: 'inconclusive', value: null, sample: 1 })
    expect(verdict?.gates[1]?.reason).toBe(`profit_factor: ${verdict?.statistics['profit_factor']?.reason ?? ''}`)
  })

  test('a ratio that divides by zero does not pass', () => {
    const [verdict] = evaluate(
      { gates: ['sharpe / max_drawdown > 1'] },
      { s1: { sharpe: 1, max_drawdown: 0 } },
    ).verdicts
    expect(verdict?.gates.at(-1)).toMatchObject({ outcome: 'inconclusive', value: null })
  })

  test('the rank is a gate', () => {
    const figures = { s1: { sharpe: 1 }, s2: { sharpe: 2 } }
    const [s1, s2] = evaluate({ top_k: { k: 1, metric: 'sharpe' } }, figures).verdicts
    expect(s2).toMatchObject({ rank: 1, outcome: 'pass' })
    expect(s1).toMatchObject({ rank: 2, outcome: 'fail' })
    expect(s1?.gates.at(-1)).toMatchObject({
      gate: 'top 1 by sharpe',
      value: 2,
      threshold: '<= 1',
      sample: 2,
      reason: 'rank 2 of 2 by sharpe, 1 are chosen',
    })
  })

  test.each([
    ['no evidence', undefined, 'no_evidence'],
    [
      'code that the runner lacks',
      { kind: 'unavailable', as_of: testAsOf, reason: 'code_unavailable' },
      'code_unavailable',
    ],
    ['evidence of another snapshot', evidenceRecord([0.1], { asOf: '2024-01-01T00:00:00Z' }), 'stale_evidence'],
  ] as const)('%s is inconclusive, and no other gate judges', (_, evidence, reason) => {
    const candidate = { strategy_id: 's1', ...(evidence === undefined ? {} : { evidence }) }
    const policy = { thresholds: { sharpe: { min: 0.5 } } }
    const [verdict] = evaluateEvidence(policy, { candidates: [candidate] }).verdicts
    expect(verdict).toMatchObject({ outcome: 'inconclusive', gates: [{ gate: 'evidence', reason }] })
    expect(verdict?.gates).toHaveLength(1)
    expect(verdict?.gates[0]?.remedy).toBeTruthy()
  })

  test('too short a history is advisory: it neither promotes nor demotes', () => {
    const policy = { data_currency: { min_history: '90d' }, thresholds: { sharpe: { min: 0 } } }
    const candidates = ['s1', 's2'].map((strategy_id) => ({
      strategy_id,
      evidence: evidenceRecord(alternatingReturns(0.002)),
    }))
    const outcome = evaluateEvidence(policy, { candidates, previous: ['s2'] })
    expect(outcome.active).toEqual(['s2'])
    expect(outcome.verdicts[0]?.gates[1]).toMatchObject({
      gate: 'history >= 90d',
      outcome: 'inconclusive',
      value: '60d',
      threshold: '>= 90d',
    })
  })

  test('a supplied figure is marked and never replaces a computed one', () => {
    const policy = { thresholds: { sharpe: { min: 0.5 } } }
    const weak = { strategy_id: 's1', evidence: evidenceRecord(alternatingReturns(-0.002)), supplied: { sharpe: 9 } }
    const [verdict] = evaluateEvidence(policy, { candidates: [weak] }).verdicts
    expect(verdict).toMatchObject({ outcome: 'fail', supplied: [] })
    expect(evaluate(policy, { s1: { sharpe: 9 } }).verdicts[0]).toMatchObject({
      supplied: ['sharpe'],
      statistics: { sharpe: { value: 9, formula: 'supplied' } },
    })
  })
})

describe('laws', () => {
  const anyFigures = fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    fc.record(
      { sharpe: fc.integer({ min: -3, max: 3 }), sortino: fc.integer({ min: -3, max: 3 }) },
      { requiredKeys: [] },
    ),
  )
  const anyPolicy: fc.Arbitrary<Policy> = fc.record(
    {
      thresholds: fc.record({ sharpe: fc.record({ min: fc.integer({ min: -2, max: 2 }) }) }),
      top_k: fc.record({ k: fc.integer({ min: 1, max: 4 }), metric: fc.constantFrom('sharpe', 'sortino') }),
      hysteresis: fc.constant({ metric: 'sharpe', enter: 1, exit: 0 }),
    },
    { requiredKeys: [] },
  )
  const anyPrevious: fc.Arbitrary<string[]> = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'))

  test('inconclusive never promotes and never demotes, failing never stays, passing is always active', () => {
    fc.assert(
      fc.property(anyPolicy, anyFigures, anyPrevious, (policy, figures, previous) => {
        const { verdicts, active } = evaluate(policy, figures, previous)
        for (const { strategy_id, outcome } of verdicts) {
          const expected = outcome === 'pass' || (outcome === 'inconclusive' && previous.includes(strategy_id))
          expect(active.includes(strategy_id)).toBe(expected)
        }
      }),
    )
  })

  test('never more than k are active unless they were before', () => {
    fc.assert(
      fc.property(anyPolicy, anyFigures, anyPrevious, (policy, figures, previous) => {
        const { active, promote } = evaluate(policy, figures, previous)
        const k = policy.top_k?.k ?? Infinity
        if (promote.length > 0) expect(active.length).toBeLessThanOrEqual(k)
      }),
    )
  })

  test('the order in which candidates come changes nothing', () => {
    fc.assert(
      fc.property(anyPolicy, anyFigures, anyPrevious, (policy, figures, previous) => {
        const reversed = Object.fromEntries(Object.entries(figures).toReversed())
        expect(evaluate(policy, reversed, previous)).toEqual(evaluate(policy, figures, previous))
      }),
    )
  })

  test('one more failed gate never improves an outcome', () => {
    const anyOutcome = fc.constantFrom(...outcomes)
    fc.assert(
      fc.property(fc.array(fc.record({ outcome: anyOutcome })), (gates) => {
        expect(outcomeOf([...gates, { outcome: 'fail' }])).toBe('fail')
        expect(outcomeOf([...gates, { outcome: 'inconclusive' }])).not.toBe('pass')
      }),
    )
  })
})
