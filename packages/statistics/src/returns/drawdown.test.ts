import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { computeStatistics } from '../compute-statistics.ts'
import { dailyInput, dayMs, startMs } from '../testing/statistics-inputs.ts'
import { drawdownPeriods, drawdownSeries } from './drawdown.ts'

/** Returns that lead through the given equities from 1 on. */
function through(equities: readonly number[]): number[] {
  return equities.map((equity, index) => equity / (equities[index - 1] ?? 1) - 1)
}

const day = (count: number): number => startMs + count * dayMs

describe('drawdowns', () => {
  // Falls to 0.9 and back in three days, rises, falls by half within two, and has regained its peak three days later.
  const returns = through([0.95, 0.9, 1, 1.2, 0.9, 0.6, 0.9, 1.2, 1.5])
  const found = computeStatistics(dailyInput(returns))

  test('are listed with peak, trough, recovery and depth', () => {
    const periods = drawdownPeriods(dailyInput(returns))
    expect(periods).toHaveLength(2)
    expect(periods[0]).toMatchObject({ peakMs: startMs, troughMs: day(2), recoveredMs: day(3) })
    expect(periods[0]?.depth).toBeCloseTo(0.1, 12)
    expect(periods[1]).toMatchObject({ peakMs: day(4), troughMs: day(6), recoveredMs: day(8) })
    expect(periods[1]?.depth).toBeCloseTo(0.5, 12)
  })

  test('give average depth and duration over their number', () => {
    expect(found.average_drawdown).toMatchObject({ sample: 2 })
    expect(found.average_drawdown.value).toBeCloseTo(0.3, 12)
    expect(found.average_drawdown_duration.value).toBeCloseTo(3.5, 12)
    expect(found.time_under_water.value).toBeCloseTo(7 / 9, 12)
  })

  test('are recovered from in the time from the lowest close', () => {
    expect(found.recovery_time).toMatchObject({ value: 2, unit: 'days' })
    expect(found.recovery_factor.value).toBeCloseTo(0.5 / 0.5, 12)
  })

  test('give Calmar the growth per year over the deepest of them', () => {
    expect(found.calmar.value).toBeCloseTo((found.cagr.value ?? 0) / 0.5, 3)
  })

  test('weigh in the ulcer index by their squares', () => {
    const depths = [0.05, 0.1, 0, 0, 0.25, 0.5, 0.25, 0, 0]
    const squares = depths.reduce((sum, depth) => sum + depth ** 2, 0)
    expect(found.ulcer_index.value).toBeCloseTo(Math.sqrt(squares / 9), 12)
    Array.from(drawdownSeries(returns)).forEach((depth, index) => expect(depth).toBeCloseTo(depths[index] ?? 0, 12))
  })

  test('of an account that lost everything last', () => {
    const ruined = computeStatistics(dailyInput([0.1, -1, 0.5]))
    expect(ruined.max_drawdown.value).toBe(1)
    expect(ruined.recovery_time.reason).toBe('the deepest drawdown has not been recovered')
    expect(ruined.average_day.value).toBeCloseTo((0.1 - 1 + 0) / 3, 12)
  })

  test('lie within [0, 1], the deepest of the series being that of the periods', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1.2, max: 2, noNaN: true }), { maxLength: 60 }), (values) => {
        const series = Array.from(drawdownSeries(values))
        expect(series.every((depth) => depth >= 0 && depth <= 1)).toBe(true)
        const deepest = Math.max(0, ...drawdownPeriods(dailyInput(values)).map(({ depth }) => depth))
        expect(Math.max(0, ...series) - deepest).toBeLessThan(1e-11)
      }),
    )
  })
})
