import { describe, expect, test } from 'vitest'
import { computeStatistics } from '../compute-statistics.ts'
import { dailyBars, dailyInput, tradeOf } from '../testing/statistics-inputs.ts'

describe('turnover', () => {
  test('is what was bought and sold over mean equity, per year', () => {
    // 2 × (100 + 110) and 1 × 100 still open: 520 traded on a mean equity of 1,000 × (1.1 + 1.1) ÷ 2, in two days.
    const trades = [tradeOf(0, 1, '20', { quantity: '2', exit_price: '110' }), tradeOf(1, undefined, '0')]
    const found = computeStatistics(dailyInput([0.1, 0], { trades, openingEquity: 1000 }))
    expect(found.turnover).toMatchObject({ unit: 'per year', sample: 2 })
    expect(found.turnover.value).toBeCloseTo((520 / 1100) * (365.25 / 2), 10)
  })

  test('is 0 without trades', () => {
    expect(computeStatistics(dailyInput([0.1], { openingEquity: 1 })).turnover.value).toBe(0)
  })
})

describe('capacity', () => {
  const rows = Array.from({ length: 20 }, () => [99, 101, 1000] as const)

  test('is the equity at which fills take 5 % of the volume of their bar', () => {
    // Entry and exit of 10 units in bars of 1,000 take 1 % with an equity of 500: five times that may be.
    const trades = [tradeOf(1, 3, '1', { quantity: '10' })]
    const input = dailyInput(new Array<number>(20).fill(0), { trades, openingEquity: 500, bars: [dailyBars(rows)] })
    expect(computeStatistics(input).capacity.value).toBeCloseTo(2500, 8)
  })

  test('sizes are set against the equity at their fill', () => {
    // The equity has doubled by day 2: 20 units are then the same share of it as 10 at the start.
    const trades = [tradeOf(2, undefined, '1', { quantity: '20' })]
    const returns = new Array<number>(20).fill(0).with(1, 1)
    const input = dailyInput(returns, { trades, openingEquity: 500, bars: [dailyBars(rows)] })
    expect(computeStatistics(input).capacity.value).toBeCloseTo(2500, 8)
  })

  test('leaves out the worst 5 % of fills, and no more', () => {
    const thin = rows.map((row, index) => (index === 7 ? ([99, 101, 0] as const) : row))
    const fills = (count: number) =>
      Array.from({ length: count }, (_, index) => tradeOf(index === 0 ? 7 : 1, undefined, '1', { quantity: '10' }))
    const capacity = (count: number) =>
      computeStatistics(
        dailyInput(new Array<number>(20).fill(0), {
          trades: fills(count),
          openingEquity: 500,
          bars: [dailyBars(thin)],
        }),
      ).capacity.value
    expect(capacity(20)).toBeCloseTo(2500, 8)
    // One of 19 fills is more than 5 %: a bar without volume carries nothing.
    expect(capacity(19)).toBe(0)
  })
})
