import { parseInstant, type EvidenceSeries, type StatisticValue, type TradeRecord } from '@qmtl/contracts'
import {
  daysPerYear,
  describeStatistic,
  formulaIdOf,
  statisticNames,
  type StatisticName,
} from './registry/statistic-table.ts'
import { dailyReturns } from './returns/daily-returns.ts'
import { drawdowns } from './returns/drawdown.ts'
import { figure, type Figure } from './returns/figure.ts'
import { annualGrowth, totalReturn } from './returns/growth.ts'
import { checkReturnSeries, equityOf, type ReturnSeries } from './returns/return-series.ts'
import { sharpeRatio, sortinoRatio } from './returns/risk-ratios.ts'
import { closedTrades, exposureShare, feeSum, profitFactor, winRate } from './trades/trade-figures.ts'

export interface StatisticsInput extends ReturnSeries {
  readonly trades: readonly TradeRecord[]
  /** `24/7`, or any calendar with sessions that do not cross midnight UTC. */
  readonly calendar: string
}

export type PerformanceStatistics = Readonly<Record<StatisticName, StatisticValue>>

/**
 * Every statistic of an account from its bar returns and trades. A figure that does not exist is null with a reason. Throws
 * `E_INVALID_DATA` for returns that are not finite, times that do not ascend, or lengths that differ.
 */
export function computeStatistics(input: StatisticsInput): PerformanceStatistics {
  checkReturnSeries(input)
  const { startMs, closeTimesMs, returns, trades, calendar } = input
  const equity = equityOf(returns)
  const daily = dailyReturns(input, calendar)
  const yearDays = daysPerYear(calendar)
  const { depth, duration } = drawdowns(input, equity)
  const closed = closedTrades(trades)

  const figures: Record<StatisticName, Figure> = {
    total_return: totalReturn(equity),
    cagr: annualGrowth(input, equity),
    sharpe: sharpeRatio(daily, yearDays),
    sortino: sortinoRatio(daily, yearDays),
    max_drawdown: depth,
    max_drawdown_duration: duration,
    trades: figure(closed.length),
    win_rate: winRate(closed),
    profit_factor: profitFactor(closed),
    exposure: exposureShare(trades, startMs, closeTimesMs[returns.length - 1] ?? startMs),
    fees: feeSum(trades),
  }
  const samples = { returns: returns.length, days: daily.length, 'closed trades': closed.length, trades: trades.length }
  return mapStatistics((name) => {
    const { unit, sample } = describeStatistic(name)
    const found = figures[name]
    const identity = { formula: formulaIdOf(name, calendar), unit, sample: samples[sample] }
    return 'value' in found ? { value: found.value, ...identity } : { value: null, ...identity, reason: found.reason }
  })
}

/** Every statistic of a runner's evidence. Throws like `computeStatistics`, and `E_INVALID_TIME` for a malformed start. */
export function statisticsOfEvidence(series: EvidenceSeries): PerformanceStatistics {
  const { start, interval_s, returns, close_ts, trades, calendar } = series
  const startMs = parseInstant(start)
  const closeTimesMs = close_ts
    ? close_ts.map((seconds) => seconds * 1000)
    : returns.map((_, index) => startMs + (index + 1) * interval_s * 1000)
  return computeStatistics({ startMs, closeTimesMs, returns, trades, calendar })
}

function mapStatistics(valueOf: (name: StatisticName) => StatisticValue): PerformanceStatistics {
  const entries = statisticNames.map((name) => [name, valueOf(name)] as const)
  return Object.fromEntries(entries) as PerformanceStatistics
}
