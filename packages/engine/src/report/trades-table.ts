import { parseInstant, type TradeRecord } from '@qmtl/contracts'
import { html, type Html } from './html.ts'
import { counted, datum, fixedText, noNumber, priceText, quantityText, signed } from './number-text.ts'
import type { ReportInput } from './report-input.ts'
import { table, type TableColumn, type TableRow } from './table.ts'
import { minuteText, spanText } from './time-text.ts'

const mostLines = 200

const columns: readonly TableColumn[] = [
  { title: 'Instrument' },
  { title: 'Side' },
  { title: 'Quantity', align: 'right' },
  { title: 'Entry, UTC' },
  { title: 'Price', align: 'right' },
  { title: 'Exit, UTC' },
  { title: 'Price', align: 'right' },
  { title: 'Held', align: 'right' },
  { title: 'Fee', align: 'right' },
  { title: 'Profit after fees', align: 'right' },
]

/** The first trades, in the order of the result. */
export function tradesSection({ result: { trades } }: ReportInput): Html {
  return html`<section id="trades">
    <h2>Trades</h2>
    ${tradesBody(trades)}
  </section>`
}

function tradesBody(trades: readonly TradeRecord[]): Html {
  if (trades.length === 0) return html`<p class="none">There are none.</p>`
  const more = trades.length - mostLines
  const rest =
    more > 0
      ? html`<p class="none">
          and ${fixedText(more, 0)} more: all ${counted(trades.length, 'trade')} are under <code>trades</code> in the
          document of <code>qmtl backtest … --json</code> or <code>--out FILE</code>.
        </p>`
      : undefined
  return html`${table(columns, trades.slice(0, mostLines).map(tradeRow), 'Trades')}${rest}`
}

function tradeRow(trade: TradeRecord): TableRow {
  const { instrument, side, quantity, entry_ts, entry_price, exit_ts, exit_price, fee, pnl } = trade
  const entryMs = parseInstant(entry_ts)
  const exitMs = exit_ts === undefined ? undefined : parseInstant(exit_ts)
  const profit = Number(pnl)
  return [
    instrument,
    side,
    datum(quantity, quantityText(Number(quantity))),
    timeOf(entry_ts, entryMs),
    datum(entry_price, priceText(Number(entry_price))),
    exit_ts === undefined || exitMs === undefined ? 'open' : timeOf(exit_ts, exitMs),
    exit_price === undefined ? noNumber : datum(exit_price, priceText(Number(exit_price))),
    exitMs === undefined ? noNumber : spanText(exitMs - entryMs),
    datum(fee, fixedText(Number(fee), 2)),
    html`<span class="${profit < 0 ? 'lost' : 'won'}">${datum(pnl, signed(fixedText(profit, 2), profit))}</span>`,
  ]
}

function timeOf(instant: string, epochMs: number): Html {
  return html`<time datetime="${instant}">${minuteText(epochMs)}</time>`
}
