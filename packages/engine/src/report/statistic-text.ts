import type { StatisticValue } from '@qmtl/contracts'
import { describeStatistic, type StatisticName, type StatisticUnit } from '@qmtl/statistics'
import { html, type Html } from './html.ts'
import { datum, fixedText, noNumber, percentText } from './number-text.ts'

/** A figure for a reader, in its unit. */
export function statisticText(value: number, unit: StatisticUnit): string {
  switch (unit) {
    case 'fraction':
    case 'fraction per year':
      return percentText(value)
    case 'ratio':
    case 'per year':
    case 'quote':
      return fixedText(value, 2)
    case 'days':
      return fixedText(value, 1)
    case 'trades':
      return fixedText(value, 0)
  }
}

/** A statistic with its exact value, or a dash. */
export function statisticDatum(name: StatisticName, { value }: StatisticValue): Html {
  return value === null ? html`${noNumber}` : datum(value, statisticText(value, describeStatistic(name).unit))
}

/** The standard error of a statistic, `± 1.61`; nothing where there is none. */
export function errorDatum(name: StatisticName, { standard_error }: StatisticValue): Html | undefined {
  if (standard_error === undefined) return undefined
  return datum(standard_error, `± ${statisticText(standard_error, describeStatistic(name).unit)}`)
}
