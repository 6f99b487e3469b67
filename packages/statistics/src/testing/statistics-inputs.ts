import type { TradeRecord } from '@qmtl/contracts'
import type { StatisticsInput } from '../compute-statistics.ts'
import type { PriceBars } from '../trades/price-bars.ts'

export const hourMs = 3_600_000
export const dayMs = 86_400_000
/** 2024-01-01, when inputs start. */
export const startMs = Date.UTC(2024, 0, 1)

/** Daily bars from 2024-01-01 on, around the clock. */
export function dailyInput(returns: readonly number[], rest: Partial<StatisticsInput> = {}): StatisticsInput {
  const closeTimesMs = returns.map((_, index) => startMs + (index + 1) * dayMs)
  return { startMs, closeTimesMs, returns, trades: [], calendar: '24/7', ...rest }
}

/** One unit of BTC-USD.SIM bought at 100 and sold at 101, times in days after 2024-01-01; open without an exit. */
export function tradeOf(
  entryDay: number,
  exitDay: number | undefined,
  pnl: string,
  rest: Partial<TradeRecord> = {},
): TradeRecord {
  const instant = (day: number): string => new Date(startMs + day * dayMs).toISOString().replace('.000Z', 'Z')
  const exit = exitDay === undefined ? {} : { exit_ts: instant(exitDay), exit_price: '101' }
  const entry = { entry_ts: instant(entryDay), entry_price: '100' }
  return { instrument: 'BTC-USD.SIM', side: 'long', quantity: '1', ...entry, ...exit, fee: '0.1', pnl, ...rest }
}

/** Daily bars of BTC-USD.SIM from 2024-01-01 on. */
export function dailyBars(rows: readonly (readonly [low: number, high: number, volume: number])[]): PriceBars {
  return {
    instrument: 'BTC-USD.SIM',
    intervalMs: dayMs,
    length: rows.length,
    openTimeMs: rows.map((_, index) => startMs + index * dayMs),
    low: rows.map(([low]) => low),
    high: rows.map(([, high]) => high),
    volume: rows.map(([, , volume]) => volume),
  }
}
