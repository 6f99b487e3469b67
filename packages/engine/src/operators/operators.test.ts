import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { barColumnsOf } from '@qmtl/market'
import { evaluateColumnar } from '../evaluate/evaluate-columnar.ts'
import { bars } from '../graph/bars.ts'
import { warmupOf } from '../graph/collect-graph.ts'
import type { Series } from '../graph/node-spec.ts'
import { ema } from './ema.ts'
import { highest } from './highest.ts'
import { lowest } from './lowest.ts'
import { rsi } from './rsi.ts'
import { sma } from './sma.ts'
import { stdev } from './stdev.ts'

const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })

/** Runs a series over bars whose close is `values` and whose open is `others`. */
function run(series: Series, values: ArrayLike<number>, others: ArrayLike<number> = values): readonly number[] {
  const columns = barColumnsOf(
    { instrument: price.instrument, intervalMs: price.node.intervalMs },
    Array.from(values, (close, index) => ({
      openTimeMs: index * 3_600_000,
      open: others[index]!,
      high: close,
      low: close,
      close,
      volume: 1,
    })),
  )
  return Array.from(evaluateColumnar([series.node], [columns]).column(series))
}

type Windowed = (x: Series, window: number) => Series
type Definition = (values: readonly number[], window: number) => number

const mean: Definition = (values) => values.reduce((sum, value) => sum + value, 0) / values.length

// Each definition sees the values since the last NaN, at least `period` of them.
const definitions: Readonly<
  Record<string, { readonly build: Windowed; readonly period: (window: number) => number; readonly define: Definition }>
> = {
  sma: { build: sma, period: (window) => window, define: (values, window) => mean(values.slice(-window), window) },
  highest: {
    build: highest,
    period: (window) => window,
    define: (values, window) => Math.max(...values.slice(-window)),
  },
  lowest: { build: lowest, period: (window) => window, define: (values, window) => Math.min(...values.slice(-window)) },
  stdev: {
    build: stdev,
    period: (window) => window,
    define: (values, window) => {
      const last = values.slice(-window)
      const centre = mean(last, window)
      return Math.sqrt(
        mean(
          last.map((value) => (value - centre) ** 2),
          window,
        ),
      )
    },
  },
  ema: {
    build: ema,
    period: (window) => window,
    define: (values, window) =>
      values
        .slice(window)
        .reduce(
          (previous, value) => previous + (2 / (window + 1)) * (value - previous),
          mean(values.slice(0, window), window),
        ),
  },
  rsi: {
    build: rsi,
    period: (window) => window + 1,
    define: (values, window) => {
      const changes = values.slice(1).map((value, index) => value - values[index]!)
      const smooth = (parts: readonly number[]): number =>
        parts
          .slice(window)
          .reduce((previous, part) => (previous * (window - 1) + part) / window, mean(parts.slice(0, window), window))
      const gain = smooth(changes.map((change) => Math.max(change, 0)))
      const loss = smooth(changes.map((change) => Math.max(-change, 0)))
      return loss === 0 ? 100 : 100 - 100 / (1 + gain / loss)
    },
  },
}

const anyValue = fc.oneof(
  { weight: 10, arbitrary: fc.double({ min: 0.01, max: 1e5, noNaN: true }) },
  { weight: 4, arbitrary: fc.constantFrom(1, 2, 3) },
  { weight: 1, arbitrary: fc.constant(NaN) },
)
const anyValues = fc.array(anyValue, { maxLength: 80, size: 'max' })

for (const [name, { build, period, define }] of Object.entries(definitions)) {
  describe(name, () => {
    test('is its definition on every bar, NaN until its window is full and after a gap until it is full again', () => {
      fc.assert(
        fc.property(anyValues, fc.integer({ min: 2, max: 12 }), (values, window) => {
          const seen = run(build(price.close, window), values)
          values.forEach((_, index) => {
            const known = values.slice(values.slice(0, index + 1).findLastIndex(Number.isNaN) + 1, index + 1)
            if (known.length < period(window)) expect(seen[index]).toBeNaN()
            else
              expect(Math.abs(seen[index]! - define(known, window))).toBeLessThanOrEqual(
                1e-9 * Math.max(1, ...known.map(Math.abs)),
              )
          })
        }),
      )
    })

    test('has its first value on the bar that its warm-up names', () => {
      const series = build(price.close, 5)
      const values = run(
        series,
        Array.from({ length: 20 }, (_, index) => 1 + (index % 3)),
      )
      expect(values.findIndex((value) => !Number.isNaN(value))).toBe(warmupOf(series.node))
      expect(warmupOf(series.node)).toBe(period(5) - 1)
    })
  })
}

test('a mean and a deviation stay within 1e-9 of a fresh one over 5 million bars', () => {
  const window = 50
  const size = 5_000_000
  const values = new Float64Array(size)
  // A walk over several magnitudes, with jumps: what drift and cancellation live on.
  for (let index = 0, value = 30_000, draw = 1; index < size; index++) {
    draw = (draw * 48_271) % 2_147_483_647
    value += (draw / 2_147_483_647 - 0.5) * 10
    values[index] = index % 100_000 < 50 ? value * 1e6 : value
  }
  const columns = { instrument: price.instrument, intervalMs: price.node.intervalMs, length: size }
  const openTimeMs = values.map((_, index) => index * 3_600_000)
  const average = sma(price.close, window)
  const deviation = stdev(price.close, window)
  const result = evaluateColumnar(
    [average.node, deviation.node],
    [{ ...columns, openTimeMs, open: values, high: values, low: values, close: values, volume: values }],
  )
  const averages = result.column(average)
  const deviations = result.column(deviation)
  const check = (index: number): void => {
    const last = Array.from(values.subarray(index - window + 1, index + 1))
    const fresh = definitions.stdev!.define(last, window)
    expect(Math.abs(averages[index]! - mean(last, window))).toBeLessThanOrEqual(
      Math.max(1e-9, mean(last, window) * 1e-14),
    )
    expect(Math.abs(deviations[index]! - fresh)).toBeLessThanOrEqual(1e-9 * Math.max(1, fresh))
  }
  for (let index = window - 1; index < size; index += 99_991) check(index)
  for (let index = size - 50_100; index < size - 49_800; index++) check(index)
  for (let index = size - 500; index < size; index++) check(index)
})

test('a deviation of small values is exact right after a jump, and 0 for equal ones', () => {
  const high = Array.from({ length: 30 }, (_, index) => 1e9 + index * 0.37)
  const small = Array.from({ length: 30 }, (_, index) => 0.1 * (1 + (index % 3)))
  const equal = Array.from({ length: 30 }, () => 0.1)
  const values = [...high, ...small, ...equal]
  const seen = run(stdev(price.close, 7), values)
  for (let index = 36; index < values.length; index++) {
    const last = values.slice(index - 6, index + 1)
    const fresh = new Set(last).size === 1 ? 0 : definitions.stdev!.define(last, 7)
    if (index < 60 || index > 65) expect(Math.abs(seen[index]! - fresh)).toBeLessThanOrEqual(index > 65 ? 0 : 1e-12)
  }
})

test('rsi gives the values of the published example of 14 days', () => {
  const closes = [
    44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328, 45.614,
    46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
  ]
  const values = run(rsi(price.close, 14), closes).slice(14)
  expect(values.map((value) => Number(value.toFixed(2)))).toEqual([70.53, 66.32, 66.55, 69.41, 66.36, 57.97])
})

test('highest and lowest of a window of one are the values themselves', () => {
  expect(run(highest(price.close, 1), [3, 1, NaN, 2])).toEqual([3, 1, NaN, 2])
  expect(run(lowest(price.close, 1), [3, 1, NaN, 2])).toEqual([3, 1, NaN, 2])
})
