import { parseInstant, type TradeRecord } from '@qmtl/contracts'
import type { BarColumns } from '@qmtl/market'
import { chart, readingsAlong, type KeyEntry, type Scale } from './chart.ts'
import { rangeOf, valueTicks } from './chart-axis.ts'
import { bandPath, linePath, pointMarks, type Point } from './chart-paths.ts'
import { html, type Html } from './html.ts'
import { counted, priceText } from './number-text.ts'
import { spanOf, tradedData, type ReportData, type ReportInput } from './report-input.ts'
import { timeTicks } from './time-ticks.ts'

/** More would push everything else off the page. */
const mostCharts = 6

/** The price of each traded instrument with its trades, those with most trades first. */
export function priceCharts(input: ReportInput): Html {
  const traded = tradedData(input)
    .map((data) => ({ data, trades: input.result.trades.filter((trade) => trade.instrument === data.instrument.id) }))
    .toSorted((a, b) => b.trades.length - a.trades.length)
  const left = traded.length - mostCharts
  const rest =
    left > 0
      ? html`<p class="none">${counted(left, 'more instrument')} with fewer trades: see the tables.</p>`
      : undefined
  const charts = traded.slice(0, mostCharts).map(({ data, trades }) => priceChart(data, trades, input))
  return html`<section id="price">
    <h2>Price and trades</h2>
    ${charts}${rest}
  </section>`
}

const key: readonly KeyEntry[] = [
  { mark: 'line ink', text: 'close' },
  { mark: 'swatch', text: 'low to high' },
  { mark: 'dot blue', text: 'long entry' },
  { mark: 'box blue', text: 'long exit' },
  { mark: 'dot orange', text: 'short entry' },
  { mark: 'box orange', text: 'short exit' },
]

function priceChart({ instrument, columns }: ReportData, trades: readonly TradeRecord[], input: ReportInput): Html {
  const timesMs = columns.openTimeMs.map((openMs) => openMs + columns.intervalMs)
  const scale: Scale = { span: spanOf(input.result), range: rangeOf([columns.low, columns.high], pricesOf(trades)) }
  return chart({
    title: `${instrument.id}, ${instrument.quoteCurrency}`,
    key: keyOf(trades),
    summary: `Price of ${instrument.id} with ${counted(trades.length, 'trade')}`,
    size: 'high',
    valueTicks: valueTicks(scale.range, 5),
    acrossTicks: timeTicks(scale.span),
    drawing: [...priceDrawing(columns, timesMs, scale), ...tradeMarks(trades, scale)],
    readings: readingsAlong(timesMs, scale.span, (row) => priceText(columns.close[row]!)),
  })
}

/** Only what is there to be seen. */
function keyOf(trades: readonly TradeRecord[]): readonly KeyEntry[] {
  const sides = new Set<string>(trades.map(({ side }) => side))
  return key.filter(({ text }) => !/long|short/.test(text) || sides.has(text.split(' ')[0] ?? ''))
}

function pricesOf(trades: readonly TradeRecord[]): readonly number[] {
  return trades.flatMap(({ entry_price, exit_price }) => [Number(entry_price), Number(exit_price ?? entry_price)])
}

function priceDrawing({ low, high, close }: BarColumns, timesMs: Float64Array, scale: Scale): readonly Html[] {
  return [
    bandPath({ timesMs, values: low }, { timesMs, values: high }, scale),
    linePath({ timesMs, values: close }, scale, 'ink'),
  ]
}

function tradeMarks(trades: readonly TradeRecord[], scale: Scale): readonly Html[] {
  return (['long', 'short'] as const).flatMap((side) => {
    const own = trades.filter((trade) => trade.side === side)
    const colour = side === 'long' ? 'blue' : 'orange'
    return own.length === 0
      ? []
      : [
          pointMarks(own.map(entryOf), scale, `entry ${colour}`),
          pointMarks(own.flatMap(exitOf), scale, `exit ${colour}`),
        ]
  })
}

function entryOf({ entry_ts, entry_price }: TradeRecord): Point {
  return { timeMs: parseInstant(entry_ts), value: Number(entry_price) }
}

function exitOf({ exit_ts, exit_price }: TradeRecord): readonly Point[] {
  if (exit_ts === undefined || exit_price === undefined) return []
  return [{ timeMs: parseInstant(exit_ts), value: Number(exit_price) }]
}
