import { dayMs, type DailyReturns } from './daily-returns.ts'

/** Returns month by month: `returns[i]` is that of `months[i]`. */
export interface MonthlyReturns {
  /** Months since January of year 0, UTC: `year × 12 + month`, January being 0; ascending. */
  readonly months: readonly number[]
  readonly returns: Float64Array
}

/** Daily returns compounded within their calendar month (UTC); a partial first or last month stands as it is. */
export function monthlyReturns({ days, returns }: DailyReturns): MonthlyReturns {
  const months: number[] = []
  const monthly: number[] = []
  let nextMonthDay = -Infinity
  let growth = 1
  for (let index = 0; index < days.length; index++) {
    if (days[index]! >= nextMonthDay) {
      if (index > 0) monthly.push(growth - 1)
      growth = 1
      const date = new Date(days[index]! * dayMs)
      months.push(date.getUTCFullYear() * 12 + date.getUTCMonth())
      nextMonthDay = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / dayMs
    }
    growth *= 1 + returns[index]!
  }
  if (days.length > 0) monthly.push(growth - 1)
  return { months, returns: Float64Array.from(monthly) }
}
