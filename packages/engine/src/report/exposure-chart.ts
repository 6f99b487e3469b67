import { chart, readingsAlong } from './chart.ts'
import { percentTicks, rangeOf } from './chart-axis.ts'
import { areaPath, levelPath, linePath } from './chart-paths.ts'
import { html, type Html } from './html.ts'
import { percentText } from './number-text.ts'
import { spanOf, type ReportInput } from './report-input.ts'
import { timeTicks } from './time-ticks.ts'

/** Net exposure at each close, and gross exposure where long and short positions stand side by side. */
export function exposureChart({ result }: ReportInput): Html {
  const { closeTimesMs, equity, grossNotional, netNotional } = result
  const net = sharesOf(netNotional, equity)
  const gross = sharesOf(grossNotional, equity)
  const isHedged = grossNotional.some((notional, row) => notional !== Math.abs(netNotional[row]!))
  const scale = { span: spanOf(result), range: rangeOf(isHedged ? [net, gross] : [net], [0]) }
  const drawing = [areaPath({ timesMs: closeTimesMs, values: net }, scale, { base: 0, style: 'blue' })]
  if (isHedged) drawing.push(linePath({ timesMs: closeTimesMs, values: gross }, scale, 'orange'))
  const figure = chart({
    title: 'Notional ÷ equity at each close',
    key: [
      { mark: 'line blue', text: 'net: long is positive' },
      ...(isHedged ? [{ mark: 'line orange', text: 'gross' }] : []),
    ],
    summary: 'Exposure over time',
    size: 'low',
    valueTicks: percentTicks(scale.range, 4),
    acrossTicks: timeTicks(scale.span),
    drawing: [...drawing, levelPath(0, scale)],
    readings: readingsAlong(closeTimesMs, scale.span, (row) => percentText(net[row]!, 1)),
  })
  return html`<section id="exposure">
    <h2>Exposure</h2>
    ${figure}
  </section>`
}

/** Notional ÷ equity; none without equity. */
function sharesOf(notionals: Float64Array, equity: Float64Array): Float64Array {
  return notionals.map((notional, row) => (equity[row]! > 0 ? notional / equity[row]! : Number.NaN))
}
