import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brokerProfile, realityModels, type ProfileOptions } from '@qmtl/brokerage'
import { decimal, decimalText, minus, ONE, plus, ZERO } from '@qmtl/contracts'
import { barColumnsOf, defineInstrument, readBarsCsv, type BarColumns } from '@qmtl/market'
import { describe, expect, test } from 'vitest'
import { plannerRules } from '../planner/planner-rules.ts'
import { runBacktest } from './run-backtest.ts'

const id = 'SPY.XNYS'
const dayMs = 86_400_000
const recorded = fileURLToPath(new URL('../../../../../shared/data/bars/spy_1d.csv', import.meta.url))

/** Days of a price that rises and falls, opening where it closed. */
const wave: BarColumns = barColumnsOf(
  { instrument: id, intervalMs: dayMs },
  Array.from({ length: 400 }, (_, index) => {
    const at = (day: number) => Math.round(10_000 + 2_000 * Math.sin(day / 7)) / 100
    const [open, close] = [at(index - 1), at(index)]
    return {
      openTimeMs: index * dayMs,
      open,
      high: Math.max(open, close),
      low: Math.min(open, close),
      close,
      volume: 10,
    }
  }),
)

/** Long, flat and short in turn, a week each. */
function traded(bars: BarColumns, profile: string, options: ProfileOptions = {}) {
  const models = realityModels({ broker: brokerProfile(profile, options) })
  const closeTimesMs = bars.openTimeMs.map((openMs) => openMs + bars.intervalMs)
  const targets = Float64Array.from(closeTimesMs, (_, row) => [0.8, 0, -0.5][Math.floor(row / 7) % 3] ?? 0)
  const input = {
    targets: [{ instrument: id, closeTimesMs, targets }],
    bars: [bars],
    instruments: [defineInstrument(id, { assetClass: 'equity', tickSize: decimal('0.01'), lotSize: ONE })],
    cash: decimal(100_000),
    models,
    rules: plannerRules(models),
  }
  return runBacktest(input, { dataFingerprints: [], codeHashes: [], nodeIds: [] })
}

const slippage = { kind: 'bps', bps: decimal(3) } as const
const slipped: ProfileOptions = { classes: { equity: { slippage } } }

describe('a run under the profile of a broker', () => {
  test('pays its schedule: a half cent per share, at least a dollar an order', () => {
    const { fills, fees, slippage: slip } = traded(wave, 'interactive-brokers')
    expect(fills).toBeGreaterThan(50)
    expect(Number(fees)).toBeGreaterThanOrEqual(fills)
    expect(slip).toBe('0')
  })

  test('costs the slippage of its profile, and less is left', () => {
    const [plain, worse] = [traded(wave, 'interactive-brokers'), traded(wave, 'interactive-brokers', slipped)]
    expect(Number(worse.slippage)).toBeGreaterThan(0)
    expect(worse.equity.at(-1)).toBeLessThan(plain.equity.at(-1) ?? 0)
  })

  test('has a fingerprint of its own per profile, and the same twice', () => {
    const prints = ['interactive-brokers', 'alpaca', 'interactive-brokers'].map(
      (name) => traded(wave, name).fingerprint,
    )
    expect(prints[0]).toBe(prints[2])
    expect(prints[0]).not.toBe(prints[1])
  })

  test('counts what a rule refused under the name of the rule', () => {
    const { refusals, orders, fills } = traded(wave, 'tradier', {
      rules: { kind: 'own', orderTypes: [{ types: ['limit'] }] },
    })
    expect(refusals).toMatchObject([{ code: 'NotSupported' }])
    expect([orders > 0, fills]).toEqual([true, 0])
  })
})

/** Cash that the trades explain: profits, less what is still invested. */
function explains(bars: BarColumns): void {
  const { book, trades, equity } = traded(bars, 'interactive-brokers', slipped)
  let invested = ZERO
  for (const { cost } of book.positions.values()) invested = plus(invested, cost)
  const cash = minus(minus(plus(book.openingCash, book.realisedPnl), book.fees), invested)
  expect(decimalText(book.cash)).toBe(decimalText(cash))
  const profit = trades.reduce((sum, { pnl }) => sum + Number(pnl), 0)
  expect((equity.at(-1) ?? 0) - 100_000).toBeCloseTo(profit, 2)
}

test('cash follows from the trades to the last digit', () => explains(wave))

test.skipIf(!existsSync(recorded) && !process.env['CI'])(
  'so it does on recorded days of SPY (skipped: no folder shared/data/bars)',
  () => {
    explains(readBarsCsv(readFileSync(recorded), { instrument: id, name: 'spy_1d.csv', gaps: 'allow' }))
  },
)
