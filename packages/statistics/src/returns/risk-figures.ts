import type { riskTable } from '../registry/risk-table.ts'
import type { Distribution } from './distribution.ts'
import { figure, missing, tooFew, type Figure } from './figure.ts'

/** Figures of the spread of daily returns; `ascending` holds the same returns sorted. */
export function riskFigures(
  days: Distribution,
  ascending: Float64Array,
  yearDays: number,
): Record<keyof typeof riskTable, Figure> {
  const root = Math.sqrt(yearDays)
  const few = tooFew(days.count, { least: 2, phrase: 'two days are' })
  return {
    volatility: few ?? figure(days.deviation * root, deviationError(days) * root),
    downside_deviation: few ?? figure(days.downside * root),
    skew: skewFigure(days),
    kurtosis: kurtosisFigure(days),
    value_at_risk_95: tailFigure(ascending, 5, valueAtRisk),
    value_at_risk_99: tailFigure(ascending, 1, valueAtRisk),
    expected_shortfall_95: tailFigure(ascending, 5, expectedShortfall),
    expected_shortfall_99: tailFigure(ascending, 1, expectedShortfall),
    tail_ratio: tailRatio(ascending),
  }
}

/** Standard error of a sample standard deviation, by the asymptotic variance of the sample variance. */
export function deviationError({ count, deviation, kurtosis }: Distribution): number {
  return deviation * Math.sqrt((kurtosis - 1) / (4 * count))
}

function skewFigure(days: Distribution): Figure {
  const few = tooFew(days.count, { least: 3, phrase: 'three days are' })
  if (few) return few
  const n = days.count
  const error = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)))
  return days.deviation === 0 ? missing('the daily returns do not vary') : figure(days.skew, error)
}

function kurtosisFigure(days: Distribution): Figure {
  const few = tooFew(days.count, { least: 4, phrase: 'four days are' })
  if (few) return few
  const n = days.count
  const error = Math.sqrt((24 * n * (n - 2) * (n - 3)) / ((n + 1) ** 2 * (n + 3) * (n + 5)))
  return days.deviation === 0 ? missing('the daily returns do not vary') : figure(days.kurtosis - 3, error)
}

/** A tail of `percent` % holds a whole day only from 100 ÷ `percent` days on. */
function tailFigure(
  ascending: Float64Array,
  percent: number,
  lossOf: (ascending: Float64Array, percent: number) => number,
): Figure {
  const least = 100 / percent
  return tooFew(ascending.length, { least, phrase: `${least} days are` }) ?? figure(lossOf(ascending, percent))
}

/** Loss of the worst day of rank ⌈percent % × n⌉. */
export function valueAtRisk(ascending: Float64Array, percent: number): number {
  return positive(-ascending[rankOf(ascending, percent) - 1]!)
}

/** Mean loss over the worst percent % of days; the last of them counts by the share that belongs to the tail. */
export function expectedShortfall(ascending: Float64Array, percent: number): number {
  const inTail = (ascending.length * percent) / 100
  const whole = Math.floor(inTail)
  let sum = 0
  for (let index = 0; index < whole; index++) sum += ascending[index]!
  const rest = inTail - whole
  if (rest > 0) sum += rest * ascending[whole]!
  return positive(-sum / inTail)
}

function tailRatio(ascending: Float64Array): Figure {
  const few = tooFew(ascending.length, { least: 20, phrase: '20 days are' })
  if (few) return few
  const rank = rankOf(ascending, 5)
  const loss = -ascending[rank - 1]!
  if (loss <= 0) return missing('the worst 5 % of days begin with no loss')
  return figure(ascending[ascending.length - rank]! / loss)
}

/** Multiplying before dividing keeps 5 % of 140 days at 7. */
function rankOf(ascending: Float64Array, percent: number): number {
  return Math.ceil((ascending.length * percent) / 100)
}

/** A loss of 0 is 0, not −0. */
function positive(value: number): number {
  return value === 0 ? 0 : value
}
