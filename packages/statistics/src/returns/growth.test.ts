import { describe, expect, test } from 'vitest'
import { computeStatistics } from '../compute-statistics.ts'
import { dailyInput } from '../testing/statistics-inputs.ts'

describe('days and months, worked by hand', () => {
  // 31 days of January lose 1 % on the last, 29 of February gain 2 % on the first, March has one day of 0.
  const returns = new Array<number>(61).fill(0).with(30, -0.01).with(31, 0.02)
  const found = computeStatistics(dailyInput(returns))

  test('best, worst and average day', () => {
    expect(found.best_day).toMatchObject({ unit: 'fraction', sample: 61 })
    expect(found.best_day.value).toBeCloseTo(0.02, 12)
    expect(found.worst_day.value).toBeCloseTo(-0.01, 12)
    expect(found.average_day.value).toBeCloseTo(0.01 / 61, 12)
    expect(found.annual_return.value).toBeCloseTo((0.01 / 61) * 365, 12)
  })

  test('a mean has the error of a mean, and one day has none', () => {
    const squares = 1e-4 + 4e-4 - 1e-4 / 61
    expect(found.average_day.standard_error).toBeCloseTo(Math.sqrt(squares / 60 / 61), 12)
    expect(found.annual_return.standard_error).toBeCloseTo(Math.sqrt(squares / 60 / 61) * 365, 10)
    expect(computeStatistics(dailyInput([0.1])).average_day).not.toHaveProperty('standard_error')
  })

  test('best, worst and average month are those of the calendar, partial ones too', () => {
    expect(found.best_month).toMatchObject({ sample: 3 })
    expect(found.best_month.value).toBeCloseTo(0.02, 12)
    expect(found.worst_month.value).toBeCloseTo(-0.01, 12)
    expect(found.average_month.value).toBeCloseTo(0.01 / 3, 12)
  })

  test('shares of positive days and months carry the error of a share', () => {
    expect(found.positive_days.value).toBeCloseTo(1 / 61, 12)
    expect(found.positive_months.value).toBeCloseTo(1 / 3, 12)
    expect(found.positive_months.standard_error).toBeCloseTo(Math.sqrt(2 / 27), 12)
  })

  test('gain to pain is the sum of months over the sum of lost ones, omega that of won days over lost ones', () => {
    expect(found.gain_to_pain.value).toBeCloseTo(1, 10)
    expect(found.omega.value).toBeCloseTo(2, 12)
  })
})
