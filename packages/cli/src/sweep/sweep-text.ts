import type { SweepTable } from '@qmtl/engine'
import { describeStatistic } from '@qmtl/statistics'
import { count, counted, fixed, noNumber, percent } from '../output/numbers.ts'
import { statisticText } from '../output/statistic-text.ts'
import type { Style } from '../output/style.ts'
import { table } from '../output/table.ts'
import { wrapText } from '../output/wrap-text.ts'
import { minuteText } from '../output/times.ts'
import type { SweepReport } from './sweep-report.ts'

/** A search as a person reads it, within the style's width. */
export function sweepText(report: SweepReport, style: Style): string {
  const { strategy, metric, trials, nodes, remarks } = report
  const best = bestTable(report)
  const folds = foldTable(report)
  const shared = `${count(nodes.declared)} nodes declared, ${count(nodes.computed)} computed`
  const sections = [
    `${style.bold(strategy.name)} ${strategy.version}  ${style.dim(`${counted(trials, 'combination')} · ${shared}`)}`,
    `  ${style.bold(`best by ${describeStatistic(metric).title}`)}\n${table(best.columns, best.rows)}`,
    folds === undefined ? '' : `  ${style.bold('walk forward')}\n${table(folds.columns, folds.rows)}`,
    walkForwardLine(report),
    remarks.map((text) => wrapText(text, { width: style.width, lead: `  ${style.warn('!')} ` })).join('\n'),
  ]
  return sections.filter((section) => section !== '').join('\n\n')
}

const figures = ['sharpe', 'total_return', 'max_drawdown', 'trades'] as const

/** The best combinations, a column per parameter. */
export function bestTable({ axes, best, metric }: SweepReport): SweepTable {
  const shown = [...new Set([metric, ...figures])]
  return {
    columns: [
      ...axes.map(({ name }) => ({ title: name, align: 'right' as const })),
      ...shown.map((name) => ({ title: describeStatistic(name).title, align: 'right' as const })),
      { title: describeStatistic('deflated_sharpe').title, align: 'right' },
    ],
    rows: best.map(({ params, statistics, deflated_sharpe }) => [
      ...axes.map(({ name }) => String(params[name])),
      ...shown.map((name) => statisticText(statistics[name].value, describeStatistic(name).unit)),
      percent(deflated_sharpe.value, 1),
    ]),
  }
}

/** The folds of a walk forward, where there was one. */
export function foldTable({ axes, walk_forward, metric }: SweepReport): SweepTable | undefined {
  if (walk_forward === undefined) return undefined
  const { title, unit } = describeStatistic(metric)
  return {
    columns: [
      { title: 'test from' },
      { title: 'to' },
      ...axes.map(({ name }) => ({ title: name, align: 'right' as const })),
      { title: `${title} before`, align: 'right' },
      { title: 'in test', align: 'right' },
      { title: 'return', align: 'right' },
      { title: 'trades', align: 'right' },
    ],
    rows: walk_forward.folds.map(({ test, chosen, train_value, test_value, test_return, test_trades }) => [
      minuteText(test.from),
      minuteText(test.to),
      ...axes.map(({ name }) => (chosen === undefined ? noNumber : String(chosen[name]))),
      statisticText(train_value ?? null, unit),
      statisticText(test_value ?? null, unit),
      percent(test_return ?? null),
      test_trades === undefined ? noNumber : count(test_trades),
    ]),
  }
}

function walkForwardLine({ walk_forward }: SweepReport): string {
  if (walk_forward === undefined) return ''
  const { total_return, efficiency } = walk_forward
  return `  tests together ${percent(total_return)}, efficiency ${fixed(efficiency, 2)} (in test ÷ before)`
}
