import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { decimal, ZERO } from '@qmtl/contracts'
import { realityModels } from '@qmtl/brokerage'
import { defineInstrument, readBarsCsv } from '@qmtl/market'
import { describe, expect, test } from 'vitest'
import { plannerRules } from '../planner/planner-rules.ts'
import { runBacktest } from './run-backtest.ts'

// Recorded bars of real markets; they are not part of the repository.
const folder = fileURLToPath(new URL('../../../../../shared/data/bars/', import.meta.url))
const id = 'X.RECORDED'

/** Buys with all cash at the second open and holds. */
function held(file: string, calendar: string) {
  const bars = readBarsCsv(readFileSync(`${folder}${file}`), { instrument: id, name: file, gaps: 'allow' })
  const models = realityModels()
  const closeTimesMs = bars.openTimeMs.map((openMs) => openMs + bars.intervalMs)
  const input = {
    targets: [{ instrument: id, closeTimesMs, targets: new Float64Array(bars.length).fill(1) }],
    bars: [bars],
    instruments: [defineInstrument(id, { calendar })],
    cash: decimal(10_000),
    models,
    rules: plannerRules(models, { freePortfolioFraction: ZERO }),
  }
  return runBacktest(input, { dataFingerprints: [], codeHashes: [], nodeIds: [] }).statistics
}

describe.skipIf(!existsSync(folder))('holding a recorded market (skipped: no folder shared/data/bars)', () => {
  // Worked out from the files by a separate script: days by calendar date, deviations in two passes.
  for (const [file, calendar, days, expected] of [
    ['spy_1d.csv', 'sim-sessions', 5848, [3.0507972, 0.0620384, 0.4064178, 0.571855, 0.5645141, 2623]],
    ['btcusd_1h.csv', '24/7', 31, [0.612253, 283.3977591, 5.7633712, 8.8867468, 0.3071149, 11.5]],
    ['eurusd_1h.csv', '24/7', 295, [0.146336, 0.1847409, 2.3538355, 3.8731352, 0.0427343, 118.375]],
    ['btcperp_1m.csv', '24/7', 33, [-0.1688984, -0.884776, -3.7463837, -4.1530839, 0.311057, 29.5208333]],
  ] as const) {
    test(`${file} gives its growth, ratios and drawdowns`, () => {
      const { total_return, cagr, sharpe, sortino, max_drawdown, max_drawdown_duration } = held(file, calendar)
      expect(sharpe.sample).toBe(days)
      const seen = [total_return, cagr, sharpe, sortino, max_drawdown, max_drawdown_duration]
      seen.forEach(({ value }, index) => expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 6))
    })
  }
})
