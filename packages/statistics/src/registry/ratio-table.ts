import type { StatisticDescription } from './statistic-description.ts'

const unvaried = ['two days are needed', 'the daily returns do not vary'] as const
const deflatedPaper = 'Bailey and López de Prado, The Deflated Sharpe Ratio, Journal of Portfolio Management 40 (2014)'
const frontierPaper = 'Bailey and López de Prado, The Sharpe Ratio Efficient Frontier, Journal of Risk 15 (2012)'

/** Reward for risk, risk-free rate 0. */
export const ratioTable = {
  sharpe: {
    title: 'Sharpe ratio',
    tier: 'core',
    unit: 'ratio',
    formulaId: 'sharpe.arith',
    annualisation: 'root of days',
    formula: 'mean ÷ sample standard deviation of daily returns × √(days of a year); risk-free rate 0',
    sample: 'days',
    standardError:
      '√((1 − skew × S + (kurtosis − 1) ÷ 4 × S²) ÷ n) × √(days of a year), S the ratio of a day, kurtosis 3 for a normal ' +
      'distribution (Mertens 2002); √((1 + S² ÷ 2) ÷ n) for normal returns (Lo 2002)',
    source: 'Sharpe, The Sharpe Ratio, Journal of Portfolio Management 21 (1994)',
    nullWhen: unvaried,
  },
  sortino: {
    title: 'Sortino ratio',
    tier: 'core',
    unit: 'ratio',
    formulaId: 'sortino.arith',
    annualisation: 'root of days',
    formula: 'mean ÷ √(mean of min(daily return, 0)² over all days) × √(days of a year); target 0',
    sample: 'days',
    source: 'Sortino and Price, Performance Measurement in a Downside Risk Framework, Journal of Investing 3 (1994)',
    nullWhen: ['two days are needed', 'no day lost'],
  },
  calmar: {
    title: 'Calmar ratio',
    tier: 'further',
    unit: 'ratio',
    formulaId: 'calmar.cagr',
    annualisation: 'elapsed time',
    formula: 'compound annual growth rate ÷ maximum drawdown, both over the whole span',
    sample: 'returns',
    source: 'Young, Calmar Ratio: A Smoother Tool, Futures 20 (1991); there over 36 months',
    nullWhen: ['there are no returns', 'the returns cover less than one day', 'equity never fell'],
  },
  omega: {
    title: 'Omega ratio',
    tier: 'further',
    unit: 'ratio',
    formulaId: 'omega.daily',
    annualisation: 'none',
    formula: 'sum of the daily returns above 0 ÷ absolute sum of those below 0; threshold 0',
    sample: 'days',
    source: 'Keating and Shadwick, A Universal Performance Measure, Journal of Performance Measurement 6 (2002)',
    nullWhen: ['there are no returns', 'no day lost'],
  },
  gain_to_pain: {
    title: 'Gain to pain ratio',
    tier: 'further',
    unit: 'ratio',
    formulaId: 'gain_to_pain.monthly',
    annualisation: 'none',
    formula: 'sum of the returns of calendar months (UTC) ÷ absolute sum of the negative ones',
    sample: 'months',
    source: 'Schwager, Hedge Fund Market Wizards (2012)',
    nullWhen: ['there are no returns', 'no month lost'],
  },
  probabilistic_sharpe: {
    title: 'Probabilistic Sharpe ratio',
    tier: 'further',
    unit: 'fraction',
    formulaId: 'probabilistic_sharpe.zero',
    annualisation: 'none',
    formula:
      'probability that the true Sharpe ratio is above 0: Φ(S × √(n − 1) ÷ √(1 − skew × S + (kurtosis − 1) ÷ 4 × S²)), S the ' +
      'ratio of a day, kurtosis 3 for a normal distribution',
    sample: 'days',
    source: frontierPaper,
    nullWhen: unvaried,
  },
  deflated_sharpe: {
    title: 'Deflated Sharpe ratio',
    tier: 'further',
    unit: 'fraction',
    formulaId: 'deflated_sharpe.expected_maximum',
    annualisation: 'none',
    formula:
      'probabilistic Sharpe ratio against the ratio that the best of N trials without skill is expected to show: ' +
      '√V × ((1 − γ) × Φ⁻¹(1 − 1 ÷ N) + γ × Φ⁻¹(1 − 1 ÷ (N e))), V the variance of the trials’ ratios, γ = 0.5772…; 0 for one trial',
    sample: 'days',
    source: deflatedPaper,
    nullWhen: [...unvaried, 'the number of trials was not given'],
  },
  min_track_record: {
    title: 'Minimum track record',
    tier: 'further',
    unit: 'days',
    formulaId: 'min_track_record.zero.95',
    annualisation: 'none',
    formula:
      'daily returns needed to hold the true Sharpe ratio above 0 with a confidence of 95 %: ' +
      '1 + (1 − skew × S + (kurtosis − 1) ÷ 4 × S²) × (Φ⁻¹(0.95) ÷ S)²',
    sample: 'days',
    source: frontierPaper,
    nullWhen: [...unvaried, 'the Sharpe ratio is not above 0'],
  },
} as const satisfies Record<string, StatisticDescription>
