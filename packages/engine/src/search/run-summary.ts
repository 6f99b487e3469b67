import type { PerformanceStatistics } from '@qmtl/statistics'
import type { BacktestResult } from '../backtest/run-backtest.ts'
import type { RefusalCount } from '../backtest/simulate.ts'

/** What is kept of each of many backtests: no curve and no trade, so that a thousand of them stay small. */
export interface RunSummary {
  readonly statistics: PerformanceStatistics
  /** That of the whole result: the same inputs give the same. */
  readonly fingerprint: string
  readonly orders: number
  readonly fills: number
  /** Decimal text in quote currency. */
  readonly fees: string
  readonly refusals: readonly RefusalCount[]
  readonly ruinedAtMs: number | undefined
}

export function summaryOf(result: BacktestResult): RunSummary {
  const { statistics, fingerprint, orders, fills, fees, refusals, ruinedAtMs } = result
  return { statistics, fingerprint, orders, fills, fees, refusals, ruinedAtMs }
}
