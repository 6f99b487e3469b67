import { parseInstant, type StatisticValue, type TradeRecord } from '@qmtl/contracts'
import { coreStatisticNames, describeStatistic, type StatisticName } from '@qmtl/statistics'
import { count, money, noNumber, price, shortDecimal } from '../output/numbers.ts'
import { statisticText } from '../output/statistic-text.ts'
import type { Style } from '../output/style.ts'
import { table, type Column } from '../output/table.ts'
import { duration, minuteText } from '../output/times.ts'
import { wrapText } from '../output/wrap-text.ts'
import type { BacktestReport, ReportedData } from './backtest-report.ts'

const shownTrades = 5

/** A run as a person reads it, within the style's width. */
export function backtestText(report: BacktestReport, style: Style): string {
  const sections = [
    headText(report, style),
    statisticsText(report, style),
    moneyText(report, style),
    tradesText(report.trades, style),
    remarksText(report, style),
    style.dim(`  fingerprint ${report.fingerprint}`),
  ]
  return sections.filter((section) => section !== '').join('\n\n')
}

function headText({ strategy, data, nodes, warmup_bars }: BacktestReport, style: Style): string {
  const params = Object.entries(strategy.params).map(([name, value]) => `${name} ${value}`)
  const graph = `${nodes} nodes, warm-up ${count(warmup_bars)} bars`
  const title = `${style.bold(strategy.name)} ${strategy.version}  ${style.dim([...params, graph].join(' · '))}`
  return [title, ...data.map((each) => wrapText(dataText(each), { width: style.width, lead: '  ' }))].join('\n')
}

function dataText({ instrument, interval, bars, from, to, source }: ReportedData): string {
  return `${instrument} ${interval} · ${count(bars)} bars · ${minuteText(from)} to ${minuteText(to)} UTC · ${source}`
}

const statisticColumns: readonly Column[] = [
  { title: '' },
  { title: 'value', align: 'right' },
  { title: 'sample', align: 'right' },
  { title: '' },
  { title: 'formula' },
]

function statisticsText({ statistics }: BacktestReport, style: Style): string {
  const rows = coreStatisticNames.flatMap((name) => {
    const figure = statistics[name]
    if (figure === undefined) return []
    const { title, sample } = describeStatistic(name)
    return [[title, figureText(name, figure, style), count(figure.sample), sample, style.dim(figure.formula)]]
  })
  const others = Object.keys(statistics).length - rows.length
  const more = `  ${others} more figures with --json; qmtl backtest --explain NAME says what a figure is`
  return `${table(statisticColumns, rows)}\n${style.dim(more)}`
}

function figureText(name: StatisticName, { value }: StatisticValue, style: Style): string {
  if (value === null) return noNumber
  const text = statisticText(value, describeStatistic(name).unit)
  if (name !== 'total_return' && name !== 'cagr' && name !== 'sharpe') return text
  return value < 0 ? style.bad(text) : style.good(text)
}

function moneyText(report: BacktestReport, style: Style): string {
  const { cash, equity, orders, fills } = report
  const final = equity.at(-1)?.equity ?? cash
  return [
    `  equity ${money(cash)} → ${style.bold(money(final))} · ${count(orders)} orders, ${count(fills)} fills`,
    style.dim(`  ${modelsText(report)}`),
    style.dim(`  ${costsText(report)}`),
  ].join('\n')
}

function modelsText({ models }: BacktestReport): string {
  const { profile, account, fees = 'none', slippage = 'none', fill = '' } = models
  const costs = profile === undefined ? `fees ${fees}, slippage ${slippage}` : `profile ${profile}, ${account} account`
  return `${costs}, fill ${fill}`
}

function costsText({ costs, refusals }: BacktestReport): string {
  const { fees, slippage, interest } = costs
  const refused = refusals.map(({ code, count: times }) => `${count(times)} refused (${code})`)
  const paid = `paid fees ${money(Number(fees))}, slippage ${money(Number(slippage))}, interest ${money(-Number(interest))}`
  return [paid, ...refused].join(' · ')
}

function tradesText(trades: readonly TradeRecord[], style: Style): string {
  if (trades.length === 0) return ''
  const shown = trades.slice(-shownTrades)
  const hasSeveral = new Set(trades.map(({ instrument }) => instrument)).size > 1
  const columns: readonly Column[] = [
    ...(hasSeveral ? [{ title: 'instrument' }] : []),
    { title: 'side' },
    { title: 'quantity', align: 'right' },
    { title: 'entry (UTC)' },
    { title: 'price', align: 'right' },
    { title: 'exit', align: 'right' },
    { title: 'held', align: 'right' },
    { title: 'fee', align: 'right' },
    { title: 'profit', align: 'right' },
  ]
  const rows = shown.map((trade) => [...(hasSeveral ? [trade.instrument] : []), ...tradeCells(trade, style)])
  const title = trades.length === shown.length ? 'trades' : `last ${shown.length} of ${count(trades.length)} trades`
  return `  ${style.bold(title)}\n${table(columns, rows)}`
}

function tradeCells(trade: TradeRecord, style: Style): readonly string[] {
  const { side, quantity, entry_ts, entry_price, exit_ts, exit_price, fee, pnl } = trade
  const profit = Number(pnl)
  return [
    side,
    shortDecimal(quantity),
    minuteText(entry_ts),
    price(entry_price),
    exit_price === undefined ? 'open' : price(exit_price),
    exit_ts === undefined ? noNumber : duration(parseInstant(exit_ts) - parseInstant(entry_ts)),
    money(Number(fee)),
    profit < 0 ? style.bad(money(profit)) : style.good(money(profit)),
  ]
}

function remarksText({ marks, statistics }: BacktestReport, style: Style): string {
  const missing = coreStatisticNames.flatMap((name) => {
    const reason = statistics[name]?.reason
    return reason === undefined ? [] : [`${describeStatistic(name).title}: ${reason}`]
  })
  return [...marks, ...missing]
    .map((remark) => wrapText(remark, { width: style.width, lead: `  ${style.warn('!')} ` }))
    .join('\n')
}
