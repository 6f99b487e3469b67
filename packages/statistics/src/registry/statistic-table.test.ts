import { describe, expect, test } from 'vitest'
import { computeStatistics } from '../compute-statistics.ts'
import { statisticsDocument } from '../testing/statistics-document.ts'
import { dailyInput } from '../testing/statistics-inputs.ts'
import {
  coreStatisticNames,
  describeStatistic,
  formulaIdOf,
  isStatisticName,
  statisticNames,
} from './statistic-table.ts'

describe('the table', () => {
  test('names every statistic of a report, in its order', () => {
    expect(Object.keys(computeStatistics(dailyInput([0.1])))).toEqual(statisticNames)
    expect(statisticNames).toHaveLength(67)
    expect(isStatisticName('sharp')).toBe(false)
    expect(isStatisticName('toString')).toBe(false)
  })

  test('has the eleven figures of a short report', () => {
    expect(coreStatisticNames.join(' ')).toBe(
      'total_return cagr sharpe sortino max_drawdown max_drawdown_duration trades win_rate profit_factor exposure fees',
    )
  })

  test('gives each a title of its own and a formula id that begins with its name', () => {
    expect(new Set(statisticNames.map((name) => describeStatistic(name).title)).size).toBe(statisticNames.length)
    for (const name of statisticNames) {
      expect(formulaIdOf(name, '24/7')).toMatch(new RegExp(`^${name}(\\.[a-z0-9_]+)+$`))
    }
  })

  test('puts the days of the year behind what they annualise', () => {
    expect(formulaIdOf('sharpe', '24/7')).toBe('sharpe.arith.365')
    expect(formulaIdOf('alpha', 'sim-sessions')).toBe('alpha.jensen.252')
    expect(formulaIdOf('win_rate', '24/7')).toBe('win_rate.net')
    expect(formulaIdOf('cagr', 'sim-sessions')).toBe('cagr.365.25')
  })

  test('names a standard error exactly where one is computed', () => {
    const returns = Array.from({ length: 120 }, (_, index) => Math.sin(index * 7) / 50)
    const benchmark = returns.map((value, index) => value / 2 + Math.cos(index * 3) / 90)
    const trades = [3, -2, 5, -1].map((pnl) => ({ ...closedTrade, pnl: String(pnl) }))
    const found = computeStatistics(dailyInput(returns, { benchmark, trades }))
    const withError = statisticNames.filter((name) => found[name].standard_error !== undefined)
    expect(withError).toEqual(statisticNames.filter((name) => describeStatistic(name).standardError !== undefined))
  })
})

const closedTrade = {
  instrument: 'BTC-USD.SIM',
  side: 'long',
  quantity: '1',
  entry_ts: '2024-01-01T00:00:00Z',
  entry_price: '100',
  exit_ts: '2024-01-02T00:00:00Z',
  exit_price: '101',
  fee: '0',
} as const

// `npx vitest run packages/statistics -u` writes it.
test('docs/statistics.md is what the table says', async () => {
  await expect(statisticsDocument()).toMatchFileSnapshot('../../../../docs/statistics.md')
})
