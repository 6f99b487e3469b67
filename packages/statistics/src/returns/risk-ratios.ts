import { figure, missing, type Figure } from './figure.ts'

/** Rounding leaves equal returns a spread of this size relative to their mean: it is none. */
const noiseShare = 1e-12

/** Mean over sample standard deviation of daily returns, times √(days of a year). */
export function sharpeRatio(daily: Float64Array, yearDays: number): Figure {
  if (daily.length < 2) return missing(`two days are needed, there ${daily.length === 1 ? 'is one' : 'are none'}`)
  const mean = meanOf(daily)
  const squares = daily.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const deviation = Math.sqrt(squares / (daily.length - 1))
  if (deviation <= noiseShare * Math.abs(mean)) return missing('the daily returns do not vary')
  return figure((mean / deviation) * Math.sqrt(yearDays))
}

/** Mean over downside deviation against 0, over all days, times √(days of a year). */
export function sortinoRatio(daily: Float64Array, yearDays: number): Figure {
  if (daily.length < 2) return missing(`two days are needed, there ${daily.length === 1 ? 'is one' : 'are none'}`)
  const squares = daily.reduce((sum, value) => sum + Math.min(value, 0) ** 2, 0)
  const deviation = Math.sqrt(squares / daily.length)
  if (deviation === 0) return missing('no day lost')
  return figure((meanOf(daily) / deviation) * Math.sqrt(yearDays))
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
