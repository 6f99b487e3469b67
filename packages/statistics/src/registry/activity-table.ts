import type { StatisticDescription } from './statistic-description.ts'

/** How much was held and traded, what it cost, and how much more it could carry. */
export const activityTable = {
  exposure: {
    title: 'Exposure',
    tier: 'core',
    unit: 'fraction',
    formulaId: 'exposure.time',
    annualisation: 'none',
    formula: 'time with at least one open trade ÷ time from the start to the last close',
    sample: 'returns',
    source: 'QMTL',
    nullWhen: ['there are no returns'],
  },
  turnover: {
    title: 'Turnover',
    tier: 'further',
    unit: 'per year',
    formulaId: 'turnover.both_sides',
    annualisation: 'elapsed time',
    formula:
      'sum of quantity × price over entries and exits (multiplier 1) ÷ mean equity at closes ÷ elapsed years, from at least ' +
      'one day',
    sample: 'trades',
    source: 'Grinold and Kahn, Active Portfolio Management (1999); purchases and sales both counted',
    nullWhen: ['there are no returns', 'the returns cover less than one day', 'the opening equity was not given'],
  },
  fees: {
    title: 'Fees',
    tier: 'core',
    unit: 'quote',
    formulaId: 'fees.sum',
    annualisation: 'none',
    formula: 'sum of the fees of all trades, open ones included',
    sample: 'trades',
    source: 'QMTL',
    nullWhen: [],
  },
  capacity: {
    title: 'Capacity',
    tier: 'further',
    unit: 'quote',
    formulaId: 'capacity.volume_share.5pct',
    annualisation: 'none',
    formula:
      'equity at which 95 % of entries and exits stay within 5 % of the volume of their bar: 5 % ÷ the 95th percentile of ' +
      '(quantity ÷ bar volume ÷ equity at the fill); an approximation that scales sizes with equity and knows no price impact',
    sample: 'trades',
    source: 'QMTL, volume share rule',
    nullWhen: ['the opening equity was not given', 'no bars', 'the bars carry no volume', 'nothing was traded'],
  },
} as const satisfies Record<string, StatisticDescription>
