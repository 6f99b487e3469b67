import type { ReturnSeries } from './return-series.ts'

const dayMs = 86_400_000

/**
 * Bar returns compounded within their UTC day; a bar that closes at midnight belongs to the day it ends. Under `24/7` every day
 * from the start to the last close counts, one without bars with 0; under a session calendar only days with bars, so a return
 * over a night or a weekend belongs to the session that ends it. Sessions must not cross midnight UTC.
 */
export function dailyReturns(series: ReturnSeries, calendar: string): Float64Array {
  const { startMs, closeTimesMs, returns } = series
  const days: number[] = []
  let currentDay = calendar === '24/7' ? Math.floor(startMs / dayMs) : undefined
  let growth = 1
  for (let index = 0; index < returns.length; index++) {
    const day = Math.floor(((closeTimesMs[index] ?? 0) - 1) / dayMs)
    if (currentDay !== undefined && day !== currentDay) {
      days.push(growth - 1)
      growth = 1
      if (calendar === '24/7') for (let empty = currentDay + 1; empty < day; empty++) days.push(0)
    }
    currentDay = day
    growth = Math.max(0, growth * (1 + (returns[index] ?? 0)))
  }
  if (returns.length > 0) days.push(growth - 1)
  return Float64Array.from(days)
}
