import type { BarColumns, Instrument } from '@qmtl/market'
import type { ReturnSeries } from '@qmtl/statistics'
import type { BacktestResult } from '../backtest/run-backtest.ts'
import type { ReplayCheck } from '../replay/check-replay.ts'
import type { TimeSpan } from './chart-extremes.ts'

/** Bars that a run read. */
export interface ReportData {
  readonly instrument: Instrument
  readonly columns: BarColumns
  /** Where they are from, as the user named it. */
  readonly source: string
  readonly fingerprint: string
}

/** Everything that a report tells. The same input gives the same bytes. */
export interface ReportInput {
  readonly strategy: {
    readonly name: string
    readonly version: string
    /** As the user named it. */
    readonly file: string
    readonly params: Readonly<Record<string, unknown>>
    readonly dagHash: string
  }
  /** Each column of bars that was read; the first of an instrument on the run's interval is what it traded on. */
  readonly data: readonly ReportData[]
  readonly result: BacktestResult
  /** Whether past values stay where later bars are missing; absent where it was not checked. */
  readonly replay?: ReplayCheck
  /** Epoch milliseconds. */
  readonly createdAtMs: number
  /** Version of QMTL. */
  readonly release: string
}

/** The bars of each instrument on the run's interval. */
export function tradedData({ data, result }: ReportInput): readonly ReportData[] {
  return data.filter(({ columns }) => columns.intervalMs === result.intervalMs)
}

/** The returns of a run as the statistics read them. */
export function returnSeriesOf({ closeTimesMs, returns }: BacktestResult): ReturnSeries {
  return { startMs: closeTimesMs[0] ?? 0, closeTimesMs: closeTimesMs.subarray(1), returns }
}

/** The span of a run's charts: from its first close to its last, or one bar where there is no second. */
export function spanOf({ closeTimesMs, intervalMs }: BacktestResult): TimeSpan {
  const fromMs = closeTimesMs[0] ?? 0
  return { fromMs, toMs: Math.max(closeTimesMs.at(-1) ?? 0, fromMs + intervalMs) }
}

/** Currency of equity and profits. */
export function currencyOf({ data }: ReportInput): string {
  return data[0]?.instrument.quoteCurrency ?? ''
}
