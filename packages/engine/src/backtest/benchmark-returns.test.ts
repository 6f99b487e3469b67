import { barColumnsOf } from '@qmtl/market'
import { expect, test } from 'vitest'
import { benchmarkReturns } from './benchmark-returns.ts'

const bars = (closes: readonly (readonly [hour: number, close: number])[]) =>
  barColumnsOf(
    { instrument: 'BTC-USD.SIM', intervalMs: 10 },
    closes.map(([hour, close]) => {
      return { openTimeMs: hour * 10, open: close, high: close, low: close, close, volume: 1 }
    }),
  )

test.each<[string, readonly (readonly [number, number])[], readonly number[], readonly number[]]>([
  [
    'the change from close to close',
    [
      [0, 100],
      [1, 110],
      [2, 99],
    ],
    [10, 20, 30],
    [0.1, -0.1],
  ],
  [
    'nothing while its bars are missing, and all of it after',
    [
      [0, 100],
      [3, 150],
    ],
    [10, 20, 30, 40],
    [0, 0, 0.5],
  ],
  [
    'nothing before its first bar',
    [
      [2, 100],
      [3, 200],
    ],
    [10, 20, 30, 40],
    [0, 0, 1],
  ],
  [
    'nothing of a bar that is still open',
    [
      [0, 100],
      [1, 110],
    ],
    [10, 19, 20],
    [0, 0.1],
  ],
  ['nothing at all over one close', [[0, 100]], [10], []],
])('holding returns %s', (_, closes, times, returns) => {
  const seen = Array.from(benchmarkReturns(bars(closes), Float64Array.from(times)))
  expect(seen.map((value) => Math.round(value * 1e12) / 1e12)).toEqual(returns)
})
