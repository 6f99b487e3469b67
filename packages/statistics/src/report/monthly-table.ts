import { dailyReturns } from '../returns/daily-returns.ts'
import { monthlyReturns } from '../returns/monthly-returns.ts'
import type { ReturnSeries } from '../returns/return-series.ts'

/** The returns of one calendar year (UTC). */
export interface YearOfReturns {
  readonly year: number
  /** January to December; undefined for a month that the returns do not touch. */
  readonly months: readonly (number | undefined)[]
  /** The year's months compounded. */
  readonly total: number
}

/**
 * Returns by calendar month and year (UTC), ascending; days are those of `computeStatistics`. A partial month or year stands
 * as it is.
 */
export function monthlyReturnsTable(series: ReturnSeries, calendar: string): readonly YearOfReturns[] {
  const { months, returns } = monthlyReturns(dailyReturns(series, calendar))
  const years = new Map<number, (number | undefined)[]>()
  months.forEach((month, index) => {
    const year = Math.floor(month / 12)
    const row = years.get(year) ?? Array.from({ length: 12 }, () => undefined)
    row[month % 12] = returns[index]!
    years.set(year, row)
  })
  return Array.from(years, ([year, row]) => ({ year, months: row, total: compounded(row) }))
}

function compounded(months: readonly (number | undefined)[]): number {
  return months.reduce<number>((growth, month = 0) => growth * (1 + month), 1) - 1
}
