import { activityTable } from './activity-table.ts'
import { benchmarkTable } from './benchmark-table.ts'
import { drawdownTable } from './drawdown-table.ts'
import { growthTable } from './growth-table.ts'
import { ratioTable } from './ratio-table.ts'
import { riskTable } from './risk-table.ts'
import type { StatisticDescription } from './statistic-description.ts'
import { tradeTable } from './trade-table.ts'

/** Every statistic that QMTL computes, by its short name: the name used in policies and on the wire. */
const statisticTable = {
  ...growthTable,
  ...ratioTable,
  ...riskTable,
  ...drawdownTable,
  ...benchmarkTable,
  ...tradeTable,
  ...activityTable,
} as const satisfies Record<string, StatisticDescription>

export type StatisticName = keyof typeof statisticTable

/** All short names, in the order in which reports show them. */
export const statisticNames: readonly StatisticName[] = Object.keys(statisticTable).filter(isStatisticName)

/** The short names that every report shows, in that order. */
export const coreStatisticNames: readonly StatisticName[] = statisticNames.filter(
  (name) => statisticTable[name].tier === 'core',
)

/** True for the short name of a statistic. */
export function isStatisticName(name: string): name is StatisticName {
  return Object.hasOwn(statisticTable, name)
}

/** The description of a statistic; `formulaId` is completed by `formulaIdOf`. */
export function describeStatistic(name: StatisticName): StatisticDescription {
  return statisticTable[name]
}

/** Days of a year for annualising daily returns: 365 for `24/7`, 252 for every calendar with sessions. */
export function daysPerYear(calendar: string): 365 | 252 {
  return calendar === '24/7' ? 365 : 252
}

/** The full formula id under a calendar: `sharpe.arith.365`, `win_rate.net`. */
export function formulaIdOf(name: StatisticName, calendar: string): string {
  const { formulaId, annualisation } = describeStatistic(name)
  const isByDays = annualisation === 'days' || annualisation === 'root of days'
  return isByDays ? `${formulaId}.${daysPerYear(calendar)}` : formulaId
}
