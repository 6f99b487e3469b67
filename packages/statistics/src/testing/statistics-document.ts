import { annualisationTexts } from '../registry/statistic-description.ts'
import { describeStatistic, formulaIdOf, statisticNames, type StatisticName } from '../registry/statistic-table.ts'

const intro = `# Statistics

Every figure that QMTL computes, as the registry of \`@qmtl/statistics\` describes it. A policy names a figure by its short
name; reports and verdicts carry its formula id, unit and sample size, and its standard error where one exists. A figure that
does not exist is \`null\` with a reason that begins as the table says, or with "the result does not fit a number".

Ratios use daily returns: sessions of the calendar, or UTC days under \`24/7\`. The year has 365 days under \`24/7\` and 252 under
any other calendar; the formula id says which. The risk-free rate is 0. In reports the core figures come first, marked ●.
\`qmtl backtest --explain NAME\` prints one row of this table.
`

const columns = [
  'Name',
  'Title',
  'Formula id',
  'Formula',
  'Unit',
  'Annualised',
  'Sample',
  'Standard error',
  'Null when',
  'Source',
]

/** The text of docs/statistics.md. */
export function statisticsDocument(): string {
  const rows = [columns, columns.map(() => '---'), ...statisticNames.map(cellsOf)]
  return `${intro}\n${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
}

function cellsOf(name: StatisticName): readonly string[] {
  const { title, tier, formula, unit, annualisation, sample, standardError, nullWhen, source } = describeStatistic(name)
  return [
    `\`${name}\`${tier === 'core' ? ' ●' : ''}`,
    title,
    idsOf(name),
    formula,
    unit,
    annualisation === 'none' ? '' : annualisationTexts[annualisation],
    sample,
    standardError ?? '',
    nullWhen.join('; '),
    source,
  ]
}

function idsOf(name: StatisticName): string {
  const ids = new Set([formulaIdOf(name, '24/7'), formulaIdOf(name, 'sessions')])
  return [...ids].map((id) => `\`${id}\``).join(', ')
}
