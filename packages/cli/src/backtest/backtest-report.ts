import { decimalText, formatInstant, formatInterval, type Statistics, type TradeRecord } from '@qmtl/contracts'
import {
  equityPoints,
  remarksOn,
  warmupOf,
  type BacktestResult,
  type RefusalCount,
  type ReplayCheck,
  type ReportData,
} from '@qmtl/engine'
import type { LoadedStrategy } from '@qmtl/sdk'

/** Bars of one instrument that a run read. */
export interface ReportedData {
  readonly instrument: string
  readonly interval: string
  readonly bars: number
  /** Open of the first bar and close of the last, RFC 3339. */
  readonly from: string
  readonly to: string
  readonly source: string
  readonly fingerprint: string
}

/** The document of `qmtl backtest --json`. Money is in quote currency. */
export interface BacktestReport {
  readonly strategy: {
    readonly name: string
    readonly version: string
    readonly file: string
    readonly params: LoadedStrategy['params']
    readonly dag_hash: string
  }
  /** How many nodes the graph has. */
  readonly nodes: number
  /** Bars before the first target can exist. */
  readonly warmup_bars: number
  readonly data: readonly ReportedData[]
  readonly cash: number
  /** Name and parameters of each model that acted. */
  readonly models: Readonly<Record<string, string>>
  /** What they cost in quote currency, exact. */
  readonly costs: {
    readonly fees: string
    /** What fills were worse than the prices they were made at. */
    readonly slippage: string
    /** Interest, borrow and funding: received less paid. */
    readonly interest: string
  }
  readonly statistics: Statistics
  readonly orders: number
  readonly fills: number
  readonly refusals: readonly RefusalCount[]
  /** What one must know before trusting the result. */
  readonly marks: readonly string[]
  /** At each bar's close. */
  readonly equity: readonly { readonly ts: string; readonly equity: number }[]
  readonly trades: readonly TradeRecord[]
  /** The same inputs give the same bytes, other inputs another fingerprint. */
  readonly fingerprint: string
  /** The HTML report as the user named it, where one was asked for. */
  readonly report?: string
}

/** What a backtest was made of, and what came of it. */
export interface FinishedBacktest {
  readonly strategy: LoadedStrategy
  /** The strategy's file as the user named it. */
  readonly file: string
  readonly cash: string
  readonly data: readonly ReportData[]
  readonly result: BacktestResult
  readonly replay: ReplayCheck
  /** Where the HTML report goes, as the user named it. */
  readonly report: string | undefined
}

export function backtestReport({
  strategy,
  file,
  cash,
  data,
  result,
  replay,
  report,
}: FinishedBacktest): BacktestReport {
  const { name, version, params, dagHash, nodes, intents } = strategy
  return {
    strategy: { name, version, file, params, dag_hash: dagHash },
    nodes: nodes.length,
    warmup_bars: Math.max(...intents.map(warmupOf)),
    data: data.map(reportedData),
    cash: Number(cash),
    models: result.models,
    costs: { fees: result.fees, slippage: result.slippage, interest: decimalText(result.book.income) },
    statistics: result.statistics,
    orders: result.orders,
    fills: result.fills,
    refusals: result.refusals,
    marks: remarksOn(result, data, replay).map(({ text }) => text),
    equity: equityPoints(result),
    trades: result.trades,
    fingerprint: result.fingerprint,
    ...(report === undefined ? {} : { report }),
  }
}

/** Bars as the documents of commands name them. */
export function reportedData({ columns, source, fingerprint }: ReportData): ReportedData {
  const { instrument, intervalMs, length, openTimeMs } = columns
  return {
    instrument,
    interval: formatInterval(intervalMs),
    bars: length,
    from: formatInstant(openTimeMs[0] ?? 0),
    to: formatInstant((openTimeMs[length - 1] ?? 0) + intervalMs),
    source,
    fingerprint,
  }
}
