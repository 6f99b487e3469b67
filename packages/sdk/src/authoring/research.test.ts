import { expect, test } from 'vitest'
import {
  bars,
  createSyntheticMarket,
  evaluateColumnar,
  lag,
  metaLabel,
  resample,
  align,
  rsi,
  tripleBarrier,
  volatility,
} from '../index.ts'

test('an author reads labels and features of one bar side by side', async () => {
  const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
  const width = volatility(price.close, 24).times(3)
  const horizon = { maxBars: 12, profitTarget: width, stopLoss: width }
  const { outcome } = tripleBarrier(price.close, horizon)
  const won = metaLabel(price.close, horizon)
  const feature = rsi(price.close, 14)
  const slow = align(rsi(resample(price.close, '4h'), 14), '1h')
  const paired = lag(feature.minus(slow), 12)
  const fromMs = Date.UTC(2024, 0, 1)
  const request = { instrument: price.instrument, intervalMs: 3_600_000, fromMs, toMs: fromMs + 1000 * 3_600_000 }
  const data = await createSyntheticMarket({ seed: 7 }).history(request, {})
  const result = evaluateColumnar([outcome.node, won.node, feature.node, lag(feature, 12).node, paired.node], [data])
  const [labels, wins, now, then] = [outcome, won, feature, lag(feature, 12)].map((series) => result.column(series))
  expect(new Set(labels)).toEqual(new Set([NaN, -1, 0, 1]))
  expect(Array.from(labels!).filter((label) => !Number.isNaN(label))).toHaveLength(1000 - 24 - 12)
  expect(wins!.filter((win) => win === 1)).toHaveLength(labels!.filter((label) => label === 1).length)
  expect(then!.subarray(12)).toEqual(now!.subarray(0, -12))
  expect(Number.isNaN(result.column(paired).at(-1))).toBe(false)
})
