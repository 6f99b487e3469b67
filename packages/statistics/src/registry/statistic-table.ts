/** What a statistic is: enough to list it, to check a policy and to compute it again by hand. */
export interface StatisticDescription {
  readonly title: string
  readonly unit: StatisticUnit
  /** First parts of the formula id; ratios carry the days of their year behind it, as in `sharpe.arith.365`. */
  readonly formulaId: string
  readonly isAnnualised: boolean
  /** The definition in words and symbols. */
  readonly formula: string
  /** What the sample size counts. */
  readonly sample: 'returns' | 'days' | 'closed trades' | 'trades'
  /** Where the definition comes from. */
  readonly source: string
}

export type StatisticUnit = 'fraction' | 'fraction per year' | 'ratio' | 'days' | 'trades' | 'quote'

/** Every statistic that QMTL computes, by its short name: the name used in policies and on the wire. */
export const statisticTable = {
  total_return: {
    title: 'Total return',
    unit: 'fraction',
    formulaId: 'total_return.compound',
    isAnnualised: false,
    formula: 'product of (1 + r) over all bar returns r, − 1',
    sample: 'returns',
    source: 'GIPS 2020, time-weighted return by geometric linking',
  },
  cagr: {
    title: 'Compound annual growth rate',
    unit: 'fraction per year',
    formulaId: 'cagr.365.25',
    isAnnualised: false,
    formula: '(1 + total return) ^ (365.25 days ÷ elapsed time) − 1, from at least one day',
    sample: 'returns',
    source: 'GIPS 2020, annualised return; year of 365.25 days',
  },
  sharpe: {
    title: 'Sharpe ratio',
    unit: 'ratio',
    formulaId: 'sharpe.arith',
    isAnnualised: true,
    formula: 'mean ÷ sample standard deviation of daily returns × √(days of a year); risk-free rate 0',
    sample: 'days',
    source: 'Sharpe, The Sharpe Ratio, Journal of Portfolio Management 21 (1994)',
  },
  sortino: {
    title: 'Sortino ratio',
    unit: 'ratio',
    formulaId: 'sortino.arith',
    isAnnualised: true,
    formula: 'mean ÷ √(mean of min(daily return, 0)² over all days) × √(days of a year); target 0',
    sample: 'days',
    source: 'Sortino and Price, Performance Measurement in a Downside Risk Framework, Journal of Investing 3 (1994)',
  },
  max_drawdown: {
    title: 'Maximum drawdown',
    unit: 'fraction',
    formulaId: 'max_drawdown.closes',
    isAnnualised: false,
    formula: 'largest (peak − equity) ÷ peak over bar closes, within [0, 1]',
    sample: 'returns',
    source: 'Magdon-Ismail and Atiya, Maximum Drawdown, Risk 17 (2004)',
  },
  max_drawdown_duration: {
    title: 'Longest drawdown',
    unit: 'days',
    formulaId: 'max_drawdown_duration.closes',
    isAnnualised: false,
    formula: 'longest time from a peak to the first close at or above it, or to the last close',
    sample: 'returns',
    source: 'time under water, Bacon, Practical Portfolio Performance Measurement and Attribution (2008)',
  },
  trades: {
    title: 'Closed trades',
    unit: 'trades',
    formulaId: 'trades.closed',
    isAnnualised: false,
    formula: 'number of trades with an exit',
    sample: 'closed trades',
    source: 'QMTL',
  },
  win_rate: {
    title: 'Win rate',
    unit: 'fraction',
    formulaId: 'win_rate.net',
    isAnnualised: false,
    formula: 'closed trades with a profit after fees above 0 ÷ closed trades',
    sample: 'closed trades',
    source: 'QMTL',
  },
  profit_factor: {
    title: 'Profit factor',
    unit: 'ratio',
    formulaId: 'profit_factor.net',
    isAnnualised: false,
    formula: 'sum of profits ÷ sum of losses of closed trades, after fees',
    sample: 'closed trades',
    source: 'Schwager, Market Wizards (1989)',
  },
  exposure: {
    title: 'Exposure',
    unit: 'fraction',
    formulaId: 'exposure.time',
    isAnnualised: false,
    formula: 'time with at least one open trade ÷ time from the start to the last close',
    sample: 'returns',
    source: 'QMTL',
  },
  fees: {
    title: 'Fees',
    unit: 'quote',
    formulaId: 'fees.sum',
    isAnnualised: false,
    formula: 'sum of the fees of all trades, open ones included',
    sample: 'trades',
    source: 'QMTL',
  },
} as const satisfies Record<string, StatisticDescription>

export type StatisticName = keyof typeof statisticTable

/** All short names, in the order in which reports show them. */
export const statisticNames: readonly StatisticName[] = Object.keys(statisticTable).filter(isStatisticName)

/** True for the short name of a statistic. */
export function isStatisticName(name: string): name is StatisticName {
  return Object.hasOwn(statisticTable, name)
}

/** The description of a statistic; `formulaId` is completed by `formulaIdOf`. */
export function describeStatistic(name: StatisticName): StatisticDescription {
  return statisticTable[name]
}

/** Days of a year for annualising daily returns: 365 for `24/7`, 252 for every calendar with sessions. */
export function daysPerYear(calendar: string): 365 | 252 {
  return calendar === '24/7' ? 365 : 252
}

/** The full formula id under a calendar: `sharpe.arith.365`, `win_rate.net`. */
export function formulaIdOf(name: StatisticName, calendar: string): string {
  const { formulaId, isAnnualised } = statisticTable[name]
  return isAnnualised ? `${formulaId}.${daysPerYear(calendar)}` : formulaId
}
