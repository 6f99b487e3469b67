import { QmtlError, type Policy } from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePolicy } from './compile-policy.ts'

function causesOf(policy: Policy) {
  try {
    compilePolicy(policy)
  } catch (thrown) {
    if (thrown instanceof QmtlError && thrown.code === 'E_INVALID_POLICY') return thrown.errors
    throw thrown
  }
  return []
}

describe('a policy compiles', () => {
  test('thresholds become comparisons, gates follow them', () => {
    const { gates } = compilePolicy({
      thresholds: { sharpe: { min: 0.5 }, max_drawdown: { min: 0, max: 0.25 } },
      gates: ['trades > 10', { name: 'quality', or: ['sortino > 1', { and: ['win_rate > 0.5', 'cagr > 0'] }] }],
    })
    expect(gates.map(({ name, condition }) => [name, condition.text])).toEqual([
      ['sharpe >= 0.5', 'sharpe >= 0.5'],
      ['max_drawdown >= 0', 'max_drawdown >= 0'],
      ['max_drawdown <= 0.25', 'max_drawdown <= 0.25'],
      ['trades > 10', 'trades > 10'],
      ['quality', '(sortino > 1) || ((win_rate > 0.5) && (cagr > 0))'],
    ])
  })

  test('a score ranks where top_k names no metric', () => {
    expect(compilePolicy({ score: 'sharpe - max_drawdown', top_k: { k: 2 } }).topK).toEqual({ k: 2, metric: 'score' })
  })

  test('any threshold number can be written as CEL', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(finite, finite, (min, value) => {
        const [gate] = compilePolicy({ thresholds: { sharpe: { min } } }).gates
        expect(gate?.condition.evaluate({ sharpe: value })).toBe(value >= min)
      }),
    )
  })
})

describe('a policy is refused', () => {
  test('with every cause at once, each with its place', () => {
    const causes = causesOf({
      thresholds: { sharp: { min: 1 }, sortino: { min: 2, max: 1 } },
      gates: ['trades >', { and: ['sharpe > 1', { or: ['win_rat > 0.5'] }] }],
      score: 'sharpe > 1',
      top_k: { k: 1, metric: 'shrpe' },
      hysteresis: { metric: 'sharpe', enter: 0.4, exit: 0.6 },
    })
    expect(causes.map(({ path, message }) => `${path} ${message}`)).toEqual([
      "/thresholds/sharp unknown statistic 'sharp', did you mean 'sharpe'?",
      '/thresholds/sortino min 2 is above max 1: nothing could pass',
      '/gates/0 at 8: Unexpected token: EOF',
      "/gates/1/and/1/or/0 at 0: unknown statistic 'win_rat', did you mean 'win_rate'?",
      '/score must give a number, gives bool',
      "/top_k/metric unknown statistic 'shrpe', did you mean 'sharpe'?",
      '/hysteresis exit 0.6 is above enter 0.4: what just entered would leave at once',
    ])
  })

  test.each<[string, Policy, string]>([
    ['top_k without a metric', { top_k: { k: 1 } }, '/top_k'],
    ['top_k by a score that is not there', { top_k: { k: 1, metric: 'score' } }, '/top_k/metric'],
    [
      'hysteresis by a score that is not there',
      { hysteresis: { metric: 'score', enter: 1, exit: 0 } },
      '/hysteresis/metric',
    ],
    ['a gate that is a number', { gates: ['sharpe + 1'] }, '/gates/0'],
    ['a leaf that closes the parenthesis around it', { gates: [{ and: ['sharpe > 1) || (true'] }] }, '/gates/0/and/0'],
  ])('for %s', (_, policy, path) => {
    expect(causesOf(policy).map((cause) => cause.path)).toEqual([path])
  })
})
