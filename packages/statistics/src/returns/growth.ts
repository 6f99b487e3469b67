import { figure, missing, type Figure } from './figure.ts'
import type { ReturnSeries } from './return-series.ts'

const dayMs = 86_400_000
const yearMs = 365.25 * dayMs

/** Growth from the start to the last close. */
export function totalReturn(equity: Float64Array): Figure {
  const last = equity.at(-1)
  return last === undefined ? missing('there are no returns') : figure(last - 1)
}

/** Growth per year of 365.25 days; less than a day says nothing about a year. */
export function annualGrowth({ startMs, closeTimesMs }: ReturnSeries, equity: Float64Array): Figure {
  const last = equity.at(-1)
  if (last === undefined) return missing('there are no returns')
  const elapsedMs = (closeTimesMs[equity.length - 1] ?? startMs) - startMs
  if (elapsedMs < dayMs) return missing('the returns cover less than one day')
  return figure(last ** (yearMs / elapsedMs) - 1)
}
