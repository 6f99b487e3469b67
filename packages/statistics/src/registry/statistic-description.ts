/** What a statistic is: enough to list it, to check a policy and to compute it again by hand. */
export interface StatisticDescription {
  readonly title: string
  /** `core` figures stand in every report, `further` ones where a reader asks for them. */
  readonly tier: 'core' | 'further'
  readonly unit: StatisticUnit
  /** First parts of the formula id; figures annualised by days carry the days of their year behind it: `sharpe.arith.365`. */
  readonly formulaId: string
  readonly annualisation: Annualisation
  /** The definition in words and symbols. */
  readonly formula: string
  readonly sample: SampleUnit
  /** The definition of its standard error, for figures that have one. */
  readonly standardError?: string
  /** Where the definition comes from. */
  readonly source: string
  /** Beginnings of the reasons for which it is null, beside a result too large for a number. */
  readonly nullWhen: readonly string[]
}

export type StatisticUnit = 'fraction' | 'fraction per year' | 'ratio' | 'per year' | 'days' | 'trades' | 'quote'

/** What the sample size counts. */
export type SampleUnit =
  'returns' | 'days' | 'months' | 'drawdowns' | 'closed trades' | 'winning trades' | 'losing trades' | 'trades'

/** How a figure becomes one of a year: not at all, × days, × √days (365 or 252), or by the elapsed time. */
export type Annualisation = 'none' | 'days' | 'root of days' | 'elapsed time'

/** The annualisation in words. */
export const annualisationTexts: Readonly<Record<Annualisation, string>> = {
  none: 'none',
  days: '× days of a year: 365 under 24/7, 252 under any other calendar',
  'root of days': '× √(days of a year): 365 under 24/7, 252 under any other calendar',
  'elapsed time': 'by the elapsed time, in years of 365.25 days',
}
