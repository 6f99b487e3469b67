import { parseInstant, type EvidenceSeries, type StatisticValue, type TradeRecord } from '@qmtl/contracts'
import { daysPerYear, describeStatistic, formulaIdOf, type StatisticName } from './registry/statistic-table.ts'
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

  const samples = {
    returns: returns.length,
    days: daily.length,
    'closed trades': closed.length,
    trades: trades.length,
  }
  const named = (name: StatisticName, found: Figure): StatisticValue => {
    const { unit, sample } = describeStatistic(name)
    const definition = { formula: formulaIdOf(name, calendar), unit, sample: samples[sample] }
    return 'value' in found
      ? { value: found.value, ...definition }
      : { value: null, ...definition, reason: found.reason }
  }
  return {
    total_return: named('total_return', totalReturn(equity)),
    cagr: named('cagr', annualGrowth(input, equity)),
    sharpe: named('sharpe', sharpeRatio(daily, yearDays)),
    sortino: named('sortino', sortinoRatio(daily, yearDays)),
    max_drawdown: named('max_drawdown', depth),
    max_drawdown_duration: named('max_drawdown_duration', duration),
    trades: named('trades', figure(closed.length)),
    win_rate: named('win_rate', winRate(closed)),
    profit_factor: named('profit_factor', profitFactor(closed)),
    exposure: named('exposure', exposureShare(trades, startMs, closeTimesMs[returns.length - 1] ?? startMs)),
    fees: named('fees', feeSum(trades)),
  }
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
