import { formatInstant } from '@qmtl/contracts'
import { drawdownSeries } from '@qmtl/statistics'
import { chart, readingsAlong } from './chart.ts'
import { percentTicks, rangeOf, valueTicks } from './chart-axis.ts'
import { areaPath, levelPath, linePath, type Curve } from './chart-paths.ts'
import { html, type Html } from './html.ts'
import { fixedText, percentText } from './number-text.ts'
import { currencyOf, spanOf, type ReportInput } from './report-input.ts'
import { timeTicks } from './time-ticks.ts'

/** Equity at each close, and how far it lies below its last peak. */
export function equityCharts(input: ReportInput): Html {
  return html`<section id="equity">
    <h2>Equity and drawdown</h2>
    ${equityChart(input)}${drawdownChart(input)}
  </section>`
}

function equityChart(input: ReportInput): Html {
  const { closeTimesMs, equity } = input.result
  const opening = equity[0] ?? 0
  const scale = { span: spanOf(input.result), range: rangeOf([equity], [opening]) }
  const currency = currencyOf(input)
  return chart({
    title: `Equity, ${currency}`,
    key: [
      { mark: 'line blue', text: 'at each close' },
      { mark: 'line level', text: 'opening cash' },
    ],
    summary: `Equity from ${fixedText(opening, 2)} to ${fixedText(equity.at(-1) ?? 0, 2)} ${currency}`,
    size: 'high',
    valueTicks: valueTicks(scale.range, 5),
    acrossTicks: timeTicks(scale.span),
    drawing: [levelPath(opening, scale), linePath({ timesMs: closeTimesMs, values: equity }, scale, 'blue')],
    readings: readingsAlong(closeTimesMs, scale.span, (row) => fixedText(equity[row]!, 2)),
  })
}

function drawdownChart({ result }: ReportInput): Html {
  const depths = drawdownSeries(result.returns)
  const curve: Curve = { timesMs: result.closeTimesMs.subarray(1), values: depths.map((depth) => -depth) }
  const [deepest, at] = deepestOf(depths)
  const scale = { span: spanOf(result), range: { low: deepest === 0 ? -0.01 : -deepest * 1.05, high: 0 } }
  const where = at < 0 ? '' : `, deepest at the close of ${formatInstant(result.closeTimesMs[at + 1]!)}`
  return chart({
    title: 'Drawdown below the last peak',
    summary: `Drawdown, at most ${percentText(deepest)}${where}`,
    size: 'low',
    valueTicks: percentTicks(scale.range, 3),
    acrossTicks: timeTicks(scale.span),
    drawing: [areaPath(curve, scale, { base: 0, style: 'orange' })],
    readings: readingsAlong(curve.timesMs, scale.span, (row) => percentText(curve.values[row]!)),
  })
}

/** The deepest drawdown and its row; row −1 where equity never fell. */
function deepestOf(depths: Float64Array): readonly [depth: number, row: number] {
  let at = -1
  let deepest = 0
  for (let row = 0; row < depths.length; row++) {
    if (depths[row]! <= deepest) continue
    deepest = depths[row]!
    at = row
  }
  return [deepest, at]
}
