import { describeStatistic, type StatisticName } from '@qmtl/statistics'
import { formatInterval } from '@qmtl/contracts'
import { html, type Html } from './html.ts'
import { counted, datum, fixedText } from './number-text.ts'
import { currencyOf, spanOf, tradedData, type ReportInput } from './report-input.ts'
import type { Remark } from './report-remarks.ts'
import { errorDatum, statisticDatum } from './statistic-text.ts'
import { minuteText, spanText } from './time-text.ts'

const headline = ['total_return', 'cagr', 'sharpe', 'max_drawdown', 'trades'] as const satisfies StatisticName[]

/** What was run, and what came of it in five figures and a sentence. */
export function reportHead(input: ReportInput, remarks: readonly Remark[]): Html {
  const { strategy, result } = input
  const { fromMs, toMs } = spanOf(result)
  const instruments = tradedData(input).map(({ instrument }) => instrument.id)
  const params = Object.entries(strategy.params).map(([name, value]) => `${name} ${parameterText(value)}`)
  return html`<header>
    <p class="over">QMTL backtest report</p>
    <h1>${strategy.name} <small>${strategy.version}</small></h1>
    <p>
      ${instruments.join(', ')} · ${formatInterval(result.intervalMs)} bars · <time>${minuteText(fromMs)}</time> to
      <time>${minuteText(toMs)}</time> UTC (${spanText(toMs - fromMs)})
    </p>
    ${params.length === 0 ? undefined : html`<p class="muted">${params.join(' · ')}</p>`}
    <dl class="tiles">${headline.map((name) => tile(name, input))}</dl>
    <p class="verdict">${verdict(input)} ${remarkCount(remarks)}</p>
  </header>`
}

/** Texts as they are; numbers and switches as JSON writes them. */
export function parameterText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function tile(name: (typeof headline)[number], { result }: ReportInput): Html {
  const figure = result.statistics[name]
  const { title } = describeStatistic(name)
  const below = figure.reason ?? errorDatum(name, figure)
  return html`<div data-tile="${name}">
    <dt>${title}</dt>
    <dd>${statisticDatum(name, figure)}</dd>
    <dd class="below">${below}</dd>
  </div>`
}

function verdict(input: ReportInput): Html {
  const { equity, orders, fills, fees } = input.result
  const first = equity[0] ?? 0
  const last = equity.at(-1) ?? 0
  const currency = currencyOf(input)
  return html`${datum(first, fixedText(first, 2))} ${currency} became
    <b>${datum(last, fixedText(last, 2))} ${currency}</b> over ${counted(orders, 'order')} and
    ${counted(fills, 'fill')}, after ${datum(fees, fixedText(Number(fees), 2))} ${currency} of fees.`
}

function remarkCount(remarks: readonly Remark[]): Html | undefined {
  const warnings = remarks.filter(({ weight }) => weight === 'warning').length
  if (warnings === 0) return undefined
  return html`<a href="#remarks">${counted(warnings, 'warning')}</a> before these figures can be trusted.`
}
