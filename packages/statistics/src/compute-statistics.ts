import {
  decimal,
  decimalNumber,
  parseInstant,
  QmtlError,
  type ErrorCause,
  type EvidenceSeries,
  type StatisticValue,
  type TradeRecord,
} from '@qmtl/contracts'
import type { SampleUnit } from './registry/statistic-description.ts'
import {
  daysPerYear,
  describeStatistic,
  formulaIdOf,
  statisticNames,
  type StatisticName,
} from './registry/statistic-table.ts'
import { benchmarkFigures } from './returns/benchmark-figures.ts'
import { dailyReturns } from './returns/daily-returns.ts'
import { distributionOf } from './returns/distribution.ts'
import { deepestOf, drawdownFigures, periodsOf } from './returns/drawdown.ts'
import type { Figure } from './returns/figure.ts'
import { growthFigures } from './returns/growth.ts'
import { monthlyReturns } from './returns/monthly-returns.ts'
import { causesInReturns, causesInSeries, equityOf, type ReturnSeries } from './returns/return-series.ts'
import { riskFigures } from './returns/risk-figures.ts'
import { ratioFigures, type Trials } from './returns/risk-ratios.ts'
import { activityFigures } from './trades/activity-figures.ts'
import type { PriceBars } from './trades/price-bars.ts'
import { tradeFigures } from './trades/trade-figures.ts'
import { readTrades } from './trades/trade-ledger.ts'

/** What some statistics need beyond returns and trades; without it they are null with a reason. */
export interface StatisticsContext {
  /** Equity at the start in quote currency, above 0: for turnover and capacity. */
  readonly openingEquity?: number
  /** Return of a benchmark over each bar of the returns: for alpha, beta and what belongs to them. */
  readonly benchmark?: ArrayLike<number>
  /** Trials made before this strategy was chosen: for the deflated Sharpe ratio. */
  readonly trials?: Trials
  /** Bars of the traded instruments: for excursions and capacity. */
  readonly bars?: readonly PriceBars[]
}

export interface StatisticsInput extends ReturnSeries, StatisticsContext {
  readonly trades: readonly TradeRecord[]
  /** `24/7`, or any calendar with sessions that do not cross midnight UTC. */
  readonly calendar: string
}

export type PerformanceStatistics = Readonly<Record<StatisticName, StatisticValue>>

/**
 * Every statistic of an account from its bar returns and trades. A figure that does not exist is null with a reason. Throws
 * `E_INVALID_DATA` with every cause for returns or benchmark returns that are not finite, times that do not ascend, lengths
 * that differ, an opening equity that is not above 0, trials that are no count or have no variance, and bars whose columns are
 * shorter than they say.
 */
export function computeStatistics(input: StatisticsInput): PerformanceStatistics {
  checkInput(input)
  const { figures, samples } = measure(input)
  const found: Partial<Record<StatisticName, StatisticValue>> = {}
  for (const name of statisticNames) {
    const figure = figures.get(name)
    if (figure) found[name] = statisticValue(name, figure, { calendar: input.calendar, samples })
  }
  if (!isComplete(found)) throw new TypeError('a statistic was not computed')
  return found
}

/** Every statistic of a runner's evidence. Throws like `computeStatistics`, and `E_INVALID_TIME` for a malformed start. */
export function statisticsOfEvidence(series: EvidenceSeries, context: StatisticsContext = {}): PerformanceStatistics {
  const { start, interval_s, returns, close_ts, trades, calendar, opening_equity } = series
  const startMs = parseInstant(start)
  const closeTimesMs = close_ts
    ? close_ts.map((seconds) => seconds * 1000)
    : returns.map((_, index) => startMs + (index + 1) * interval_s * 1000)
  const opening = opening_equity === undefined ? {} : { openingEquity: decimalNumber(decimal(opening_equity)) }
  return computeStatistics({ startMs, closeTimesMs, returns, trades, calendar, ...opening, ...context })
}

type Samples = Readonly<Record<SampleUnit, number>>

interface Measured {
  readonly figures: ReadonlyMap<string, Figure>
  readonly samples: Samples
}

function measure(input: StatisticsInput): Measured {
  const { startMs, closeTimesMs, returns, calendar, openingEquity, benchmark, trials, bars } = input
  const yearDays = daysPerYear(calendar)
  const equity = equityOf(returns)
  const last = equity.at(-1)
  const endMs = closeTimesMs[equity.length - 1] ?? startMs
  const byDay = dailyReturns(input, calendar)
  const daily = byDay.returns
  const days = distributionOf(daily)
  const months = distributionOf(monthlyReturns(byDay).returns)
  const periods = periodsOf(equity, closeTimesMs, startMs)
  const ledger = readTrades(input.trades)
  const growth = growthFigures({ elapsedMs: endMs - startMs, last, days, months, yearDays })
  const maxDrawdown = deepestOf(periods)?.depth ?? 0
  const benchmarkDaily = benchmark && dailyReturns({ startMs, closeTimesMs, returns: benchmark }, calendar).returns
  const families: readonly Readonly<Record<string, Figure>>[] = [
    growth,
    ratioFigures({ days, months, yearDays, cagr: growth.cagr, maxDrawdown, trials }),
    riskFigures(days, daily.toSorted(), yearDays),
    drawdownFigures({ periods, startMs, endMs, last, dailyReturns: daily }),
    benchmarkFigures({ daily, days, benchmark: benchmarkDaily, yearDays }),
    tradeFigures(ledger, bars),
    activityFigures({ series: input, equity, ledger, openingEquity, bars }),
  ]
  return {
    figures: new Map(families.flatMap((family) => Object.entries(family))),
    samples: {
      returns: returns.length,
      days: days.count,
      months: months.count,
      drawdowns: periods.length,
      'closed trades': ledger.closed.length,
      'winning trades': ledger.wins,
      'losing trades': ledger.losses,
      trades: ledger.all.length,
    },
  }
}

function statisticValue(
  name: StatisticName,
  found: Figure,
  { calendar, samples }: { readonly calendar: string; readonly samples: Samples },
): StatisticValue {
  const { unit, sample } = describeStatistic(name)
  const definition = { formula: formulaIdOf(name, calendar), unit, sample: samples[sample] }
  if (!('value' in found)) return { value: null, ...definition, reason: found.reason }
  const { value, standardError } = found
  return { value, ...definition, ...(standardError === undefined ? {} : { standard_error: standardError }) }
}

function isComplete(
  found: Partial<Record<StatisticName, StatisticValue>>,
): found is Record<StatisticName, StatisticValue> {
  return statisticNames.every((name) => found[name] !== undefined)
}

function checkInput(input: StatisticsInput): void {
  const causes = [...causesInSeries(input), ...causesInContext(input)]
  const [first] = causes
  if (first !== undefined) throw new QmtlError('E_INVALID_DATA', first.message, { errors: causes })
}

function causesInContext({ returns, benchmark, openingEquity, trials, bars = [] }: StatisticsInput): ErrorCause[] {
  const causes: ErrorCause[] = []
  if (benchmark !== undefined) causes.push(...causesInReturns(benchmark, 'benchmark'))
  if (benchmark !== undefined && benchmark.length !== returns.length) {
    causes.push({ path: 'benchmark', message: `${benchmark.length} benchmark returns for ${returns.length} returns` })
  }
  if (openingEquity !== undefined && !(openingEquity > 0 && Number.isFinite(openingEquity))) {
    causes.push({ path: 'openingEquity', message: `opening equity is ${openingEquity}, not a number above 0` })
  }
  return [...causes, ...causesInTrials(trials), ...bars.flatMap(causesInBars)]
}

function causesInTrials(trials: Trials | undefined): ErrorCause[] {
  if (trials === undefined) return []
  const { count, sharpeVariance } = trials
  const causes: ErrorCause[] = []
  if (!(Number.isSafeInteger(count) && count >= 1)) {
    causes.push({ path: 'trials/count', message: `${count} trials are no whole number from 1 on` })
  }
  if (!(sharpeVariance >= 0 && Number.isFinite(sharpeVariance))) {
    causes.push({ path: 'trials/sharpeVariance', message: `a variance of ${sharpeVariance} is no number from 0 on` })
  }
  return causes
}

function causesInBars({ instrument, length, ...columns }: PriceBars): ErrorCause[] {
  const lengths = [columns.openTimeMs, columns.high, columns.low, columns.volume].map((column) => column.length)
  const shortest = Math.min(...lengths)
  if (shortest >= length) return []
  return [
    { path: `bars/${instrument}`, message: `a column of ${instrument} has ${shortest} values for ${length} bars` },
  ]
}
