import { equityCharts } from './equity-charts.ts'
import { exposureChart } from './exposure-chart.ts'
import { html } from './html.ts'
import { instrumentSection } from './instrument-table.ts'
import { monthlyReturnsSection } from './monthly-returns-table.ts'
import { priceCharts } from './price-charts.ts'
import { provenanceSection } from './provenance-section.ts'
import { remarksSection } from './remarks-section.ts'
import { reportHead } from './report-head.ts'
import type { ReportInput } from './report-input.ts'
import { reportPage } from './report-page.ts'
import { remarksOn } from './report-remarks.ts'
import { returnHistogramChart } from './return-histogram-chart.ts'
import { rollingSharpeChart } from './rolling-sharpe-chart.ts'
import { statisticsSection } from './statistics-table.ts'
import { tradesSection } from './trades-table.ts'

/**
 * A backtest as one HTML page that needs no network, no other file and no script; hovering shows values. Under 2 MB for any
 * number of bars and trades: charts keep the extremes of each pixel column, and the table of trades its first 200 lines.
 * Pure: the same input gives the same bytes. Throws what `findBarGaps` throws for an instrument of an unknown calendar.
 */
export function reportHtml(input: ReportInput): string {
  const remarks = remarksOn(input.result, input.data, input.replay)
  return reportPage(
    `${input.strategy.name} – QMTL backtest report`,
    html` ${reportHead(input, remarks)}
      <main>
        ${remarksSection(remarks)} ${equityCharts(input)} ${priceCharts(input)} ${monthlyReturnsSection(input)}
        ${returnHistogramChart(input)} ${rollingSharpeChart(input)} ${exposureChart(input)} ${instrumentSection(input)}
        ${tradesSection(input)} ${statisticsSection(input)} ${provenanceSection(input)}
      </main>`,
  )
}
