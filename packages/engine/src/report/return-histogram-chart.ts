import { dailyReturns, returnHistogram, type HistogramBin } from '@qmtl/statistics'
import { chart, heightOf, rounded } from './chart.ts'
import { percentTicks, valueTicks, type ValueRange } from './chart-axis.ts'
import { chartColumns } from './chart-extremes.ts'
import { html, type Html } from './html.ts'
import { counted } from './number-text.ts'
import { returnSeriesOf, type ReportInput } from './report-input.ts'

const bins = 41

/** How often daily returns of each size came. Days on which equity did not move would dwarf the others: they are counted apart. */
export function returnHistogramChart({ result }: ReportInput): Html {
  const { returns } = dailyReturns(returnSeriesOf(result), result.calendar)
  const moved = returns.filter((value) => value !== 0)
  const still = returns.length - moved.length
  const note = html`<p class="none">
    ${counted(moved.length, 'day')} with a return; ${counted(still, 'day')} on which equity did not move
    ${still === 1 ? 'is' : 'are'} not drawn.
  </p>`
  const body = moved.length === 0 ? undefined : figureOf(returnHistogram(moved, bins))
  return html`<section id="daily-returns">
    <h2>Distribution of daily returns</h2>
    ${body}${note}
  </section>`
}

function figureOf(histogram: readonly HistogramBin[]): Html {
  const highest = histogram.reduce((most, { count }) => Math.max(most, count), 0)
  const counts: ValueRange = { low: 0, high: highest * 1.05 }
  const returns = returnRange(histogram)
  return chart({
    title: 'Days per return',
    key: [
      { mark: 'box orange', text: 'loss' },
      { mark: 'box blue', text: 'gain' },
    ],
    summary: `Histogram of daily returns in ${counted(histogram.length, 'bin')}, the highest with ${counted(highest, 'day')}`,
    valueTicks: valueTicks(counts, 4).filter(({ label }) => !label.includes('.')),
    acrossTicks: percentTicks(returns, 6),
    drawing: histogram.filter(({ count }) => count > 0).map((bin) => bar(bin, returns, counts)),
  })
}

/** From the smallest return to the largest; around a single one there is nothing but room. */
function returnRange(histogram: readonly HistogramBin[]): ValueRange {
  const low = histogram[0]!.from
  const high = histogram.at(-1)!.to
  const room = high > low ? (high - low) * 0.02 : Math.abs(high) * 0.1
  return { low: low - room, high: high + room }
}

function bar({ from, to, count }: HistogramBin, { low, high }: ValueRange, counts: ValueRange): Html {
  const narrowest = 4
  const left = ((from - low) / (high - low)) * chartColumns
  const width = Math.max(narrowest, ((to - from) / (high - low)) * chartColumns - 2)
  const top = rounded(heightOf(count, counts))
  const colour = to <= 0 ? 'orange' : from >= 0 ? 'blue' : 'both'
  return html`<path
    class="bar ${colour}"
    d="M${rounded(left)} ${rounded(heightOf(0, counts))}V${top}h${rounded(width)}V${rounded(heightOf(0, counts))}Z"
  />`
}
