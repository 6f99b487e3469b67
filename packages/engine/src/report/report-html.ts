import { equityCharts } from './equity-charts.ts'
import { exposureChart } from './exposure-chart.ts'
import { html } from './html.ts'
import { instrumentSection } from './instrument-table.ts'
import { monthlyReturnsSection } from './monthly-returns-table.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import { priceCharts } from './price-charts.ts'
import { provenanceSection } from './provenance-section.ts'
import { remarksSection } from './remarks-section.ts'
import { reportHead } from './report-head.ts'
import type { ReportInput } from './report-input.ts'
import { remarksOn } from './report-remarks.ts'
import { returnHistogramChart } from './return-histogram-chart.ts'
import { rollingSharpeChart } from './rolling-sharpe-chart.ts'
import { statisticsSection } from './statistics-table.ts'
import { tradesSection } from './trades-table.ts'

const opening =
  '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"/><meta name="generator" content="QMTL backtest report"/>'

/** The page may load nothing: what it shows is in it. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

/**
 * A backtest as one HTML page that needs no network, no other file and no script; hovering shows values. Under 2 MB for any
 * number of bars and trades: charts keep the extremes of each pixel column, and the table of trades its first 200 lines.
 * Pure: the same input gives the same bytes. Throws what `findBarGaps` throws for an instrument of an unknown calendar.
 */
export function reportHtml(input: ReportInput): string {
  const remarks = remarksOn(input.result, input.data, input.replay)
  const page = html`
<meta http-equiv="Content-Security-Policy" content="${policy}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${input.strategy.name} – QMTL backtest report</title>
<style>${pageStyle}</style></head>
<body>
${reportHead(input, remarks)}
<main>
${remarksSection(remarks)}
${equityCharts(input)}
${priceCharts(input)}
${monthlyReturnsSection(input)}
${returnHistogramChart(input)}
${rollingSharpeChart(input)}
${exposureChart(input)}
${instrumentSection(input)}
${tradesSection(input)}
${statisticsSection(input)}
${provenanceSection(input)}
</main>
<script>${pageScript}</script>
</body></html>
`
  return opening + page.markup
}

/** True for a text that begins as every report does: such a file may be written over by another report. */
export function isReportHtml(text: string): boolean {
  return text.startsWith(opening)
}
