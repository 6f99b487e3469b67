import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { computeStatistics } from '../compute-statistics.ts'
import { dailyInput, dayMs, startMs } from '../testing/statistics-inputs.ts'
import { monthlyReturnsTable } from './monthly-table.ts'
import { returnHistogram } from './return-histogram.ts'
import { rollingSharpe, rollingVolatility } from './rolling-figures.ts'

describe('rolling figures', () => {
  const returns = [0.01, -0.02, 0.03, 0.01, -0.01, 0.02]
  const options = { calendar: '24/7', windowDays: 3 }

  test('each is the statistic of its window, and none before a window is full', () => {
    const sharpe = rollingSharpe(dailyInput(returns), options)
    const volatility = rollingVolatility(dailyInput(returns), options)
    expect(Array.from(sharpe.dayTimesMs)).toEqual(returns.map((_, index) => startMs + index * dayMs))
    expect(Array.from(sharpe.values.subarray(0, 2))).toEqual([Number.NaN, Number.NaN])
    for (let end = 3; end <= returns.length; end++) {
      const window = computeStatistics(dailyInput(returns.slice(end - 3, end)))
      expect(sharpe.values[end - 1]).toBe(window.sharpe.value)
      expect(volatility.values[end - 1]).toBe(window.volatility.value)
    }
  })

  test('a window of equal days has no Sharpe ratio', () => {
    expect(rollingSharpe(dailyInput([0, 0, 0]), options).values[2]).toBeNaN()
    expect(rollingVolatility(dailyInput([0, 0, 0]), options).values[2]).toBe(0)
  })

  test.each([1, 2.5, Number.NaN])('a window of %d days is refused', (windowDays) => {
    expect(() => rollingSharpe(dailyInput(returns), { ...options, windowDays })).toThrow('a whole number from 2 on')
  })
})

describe('the table of monthly returns', () => {
  test('has a row for each year and a cell for each month that was touched', () => {
    // From 2024-01-01: day 365 is 2024-12-31, day 366 is 2025-01-01.
    const returns = new Array<number>(367).fill(0).with(30, 0.1).with(31, 0.2).with(32, -0.5).with(366, 0.05)
    const [first, second, ...rest] = monthlyReturnsTable(dailyInput(returns), '24/7')
    expect(rest).toEqual([])
    expect([first?.year, second?.year]).toEqual([2024, 2025])
    expect(first?.months[0]).toBeCloseTo(0.1, 12)
    expect(first?.months[1]).toBeCloseTo(-0.4, 12)
    expect(first?.months[11]).toBe(0)
    expect(first?.total).toBeCloseTo(1.1 * 0.6 - 1, 12)
    expect(second?.months[0]).toBeCloseTo(0.05, 12)
    expect(second?.months.slice(1)).toEqual(new Array(11).fill(undefined))
  })

  test('compounds to the total return', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 1, maxLength: 800 }),
        (returns) => {
          const input = dailyInput(returns)
          const growth = monthlyReturnsTable(input, '24/7').reduce((product, { total }) => product * (1 + total), 1)
          const wanted = 1 + (computeStatistics(input).total_return.value ?? 0)
          expect(Math.abs(growth / wanted - 1)).toBeLessThan(1e-10)
        },
      ),
    )
  })

  test('of nothing is empty', () => expect(monthlyReturnsTable(dailyInput([]), '24/7')).toEqual([]))
})

describe('the histogram of returns', () => {
  test('counts returns in bins of equal width, the last one closed', () => {
    expect(returnHistogram([0, 1, 1.9, 2, 4], 2)).toEqual([
      { from: 0, to: 2, count: 3 },
      { from: 2, to: 4, count: 2 },
    ])
  })

  test('puts equal returns into one bin and nothing into none', () => {
    expect(returnHistogram([0.1, 0.1], 5)).toEqual([{ from: 0.1, to: 0.1, count: 2 }])
    expect(returnHistogram([], 5)).toEqual([])
  })

  test('counts every return once, within its bounds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 1, max: 30 }),
        (returns, bins) => {
          const found = returnHistogram(returns, bins)
          expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(returns.length)
          const last = found.length - 1
          found.forEach(({ from, to, count }, index) => {
            const inside = returns.filter((value) => value >= from && (value < to || (index === last && value === to)))
            expect(inside).toHaveLength(count)
          })
        },
      ),
    )
  })

  test('refuses what it cannot count', () => {
    expect(() => returnHistogram([0.1], 0)).toThrow('0 bins are no whole number from 1 to 1000')
    expect(() => returnHistogram([Number.NaN], 3)).toThrow('return 0 is NaN, not a finite number')
  })
})
