import { describeStatistic, statisticNames, type StatisticName } from '@qmtl/statistics'
import { html, type Html } from './html.ts'
import { fixedText } from './number-text.ts'
import type { ReportInput } from './report-input.ts'
import { errorDatum, statisticDatum } from './statistic-text.ts'
import { table, type TableColumn, type TableRow } from './table.ts'

const columns: readonly TableColumn[] = [
  { title: 'Figure' },
  { title: 'Value', align: 'right' },
  { title: 'Standard error', align: 'right' },
  { title: 'Unit' },
  { title: 'Sample', align: 'right' },
  { title: 'Formula id' },
  { title: 'Definition, or why there is none' },
]

/** Every statistic of the run, those that every report shows first. */
export function statisticsSection({ result }: ReportInput): Html {
  const groups = [
    { title: 'Main figures', names: statisticNames.filter((name) => describeStatistic(name).tier === 'core') },
    { title: 'Further figures', names: statisticNames.filter((name) => describeStatistic(name).tier === 'further') },
  ]
  const tables = groups.map(({ title, names }) => {
    const rows = names.map((name) => statisticRow(name, result.statistics[name]))
    return html`<h3>${title}</h3>
      ${table(columns, rows, title)}`
  })
  return html`<section id="statistics">
    <h2>All statistics</h2>
    ${tables}
  </section>`
}

function statisticRow(name: StatisticName, figure: ReportInput['result']['statistics'][StatisticName]): TableRow {
  const { title, sample, formula } = describeStatistic(name)
  return [
    html`<span data-statistic="${name}">${title}</span>`,
    statisticDatum(name, figure),
    errorDatum(name, figure),
    figure.unit,
    html`${fixedText(figure.sample, 0)} ${sample}`,
    html`<code>${figure.formula}</code>`,
    figure.reason === undefined
      ? html`<span class="words">${formula}</span>`
      : html`<span class="words"><b>none:</b> ${figure.reason}</span>`,
  ]
}
