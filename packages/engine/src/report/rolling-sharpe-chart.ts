import { rollingSharpe } from '@qmtl/statistics'
import { chart, readingsAlong } from './chart.ts'
import { rangeOf, valueTicks } from './chart-axis.ts'
import { levelPath, linePath } from './chart-paths.ts'
import { html, type Html } from './html.ts'
import { fixedText, noNumber } from './number-text.ts'
import { returnSeriesOf, spanOf, type ReportInput } from './report-input.ts'
import { timeTicks } from './time-ticks.ts'

const dayMs = 86_400_000

/** A quarter of a year: days around the clock, or sessions. */
function windowOf(calendar: string): number {
  return calendar === '24/7' ? 90 : 63
}

/** The Sharpe ratio of the last quarter, day by day; a run shorter than that has none, and says so. */
export function rollingSharpeChart({ result }: ReportInput): Html {
  const windowDays = windowOf(result.calendar)
  const { dayTimesMs, values } = rollingSharpe(returnSeriesOf(result), { calendar: result.calendar, windowDays })
  const body = values.some((value) => !Number.isNaN(value))
    ? figureOf(
        dayTimesMs.map((timeMs) => timeMs + dayMs),
        values,
        { result, windowDays },
      )
    : html`<p class="none">
        There is none: a window takes ${windowDays} days that vary, and the run has ${values.length}.
      </p>`
  return html`<section id="rolling-sharpe">
    <h2>Rolling Sharpe ratio</h2>
    ${body}
  </section>`
}

function figureOf(
  dayEndsMs: Float64Array,
  values: Float64Array,
  { result, windowDays }: { readonly result: ReportInput['result']; readonly windowDays: number },
): Html {
  const scale = { span: spanOf(result), range: rangeOf([values], [0]) }
  return chart({
    title: `Sharpe ratio of the last ${windowDays} days, annualised`,
    summary: `Rolling Sharpe ratio over ${windowDays} days, now ${fixedText(values.at(-1) ?? 0, 2)}`,
    size: 'low',
    valueTicks: valueTicks(scale.range, 4),
    acrossTicks: timeTicks(scale.span),
    drawing: [levelPath(0, scale), linePath({ timesMs: dayEndsMs, values }, scale, 'blue')],
    readings: readingsAlong(dayEndsMs, scale.span, (row) => {
      const value = values[row]!
      return Number.isNaN(value) ? noNumber : fixedText(value, 2)
    }),
  })
}
