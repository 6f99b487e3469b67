import { describe, expect, test } from 'vitest'
import { computeStatistics } from '../compute-statistics.ts'
import { dailyInput, hourMs, startMs } from '../testing/statistics-inputs.ts'

describe('against a benchmark, worked by hand', () => {
  // Benchmark −1, 0, 1, 2 %, mean 0.5 %, squares 5; strategy 0, 1, 1, 4 %, mean 1.5 %, squares 9; products 6 (× 10⁻⁴).
  const benchmark = [-0.01, 0, 0.01, 0.02]
  const found = computeStatistics(dailyInput([0, 0.01, 0.01, 0.04], { benchmark }))
  // Residual squares 9 − 6² ÷ 5 = 1.8, two degrees of freedom.
  const residual = 1.8e-4 / 2

  test('beta is covariance over variance, with the error of a slope', () => {
    expect(found.beta).toMatchObject({ formula: 'beta.ols', sample: 4 })
    expect(found.beta.value).toBeCloseTo(1.2, 12)
    expect(found.beta.standard_error).toBeCloseTo(Math.sqrt(residual / 5e-4), 12)
  })

  test('alpha is what beta leaves, per year, with the error of an intercept', () => {
    expect(found.alpha).toMatchObject({ formula: 'alpha.jensen.365', unit: 'fraction per year' })
    expect(found.alpha.value).toBeCloseTo((0.015 - 1.2 * 0.005) * 365, 12)
    expect(found.alpha.standard_error).toBeCloseTo(Math.sqrt(residual * (1 / 4 + 0.005 ** 2 / 5e-4)) * 365, 12)
  })

  test('Treynor is the mean return per year over beta', () => {
    expect(found.treynor.value).toBeCloseTo((0.015 * 365) / 1.2, 12)
  })

  test('correlation is covariance over both deviations', () => {
    const correlation = 6 / Math.sqrt(45)
    expect(found.benchmark_correlation.value).toBeCloseTo(correlation, 12)
    expect(found.benchmark_correlation.standard_error).toBeCloseTo(Math.sqrt((1 - correlation ** 2) / 2), 12)
  })

  test('tracking error and information ratio are those of the active returns 1, 1, 0, 2 %', () => {
    const deviation = Math.sqrt(2e-4 / 3)
    expect(found.tracking_error.value).toBeCloseTo(deviation * Math.sqrt(365), 12)
    expect(found.information_ratio.value).toBeCloseTo((0.01 / deviation) * Math.sqrt(365), 10)
    // Fourth powers of −0, 0, −1, 1 % are 2 × 10⁻⁸: kurtosis 2, skew 0.
    const daily = 0.01 / deviation
    expect(found.information_ratio.standard_error).toBeCloseTo(Math.sqrt((1 + daily ** 2 / 4) / 4) * Math.sqrt(365), 10)
  })

  test('bars of a benchmark compound within their day like those of the strategy', () => {
    const closeTimesMs = [12, 24, 36, 48].map((hour) => startMs + hour * hourMs)
    const input = { startMs, closeTimesMs, trades: [], calendar: '24/7' }
    const intraday = computeStatistics({ ...input, returns: [0.1, 0, 0, -0.1], benchmark: [0.1, 0.1, -0.2, 0] })
    const byDay = computeStatistics(dailyInput([0.1, -0.1], { benchmark: [0.21, -0.2] }))
    expect(intraday.beta.value).toBeCloseTo(byDay.beta.value ?? Number.NaN, 12)
    expect(intraday.beta.sample).toBe(2)
  })

  test('a strategy that is its benchmark has beta 1, no alpha and no tracking error', () => {
    const same = computeStatistics(dailyInput(benchmark, { benchmark }))
    expect(same.beta.value).toBeCloseTo(1, 12)
    expect(same.alpha.value).toBeCloseTo(0, 12)
    expect(same.tracking_error.value).toBe(0)
  })

  test('two days draw a line without errors', () => {
    const two = computeStatistics(dailyInput([0.1, 0.2], { benchmark: [0.1, 0] }))
    expect(two.beta).not.toHaveProperty('standard_error')
    expect(two.beta.value).toBeCloseTo(-1, 12)
  })
})
