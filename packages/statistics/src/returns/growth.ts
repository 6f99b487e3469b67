import type { growthTable } from '../registry/growth-table.ts'
import { dayMs } from './daily-returns.ts'
import type { Distribution } from './distribution.ts'
import { figure, missing, shareFigure, type Figure } from './figure.ts'

export const yearMs = 365.25 * dayMs

/** What growth is measured by. */
export interface GrowthInput {
  /** From the start to the last close. */
  readonly elapsedMs: number
  /** Equity at the last close, 1 at the start; undefined without returns. */
  readonly last: number | undefined
  readonly days: Distribution
  readonly months: Distribution
  readonly yearDays: number
}

export function growthFigures(input: GrowthInput): Record<keyof typeof growthTable, Figure> {
  const { last, days, months, yearDays } = input
  if (last === undefined) return noGrowth
  const dayError = errorOfMean(days)
  return {
    total_return: figure(last - 1),
    cagr: annualGrowth(input),
    annual_return: figure(days.mean * yearDays, times(dayError, yearDays)),
    average_day: figure(days.mean, dayError),
    best_day: figure(days.largest),
    worst_day: figure(days.smallest),
    positive_days: shareFigure(days.positives, days.count),
    average_month: figure(months.mean, errorOfMean(months)),
    best_month: figure(months.largest),
    worst_month: figure(months.smallest),
    positive_months: shareFigure(months.positives, months.count),
  }
}

const none = missing('there are no returns')
const noGrowth: Record<keyof typeof growthTable, Figure> = {
  total_return: none,
  cagr: none,
  annual_return: none,
  average_day: none,
  best_day: none,
  worst_day: none,
  positive_days: none,
  average_month: none,
  best_month: none,
  worst_month: none,
  positive_months: none,
}

/** Growth per year of 365.25 days; less than a day says nothing about a year. */
function annualGrowth({ last, elapsedMs }: GrowthInput): Figure {
  if (last === undefined) return none
  if (elapsedMs < dayMs) return missing('the returns cover less than one day')
  return figure(last ** (yearMs / elapsedMs) - 1)
}

/** Standard error of a mean; one value has none. */
export function errorOfMean({ count, deviation }: Distribution): number | undefined {
  return count < 2 ? undefined : deviation / Math.sqrt(count)
}

function times(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor
}
