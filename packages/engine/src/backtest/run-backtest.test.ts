import { decimal, decimalText } from '@qmtl/contracts'
import { realityModels } from '@qmtl/brokerage'
import { barColumnsOf, defineInstrument, type BarColumns, type Instrument } from '@qmtl/market'
import { expect, test } from 'vitest'
import { plannerRules } from '../planner/planner-rules.ts'
import { runBacktest, type BacktestResult } from './run-backtest.ts'
import type { SimulationInput } from './simulate.ts'

const hourMs = 3_600_000
const origin = { dataFingerprints: ['lake:1'], codeHashes: [], nodeIds: [] }

function barsOf(
  instrument: string,
  prices: readonly number[],
  hours: readonly number[] = prices.map((_, hour) => hour),
) {
  const bars = prices.map((price, index) => {
    const range = { open: price, high: price, low: price, close: price }
    return { openTimeMs: (hours[index] ?? 0) * hourMs, ...range, volume: 1 }
  })
  return barColumnsOf({ instrument, intervalMs: hourMs }, bars)
}

function inputOf(
  bars: readonly BarColumns[],
  target: number,
  instruments: readonly Instrument[] = bars.map(({ instrument }) => defineInstrument(instrument)),
): SimulationInput {
  const models = realityModels()
  const targets = bars.map(({ instrument, openTimeMs, length }) => ({
    instrument,
    closeTimesMs: openTimeMs.map((openMs) => openMs + hourMs),
    targets: new Float64Array(length).fill(target),
  }))
  return { targets, bars, instruments, cash: decimal(1000), models, rules: plannerRules(models) }
}

test('nothing is earned after ruin, though prices come back before all positions are closed', () => {
  const bars = [
    barsOf('BTC-USD.SIM', [100, 100, 300, 150, 150, 150]),
    barsOf('ETH-USD.SIM', [10, 10, 10, 12], [0, 1, 2, 4]),
  ]
  const input = inputOf(bars, 0.4)
  const targets = input.targets.map((column, index) =>
    index === 0 ? { ...column, targets: column.targets.map(() => -0.6) } : column,
  )
  const seen = runBacktest({ ...input, targets }, origin)
  expect(seen.ruinedAtMs).toBe(3 * hourMs)
  expect(seen.equity[3]).not.toBe(seen.equity[4])
  expect([...seen.returns]).toEqual([0, -1, 0, 0, 0])
})

test('fees in quote currency and the multiplier reach the curve', () => {
  const contract = defineInstrument('ES.SIM', { multiplier: decimal(50), lotSize: decimal(1) })
  const bars = barsOf('ES.SIM', [10, 10, 11])
  const models = realityModels({ feeBps: 100 })
  const input = { ...inputOf([bars], 0.8, [contract]), models, rules: plannerRules(models) }
  const { equity, fees, book } = runBacktest(input, origin)
  // One contract is worth 500; 0.8 of 1000 buys one.
  expect(decimalText(book.positions.get('ES.SIM')?.quantity ?? decimal(0))).toBe('1')
  expect([...equity]).toEqual([1000, 995, 1045])
  expect(fees).toBe('5')
})

const refused: readonly (readonly [string, string, () => BacktestResult])[] = [
  [
    'two target columns for one instrument',
    'E_STRATEGY_BUILD',
    () => {
      const input = inputOf([barsOf('BTC-USD.SIM', [1, 2])], 1)
      return runBacktest({ ...input, targets: [...input.targets, ...input.targets] }, origin)
    },
  ],
  [
    'a book of two currencies',
    'E_STRATEGY_BUILD',
    () => runBacktest(inputOf([barsOf('BTC-USD.SIM', [1, 2]), barsOf('BTC-EUR.SIM', [1, 2])], 0.5), origin),
  ],
  [
    'bars out of order',
    'E_INVALID_DATA',
    () =>
      runBacktest(
        inputOf([barsOf('BTC-USD.SIM', [1, 2, 3]), barsOf('ETH-USD.SIM', [1, 2, 3], [0, 2, 1])], 0.5),
        origin,
      ),
  ],
]
for (const [what, code, attempt] of refused) {
  test(`${what}: refused with ${code}`, () => expect(attempt).toThrow(expect.objectContaining({ code })))
}
