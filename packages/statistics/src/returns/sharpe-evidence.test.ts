import { describe, expect, test } from 'vitest'
import {
  deflatedSharpe,
  expectedMaximumSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeStandardError,
} from './sharpe-evidence.ts'

const normal = { skew: 0, kurtosis: 3 }

describe('the standard error of a Sharpe ratio', () => {
  // Lo, The Statistics of Sharpe Ratios, Financial Analysts Journal 58 (2002), table 1: √((1 + S² ÷ 2) ÷ n).
  for (const [sharpe, count, error] of [
    [0.5, 12, 0.306],
    [0.5, 60, 0.137],
    [1, 24, 0.25],
    [1.5, 48, 0.21],
    [2, 125, 0.155],
    [3, 500, 0.105],
  ] as const) {
    test(`is ${error} for a ratio of ${sharpe} from ${count} normal returns`, () => {
      expect(sharpeStandardError({ sharpe, count, ...normal })).toBeCloseTo(error, 3)
    })
  }

  test('grows with negative skew and fat tails, as Mertens (2002) has it', () => {
    // 1 + 0.1 × 2 + (9 − 1) ÷ 4 × 0.01 = 1.22, over 100 returns.
    expect(sharpeStandardError({ sharpe: 0.1, count: 100, skew: -2, kurtosis: 9 })).toBeCloseTo(Math.sqrt(0.0122), 12)
  })
})

describe('Bailey and López de Prado, The Sharpe Ratio Efficient Frontier (2012)', () => {
  const fund = { sharpe: 1.59 / Math.sqrt(12), count: 24 }

  test('two years of monthly returns with a ratio of 1.59 a year are above 0 with 98.2 % if normal, with 91.3 % as they are', () => {
    expect(probabilisticSharpe({ ...fund, ...normal }, 0)).toBeCloseTo(0.982, 3)
    expect(probabilisticSharpe({ sharpe: 0.458, count: 24, skew: -2.448, kurtosis: 10.164 }, 0)).toBeCloseTo(0.913, 3)
  })

  for (const [frequency, perYear, years, shape] of [
    ['daily', 252, 2.73, normal],
    ['weekly', 52, 2.83, normal],
    ['monthly', 12, 3.24, normal],
    ['monthly, skewed', 12, 4.99, { skew: -0.72, kurtosis: 5.78 }],
  ] as const) {
    test(`a ratio of 2 a year needs ${years} years of ${frequency} returns to be held above 1`, () => {
      const root = Math.sqrt(perYear)
      expect(minimumTrackRecord({ sharpe: 2 / root, count: 9, ...shape }, 1 / root) / perYear).toBeCloseTo(years, 2)
    })
  }

  test('a ratio at its threshold would need forever', () => {
    expect(minimumTrackRecord({ sharpe: 0.1, count: 9, ...normal }, 0.1)).toBe(Infinity)
  })
})

describe('Bailey and López de Prado, The Deflated Sharpe Ratio (2014)', () => {
  // Ratio 2.5 a year from 1250 days, 250 a year; the ratios of the trials have a variance of 1/2 a year.
  const chosen = { sharpe: 2.5 / Math.sqrt(250), count: 1250, skew: -3, kurtosis: 10 }
  const variance = 0.5 / 250

  test('the best of 100 trials without skill is expected at 0.1132 a day, so the ratio stands with 90.04 %', () => {
    expect(expectedMaximumSharpe({ count: 100, variance })).toBeCloseTo(0.1132, 4)
    expect(deflatedSharpe(chosen, { count: 100, variance })).toBeCloseTo(0.9004, 4)
  })

  test('it would stand with 95.05 % after 46 trials, or after 88 had the returns been normal', () => {
    expect(deflatedSharpe(chosen, { count: 46, variance })).toBeCloseTo(0.9505, 4)
    expect(deflatedSharpe({ ...chosen, ...normal }, { count: 88, variance })).toBeCloseTo(0.9505, 4)
  })

  test('one trial deflates nothing', () => {
    expect(expectedMaximumSharpe({ count: 1, variance })).toBe(0)
  })

  test('many trials keep their digits', () => {
    // Φ⁻¹(1 − 10⁻¹²) = 7.0345 and Φ⁻¹(1 − 10⁻¹² ÷ e) = 7.1734.
    const gamma = 0.5772156649
    expect(expectedMaximumSharpe({ count: 1e12, variance: 1 })).toBeCloseTo((1 - gamma) * 7.0345 + gamma * 7.1734, 3)
  })
})
