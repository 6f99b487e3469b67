import { formatInstant, type EvidenceSeries, type TradeRecord } from '@qmtl/contracts'
import type { EvidenceRecord } from '../evaluation/candidate.ts'

export const testAsOf = '2024-04-01T00:00:00Z'

/** Evidence of daily returns on a 24/7 market that end at `testAsOf`. */
export function dailyEvidence(
  returns: readonly number[],
  options: { readonly trades?: readonly TradeRecord[]; readonly asOf?: string } = {},
): EvidenceSeries {
  const startMs = Date.parse(options.asOf ?? testAsOf) - returns.length * 86_400_000
  return {
    stage: 'backtest',
    interval_s: 86_400,
    start: formatInstant(startMs),
    returns: [...returns],
    trades: [...(options.trades ?? [])],
    calendar: '24/7',
    data_fingerprint: 'lake:blake3:00',
    code_hashes: [],
    models: {},
  }
}

/** A record of daily evidence under `testAsOf`. */
export function evidenceRecord(
  returns: readonly number[],
  options: { readonly trades?: readonly TradeRecord[]; readonly asOf?: string } = {},
): EvidenceRecord {
  return { kind: 'series', as_of: options.asOf ?? testAsOf, series: dailyEvidence(returns, options) }
}

/** Returns that alternate around a mean: a Sharpe ratio above zero for a mean above zero. */
export function alternatingReturns(mean: number, count = 60): readonly number[] {
  return Array.from({ length: count }, (_, index) => mean + (index % 2 === 0 ? 0.01 : -0.01))
}

/** A closed trade with a profit (or, below zero, a loss). */
export function closedTrade(pnl: string, side: 'long' | 'short' = 'long'): TradeRecord {
  return {
    instrument: 'BTC-USD.SIM',
    side,
    quantity: '1',
    entry_ts: '2024-03-01T00:00:00Z',
    entry_price: '100',
    exit_ts: '2024-03-02T00:00:00Z',
    exit_price: '101',
    fee: '0',
    pnl,
  }
}
