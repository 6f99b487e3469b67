export {
  computeStatistics,
  statisticsOfEvidence,
  type PerformanceStatistics,
  type StatisticsInput,
} from './compute-statistics.ts'
export {
  daysPerYear,
  describeStatistic,
  formulaIdOf,
  isStatisticName,
  statisticNames,
  type StatisticDescription,
  type StatisticName,
  type StatisticUnit,
} from './registry/statistic-table.ts'
