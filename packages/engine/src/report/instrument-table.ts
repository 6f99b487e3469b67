import type { StatisticValue, TradeRecord } from '@qmtl/contracts'
import { computeStatistics } from '@qmtl/statistics'
import { html, type Html } from './html.ts'
import { datum, fixedText, noNumber, percentText, signed } from './number-text.ts'
import { spanOf, tradedData, type ReportData, type ReportInput } from './report-input.ts'
import { statisticDatum } from './statistic-text.ts'
import { table, type TableColumn, type TableRow } from './table.ts'

const columns: readonly TableColumn[] = [
  { title: 'Instrument' },
  { title: 'Bars', align: 'right' },
  { title: 'Price change', align: 'right', hint: 'from the first open to the last close' },
  { title: 'Closed trades', align: 'right' },
  { title: 'Open', align: 'right' },
  { title: 'Win rate', align: 'right' },
  { title: 'Profit factor', align: 'right' },
  { title: 'Time held', align: 'right', hint: 'share of the run with an open trade' },
  { title: 'Fees', align: 'right' },
  { title: 'Profit after fees', align: 'right', hint: 'open trades at the last price included' },
]

/** What each instrument brought and cost. */
export function instrumentSection(input: ReportInput): Html {
  const rows = tradedData(input).map((data) => instrumentRow(data, input))
  return html`<section id="instruments">
    <h2>By instrument</h2>
    ${table(columns, rows, 'Results by instrument')}
  </section>`
}

function instrumentRow({ instrument, columns: bars }: ReportData, { result }: ReportInput): TableRow {
  const trades = result.trades.filter((trade) => trade.instrument === instrument.id)
  const { fromMs, toMs } = spanOf(result)
  // One flat return over the whole run: the figures of trades and the time held ask no more of it.
  const own = computeStatistics({
    startMs: fromMs,
    closeTimesMs: [toMs],
    returns: [0],
    trades,
    calendar: result.calendar,
  })
  const cell = (name: 'trades' | 'win_rate' | 'profit_factor' | 'exposure' | 'fees'): Html => {
    const figure: StatisticValue = own[name]
    return statisticDatum(name, figure)
  }
  const open = trades.filter(({ exit_ts }) => exit_ts === undefined).length
  const profit = profitOf(trades)
  return [
    instrument.id,
    datum(bars.length, fixedText(bars.length, 0)),
    changeText(bars),
    cell('trades'),
    datum(open, fixedText(open, 0)),
    cell('win_rate'),
    cell('profit_factor'),
    cell('exposure'),
    cell('fees'),
    datum(profit, signed(fixedText(profit, 2), profit)),
  ]
}

function profitOf(trades: readonly TradeRecord[]): number {
  return trades.reduce((sum, { pnl }) => sum + Number(pnl), 0)
}

function changeText({ open, close, length }: ReportData['columns']): Html | string {
  if (length === 0) return noNumber
  const change = close[length - 1]! / open[0]! - 1
  return datum(change, signed(percentText(change), change))
}
