import { formatInstant, type EvidenceSeries } from '@qmtl/contracts'
import type { BacktestResult } from './run-backtest.ts'

/** What a world judges a run by: its returns and trades with all that is needed to compute the statistics from them. */
export function evidenceOf(result: BacktestResult): EvidenceSeries {
  const { closeTimesMs, intervalMs } = result
  return {
    stage: 'backtest',
    interval_s: intervalMs / 1000,
    start: formatInstant(closeTimesMs[0] ?? 0),
    returns: Array.from(result.returns),
    ...(isEven(closeTimesMs, intervalMs) ? {} : { close_ts: closeSeconds(closeTimesMs) }),
    trades: [...result.trades],
    opening_equity: result.openingEquity,
    calendar: result.calendar,
    data_fingerprint: result.dataFingerprint,
    code_hashes: [...result.codeHashes],
    models: { ...result.models },
  }
}

/** The equity curve in wire form: RFC 3339 close times, quote currency. */
export function equityPoints({ closeTimesMs, equity }: BacktestResult): { ts: string; equity: number }[] {
  return Array.from(equity, (value, index) => ({ ts: formatInstant(closeTimesMs[index]!), equity: value }))
}

function isEven(closeTimesMs: Float64Array, intervalMs: number): boolean {
  for (let index = 1; index < closeTimesMs.length; index++) {
    if (closeTimesMs[index]! - closeTimesMs[index - 1]! !== intervalMs) return false
  }
  return true
}

function closeSeconds(closeTimesMs: Float64Array): number[] {
  return Array.from(closeTimesMs.subarray(1), (closeMs) => closeMs / 1000)
}
