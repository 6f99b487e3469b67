import type { ratioTable } from '../registry/ratio-table.ts'
import type { Distribution } from './distribution.ts'
import { figure, missing, tooFew, type Figure } from './figure.ts'
import { deflatedSharpe, minimumTrackRecord, probabilisticSharpe, sharpeStandardError } from './sharpe-evidence.ts'

/** Strategies or parameters that were tried before this one was chosen. */
export interface Trials {
  /** How many, this one included; a whole number from 1 on. */
  readonly count: number
  /** Variance of their annualised Sharpe ratios. */
  readonly sharpeVariance: number
}

/** What ratios are made of. */
export interface RatioInput {
  readonly days: Distribution
  readonly months: Distribution
  readonly yearDays: number
  readonly cagr: Figure
  /** Within [0, 1]. */
  readonly maxDrawdown: number
  readonly trials: Trials | undefined
}

export function ratioFigures(input: RatioInput): Record<keyof typeof ratioTable, Figure> {
  const { days, months, yearDays, cagr, maxDrawdown } = input
  return {
    sharpe: sharpeRatio(days, yearDays),
    sortino: sortinoRatio(days, yearDays),
    calmar: calmarRatio(cagr, maxDrawdown),
    omega: perLoss(days, days.gains, 'no day lost'),
    gain_to_pain: perLoss(months, months.gains - months.losses, 'no month lost'),
    ...sharpeEvidence(input),
  }
}

const twoDays = { least: 2, phrase: 'two days are' }

/** Mean over sample standard deviation of daily returns, times √(days of a year), with its standard error. */
export function sharpeRatio(days: Distribution, yearDays: number): Figure {
  const sharpe = days.mean / days.deviation
  const root = Math.sqrt(yearDays)
  return unvaried(days) ?? figure(sharpe * root, sharpeStandardError({ ...days, sharpe }) * root)
}

function sortinoRatio(days: Distribution, yearDays: number): Figure {
  const few = tooFew(days.count, twoDays)
  if (few) return few
  if (days.downside === 0) return missing('no day lost')
  return figure((days.mean / days.downside) * Math.sqrt(yearDays))
}

function calmarRatio(cagr: Figure, maxDrawdown: number): Figure {
  if (!('value' in cagr)) return cagr
  return maxDrawdown === 0 ? missing('equity never fell below a peak') : figure(cagr.value / maxDrawdown)
}

function perLoss({ count, losses }: Distribution, gain: number, lossless: string): Figure {
  if (count === 0) return missing('there are no returns')
  return losses === 0 ? missing(lossless) : figure(gain / losses)
}

type EvidenceName = 'probabilistic_sharpe' | 'deflated_sharpe' | 'min_track_record'

/** How far the Sharpe ratio can be trusted. */
function sharpeEvidence({ days, yearDays, trials }: RatioInput): Record<EvidenceName, Figure> {
  const absent = unvaried(days)
  if (absent) return { probabilistic_sharpe: absent, deflated_sharpe: absent, min_track_record: absent }
  const sample = { ...days, sharpe: days.mean / days.deviation }
  return {
    probabilistic_sharpe: figure(probabilisticSharpe(sample, 0)),
    deflated_sharpe:
      trials === undefined
        ? missing('the number of trials was not given')
        : figure(deflatedSharpe(sample, { count: trials.count, variance: trials.sharpeVariance / yearDays })),
    min_track_record:
      sample.sharpe > 0 ? figure(minimumTrackRecord(sample, 0)) : missing('the Sharpe ratio is not above 0'),
  }
}

/** Why a ratio to the deviation of daily returns does not exist. */
export function unvaried(days: Distribution): Figure | undefined {
  const few = tooFew(days.count, twoDays)
  if (few) return few
  return days.deviation === 0 ? missing('the daily returns do not vary') : undefined
}
