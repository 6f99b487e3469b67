import { parseInstant } from '@qmtl/contracts'
import { createSyntheticMarket } from '@qmtl/market'
import type { BacktestBars, TimeRange } from './backtest-bars.ts'
import type { BarsNeed } from './strategy-needs.ts'

const defaultFrom = '2023-01-01'
const defaultTo = '2024-01-01'

export interface SyntheticOptions {
  readonly seed: number
  /** Open ends are those of the year 2023. */
  readonly range: TimeRange
  readonly signal: AbortSignal
}

/** The bars that a strategy needs, from the synthetic market. Throws `E_UNKNOWN_INSTRUMENT` and `E_DATA_INTERVAL`. */
export async function readSyntheticBars(
  needs: readonly BarsNeed[],
  { seed, range, signal }: SyntheticOptions,
): Promise<readonly BacktestBars[]> {
  const market = createSyntheticMarket({ seed })
  const fromMs = range.fromMs ?? parseInstant(defaultFrom)
  const toMs = range.toMs ?? parseInstant(defaultTo)
  const bars: BacktestBars[] = []
  for (const { instrument, intervalMs } of needs) {
    const columns = await market.history({ instrument, intervalMs, fromMs, toMs }, { signal })
    bars.push({ columns, source: `synthetic market, seed ${seed}` })
  }
  return bars
}
