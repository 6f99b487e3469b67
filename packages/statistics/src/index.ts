export {
  computeStatistics,
  statisticsOfEvidence,
  type PerformanceStatistics,
  type StatisticsContext,
  type StatisticsInput,
} from './compute-statistics.ts'
export {
  annualisationTexts,
  type Annualisation,
  type SampleUnit,
  type StatisticDescription,
  type StatisticUnit,
} from './registry/statistic-description.ts'
export {
  coreStatisticNames,
  daysPerYear,
  describeStatistic,
  formulaIdOf,
  isStatisticName,
  statisticNames,
  type StatisticName,
} from './registry/statistic-table.ts'
export { monthlyReturnsTable, type YearOfReturns } from './report/monthly-table.ts'
export { returnHistogram, type HistogramBin } from './report/return-histogram.ts'
export { rollingSharpe, rollingVolatility, type RollingFigure, type RollingOptions } from './report/rolling-figures.ts'
export { dailyReturns, type DailyReturns } from './returns/daily-returns.ts'
export { drawdownPeriods, drawdownSeries, type DrawdownPeriod } from './returns/drawdown.ts'
export type { ReturnSeries } from './returns/return-series.ts'
export type { Trials } from './returns/risk-ratios.ts'
export {
  deflatedSharpe,
  expectedMaximumSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeStandardError,
  type SharpeSample,
  type TrialsTried,
} from './returns/sharpe-evidence.ts'
export { tradeExcursions, type Excursion } from './trades/excursions.ts'
export type { PriceBars } from './trades/price-bars.ts'
