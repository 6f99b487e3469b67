import { QmtlError } from '@qmtl/contracts'
import { daysPerYear } from '../registry/statistic-table.ts'
import { dailyReturns, dayMs } from '../returns/daily-returns.ts'
import { distributionOf, type Distribution } from '../returns/distribution.ts'
import type { ReturnSeries } from '../returns/return-series.ts'
import { sharpeRatio } from '../returns/risk-ratios.ts'

export interface RollingOptions {
  /** As in `computeStatistics`. */
  readonly calendar: string
  /** Days of a window: those that the calendar counts. A whole number from 2 on. */
  readonly windowDays: number
}

/** One value per day of the calendar: `values[i]` belongs to the window that ends with the day `dayTimesMs[i]`. */
export interface RollingFigure {
  /** Start of each day, epoch milliseconds UTC, ascending. */
  readonly dayTimesMs: Float64Array
  /** `NaN` until a window is full, and where the figure does not exist. */
  readonly values: Float64Array
}

/** Annualised Sharpe ratio of each window, as `sharpe`. Throws `E_INVALID_PARAMETER` for a window that is none. */
export function rollingSharpe(series: ReturnSeries, options: RollingOptions): RollingFigure {
  const yearDays = daysPerYear(options.calendar)
  return rolling(series, options, (days) => {
    const found = sharpeRatio(days, yearDays)
    return 'value' in found ? found.value : Number.NaN
  })
}

/** Annualised volatility of each window, as `volatility`. Throws `E_INVALID_PARAMETER` for a window that is none. */
export function rollingVolatility(series: ReturnSeries, options: RollingOptions): RollingFigure {
  const root = Math.sqrt(daysPerYear(options.calendar))
  return rolling(series, options, ({ deviation }) => deviation * root)
}

/** Each window is measured anew: sums that slide lose the digits that a small variance consists of. */
function rolling(
  series: ReturnSeries,
  { calendar, windowDays }: RollingOptions,
  valueOf: (window: Distribution) => number,
): RollingFigure {
  if (!(Number.isSafeInteger(windowDays) && windowDays >= 2)) {
    const message = `a window of ${windowDays} days is none; it is a whole number from 2 on`
    throw new QmtlError('E_INVALID_PARAMETER', message, { errors: [{ path: 'windowDays', message }] })
  }
  const { days, returns } = dailyReturns(series, calendar)
  const values = new Float64Array(days.length).fill(Number.NaN)
  for (let end = windowDays; end <= days.length; end++) {
    values[end - 1] = valueOf(distributionOf(returns.subarray(end - windowDays, end)))
  }
  return { dayTimesMs: days.map((day) => day * dayMs), values }
}
