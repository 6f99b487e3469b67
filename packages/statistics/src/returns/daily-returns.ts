import type { ReturnSeries } from './return-series.ts'

export const dayMs = 86_400_000

/** Returns day by day: `returns[i]` is that of `days[i]`. */
export interface DailyReturns {
  /** Days since 1970-01-01 UTC, ascending. */
  readonly days: Float64Array
  readonly returns: Float64Array
}

/**
 * Bar returns compounded within their UTC day; a bar that closes at midnight belongs to the day it ends. Under `24/7` every day
 * from the start to the last close counts, one without bars with 0; under a session calendar only days with bars, so a return
 * over a night or a weekend belongs to the session that ends it. Sessions must not cross midnight UTC. A ruined account
 * returns 0 from the day after its ruin on.
 */
export function dailyReturns({ startMs, closeTimesMs, returns }: ReturnSeries, calendar: string): DailyReturns {
  const isAroundTheClock = calendar === '24/7'
  const days: number[] = []
  const daily: number[] = []
  let current = isAroundTheClock ? Math.floor(startMs / dayMs) : undefined
  let growth = 1
  let isRuined = false
  const end = (day: number): void => {
    days.push(day)
    daily.push(isRuined ? 0 : growth - 1)
    isRuined ||= growth === 0
    growth = 1
  }
  for (let index = 0; index < returns.length; index++) {
    const day = Math.floor((closeTimesMs[index]! - 1) / dayMs)
    if (current !== undefined && day !== current) {
      end(current)
      if (isAroundTheClock) for (let empty = current + 1; empty < day; empty++) end(empty)
    }
    current = day
    growth = Math.max(0, growth * (1 + returns[index]!))
  }
  if (returns.length > 0 && current !== undefined) end(current)
  return { days: Float64Array.from(days), returns: Float64Array.from(daily) }
}
