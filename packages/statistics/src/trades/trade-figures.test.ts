import { describe, expect, test } from 'vitest'
import { computeStatistics } from '../compute-statistics.ts'
import { dailyBars, dailyInput, tradeOf } from '../testing/statistics-inputs.ts'
import { tradeExcursions } from './excursions.ts'

describe('closed trades, worked by hand', () => {
  // Profits in the order of exits: 30, 10, −20, 0, −20, −5; the records stand in another order.
  const trades = [
    tradeOf(2, 4, '10'),
    tradeOf(0, 1, '30'),
    tradeOf(4, 5, '-20'),
    tradeOf(5, 6, '0'),
    tradeOf(6, 9, '-20'),
    tradeOf(9, 10, '-5'),
    tradeOf(10, undefined, '99'),
  ]
  const found = computeStatistics(dailyInput(new Array<number>(11).fill(0), { trades }))

  test('average, best and worst trade, in quote currency', () => {
    expect(found.average_trade).toMatchObject({ unit: 'quote', sample: 6 })
    expect(found.average_trade.value).toBeCloseTo(-5 / 6, 12)
    expect(found.best_trade.value).toBe(30)
    expect(found.worst_trade.value).toBe(-20)
  })

  test('wins against losses', () => {
    expect(found.average_win).toMatchObject({ value: 20, sample: 2 })
    expect(found.average_loss).toMatchObject({ value: 15, sample: 3 })
    expect(found.payoff_ratio.value).toBeCloseTo(4 / 3, 12)
    expect(found.expectancy.value).toBeCloseTo(-5 / 6 / 15, 12)
    // 2 wins of 5 decided trades: 0.4 − 0.6 ÷ (4 ÷ 3).
    expect(found.kelly.value).toBeCloseTo(-0.05, 12)
  })

  test('the win rate has the error of a share', () => {
    expect(found.win_rate.standard_error).toBeCloseTo(Math.sqrt(((1 / 3) * (2 / 3)) / 6), 12)
  })

  test('SQN is the mean over the deviation of profits, times √n', () => {
    // Squares 900 + 100 + 400 + 0 + 400 + 25 = 1825, less 6 × (5 ÷ 6)².
    const deviation = Math.sqrt((1825 - 25 / 6) / 5)
    expect(found.sqn.value).toBeCloseTo((-5 / 6 / deviation) * Math.sqrt(6), 12)
  })

  test('runs are counted in the order of exits, and a trade without result ends one', () => {
    expect(found.max_consecutive_wins.value).toBe(2)
    expect(found.max_consecutive_losses.value).toBe(2)
  })

  test('time in trades, winners and losers', () => {
    expect(found.average_trade_duration.value).toBeCloseTo(9 / 6, 12)
    expect(found.average_win_duration.value).toBeCloseTo(1.5, 12)
    expect(found.average_loss_duration.value).toBeCloseTo(5 / 3, 12)
  })
})

describe('excursions', () => {
  const bars = [
    dailyBars([
      [70, 130, 1],
      [95, 104, 1],
      [98, 110, 1],
      [60, 140, 1],
    ]),
  ]

  test('are measured by the bars wholly within a trade', () => {
    const long = tradeOf(1, 3, '1')
    const short = tradeOf(1, 3, '1', { side: 'short' })
    const found = computeStatistics(dailyInput([0, 0, 0, 0], { trades: [long, short], bars }))
    expect(found.average_mae.value).toBeCloseTo((0.05 + 0.1) / 2, 12)
    expect(found.worst_mae.value).toBeCloseTo(0.1, 12)
    expect(found.average_mfe.value).toBeCloseTo((0.1 + 0.05) / 2, 12)
    expect(found.best_mfe.value).toBeCloseTo(0.1, 12)
  })

  test('of a trade within one bar are those of its exit price', () => {
    const [one] = tradeExcursions([tradeOf(1.25, 1.5, '1', { exit_price: '97' })], bars)
    expect(one?.excursion?.adverse).toBeCloseTo(0.03, 12)
    expect(one?.excursion?.favourable).toBe(0)
  })

  test('are unknown for an instrument without bars', () => {
    const [one] = tradeExcursions([tradeOf(1, 2, '1', { instrument: 'ETH-USD.SIM' })], bars)
    expect(one?.excursion).toBeUndefined()
  })
})
