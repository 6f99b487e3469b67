import { describe, expect, test } from 'vitest'
import { computeStatistics } from '../compute-statistics.ts'
import { dailyInput } from '../testing/statistics-inputs.ts'

describe('the spread of daily returns, worked by hand', () => {
  // Mean 0.02; away −0.03, −0.01, −0.01, 0.05; squares sum to 36 × 10⁻⁴, cubes to 96 × 10⁻⁶, fourth powers to 708 × 10⁻⁸.
  const found = computeStatistics(dailyInput([-0.01, 0.01, 0.01, 0.07]))

  test('volatility is the sample deviation times √365', () => {
    expect(found.volatility).toMatchObject({ formula: 'volatility.sample.365', unit: 'fraction per year', sample: 4 })
    expect(found.volatility.value).toBeCloseTo(Math.sqrt(0.0036 / 3) * Math.sqrt(365), 12)
  })

  test('downside deviation counts every day, those that gained with 0', () => {
    expect(found.downside_deviation.value).toBeCloseTo(Math.sqrt(0.0001 / 4) * Math.sqrt(365), 12)
  })

  test('skew and excess kurtosis are population moments with the standard errors of normal returns', () => {
    const variance = 0.0036 / 4
    expect(found.skew.value).toBeCloseTo(96e-6 / 4 / variance ** 1.5, 10)
    expect(found.skew.standard_error).toBeCloseTo(Math.sqrt(12 / 35), 12)
    expect(found.kurtosis.value).toBeCloseTo(708e-8 / 4 / variance ** 2 - 3, 10)
    expect(found.kurtosis.standard_error).toBeCloseTo(Math.sqrt((24 * 4 * 2 * 1) / (25 * 7 * 9)), 12)
  })

  test('the error of volatility follows the fourth moment', () => {
    const kurtosis = 708e-8 / 4 / (0.0036 / 4) ** 2
    const volatility = found.volatility.value ?? 0
    expect(found.volatility.standard_error).toBeCloseTo(volatility * Math.sqrt((kurtosis - 1) / 16), 12)
  })

  test('equal days have no volatility', () => {
    const still = computeStatistics(dailyInput([0.1, 0.1, 0.1]))
    expect(still.volatility).toMatchObject({ value: 0, standard_error: 0 })
    expect(still.downside_deviation.value).toBe(0)
  })
})

describe('tails', () => {
  // −1 %, −2 %, … −100 % of 1 %, out of order.
  const hundred = Array.from({ length: 100 }, (_, index) => -(((index * 37) % 100) + 1) / 10_000)

  test('value at risk is the loss of the day of its rank', () => {
    const found = computeStatistics(dailyInput(hundred))
    // The 5 worst of 100 days lose 1 % to 0.96 %.
    expect(found.value_at_risk_95.value).toBeCloseTo(0.0096, 12)
    expect(found.value_at_risk_99.value).toBeCloseTo(0.01, 12)
    expect(found.expected_shortfall_95.value).toBeCloseTo(0.0098, 12)
    expect(found.expected_shortfall_99.value).toBeCloseTo(0.01, 12)
  })

  test('a day partly in the tail counts partly', () => {
    // 5 % of 30 days are 1.5 days: all of −0.4 and half of −0.1.
    const returns = [-0.4, -0.1, ...new Array<number>(28).fill(0.01)]
    const found = computeStatistics(dailyInput(returns))
    expect(found.value_at_risk_95.value).toBeCloseTo(0.1, 12)
    expect(found.expected_shortfall_95.value).toBeCloseTo(0.45 / 1.5, 12)
  })

  test('ranks do not suffer from rounding: 5 % of 140 days are 7', () => {
    const returns = Array.from({ length: 140 }, (_, index) => (index < 7 ? -0.2 : index === 7 ? -0.1 : 0.01))
    expect(computeStatistics(dailyInput(returns)).value_at_risk_95.value).toBeCloseTo(0.2, 12)
  })

  test('days that all gained risk a gain, a negative loss', () => {
    const found = computeStatistics(dailyInput(new Array<number>(20).fill(0.01)))
    expect(found.value_at_risk_95.value).toBeCloseTo(-0.01, 12)
  })

  test('days without change risk 0, not −0', () => {
    const found = computeStatistics(dailyInput(new Array<number>(20).fill(0)))
    expect(found.value_at_risk_95.value).toBe(0)
    expect(found.expected_shortfall_95.value).toBe(0)
  })

  test('the tail ratio sets the good tail against the bad one', () => {
    const returns = [-0.04, 0.06, ...new Array<number>(18).fill(0.001)]
    expect(computeStatistics(dailyInput(returns)).tail_ratio.value).toBeCloseTo(1.5, 12)
  })
})
