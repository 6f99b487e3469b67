import { describe, expect, test } from 'vitest'
import { barColumnsOf, type BarColumns } from '@qmtl/market'
import { price, run } from '../../testing/run-series.ts'
import { pivotPoints } from '../indicators/pivot-points.ts'
import { anchoredVwap } from '../indicators/volume.ts'
import { previousSessionBars, sessionBars } from './session-bars.ts'
import { sessionStart } from './session-start.ts'
import { beforeStart, since } from './since.ts'

const hourMs = 3_600_000
const { close, open, volume } = price

/** Bars of an hour that open at these hours since 1970-01-01 00:00 UTC, all of the same values. */
function opening(hours: readonly number[]): BarColumns {
  return barColumnsOf(
    { instrument: price.instrument, intervalMs: hourMs },
    hours.map((hour) => ({ openTimeMs: hour * hourMs, open: 1, high: 1, low: 1, close: 1, volume: 1 })),
  )
}

describe('a session starts', () => {
  test('with the first bar that opens in a day of UTC', () => {
    expect(run(sessionStart(close), opening([0, 1, 23, 24, 25, 49]))).toEqual([1, 0, 0, 1, 0, 1])
  })

  test('at a time of day, and not with a first bar inside one', () => {
    expect(run(sessionStart(close, { at: '14:00' }), opening([13, 14, 15, 24, 37, 38]))).toEqual([0, 1, 0, 0, 0, 1])
    expect(run(sessionStart(close, { at: '14:30' }), opening([14, 15, 38, 39]))).toEqual([0, 1, 0, 1])
  })

  test('after a pause of the market, wherever its clock stands', () => {
    expect(run(sessionStart(close, { pause: '3h' }), opening([0, 1, 4, 8, 9, 20]))).toEqual([0, 0, 0, 1, 0, 1])
  })

  test('only at times and after pauses that are some', () => {
    expect(() => sessionStart(close, { at: '24:00' })).toThrow(/at must be a time of day such as 14:30/)
    expect(() => sessionStart(close, { pause: '0h' })).toThrow(/pause must be a duration such as 4h/)
    expect(() => sessionStart(close, { pause: '2h', at: '10:00' })).toThrow(/at is no parameter/)
  })
})

describe('since a start', () => {
  const columns = { close: [9, 4, 6, NaN, 5, 8, 2, 3], open: [0, 1, 0, 0, 0, 1, NaN, 0] }
  const cases = {
    first: [NaN, 4, 4, NaN, 4, 8, NaN, NaN],
    last: [NaN, 4, 6, NaN, 5, 8, NaN, NaN],
    highest: [NaN, 4, 6, NaN, 6, 8, NaN, NaN],
    lowest: [NaN, 4, 4, NaN, 4, 8, NaN, NaN],
    sum: [NaN, 4, 10, NaN, 15, 8, NaN, NaN],
    mean: [NaN, 4, 5, NaN, 5, 8, NaN, NaN],
  } as const
  for (const aggregate of ['first', 'last', 'highest', 'lowest', 'sum', 'mean'] as const) {
    test(`the ${aggregate} is that of the values that there are`, () => {
      expect(run(since(close, open, aggregate), columns)).toEqual(cases[aggregate])
    })
  }

  test('the last value before it is held', () => {
    expect(run(beforeStart(close, open), columns)).toEqual([NaN, 9, 9, 9, 9, 5, NaN, NaN])
  })
})

test('the bar of a session so far, the whole one before and its pivots and mean price follow from its start', () => {
  const columns = {
    open: [10, 11, 12, 20, 21],
    high: [15, 13, 14, 25, 22],
    low: [9, 8, 11, 19, 18],
    close: [11, 12, 13, 21, 20],
    volume: [1, 2, 3, 4, 5],
  }
  const start = price.open.equal(10).or(price.open.equal(20))
  const now = sessionBars(price, start)
  expect(run(now.open, columns)).toEqual([10, 10, 10, 20, 20])
  expect(run(now.high, columns)).toEqual([15, 15, 15, 25, 25])
  expect(run(now.low, columns)).toEqual([9, 8, 8, 19, 18])
  expect(run(now.close, columns)).toEqual(columns.close)
  expect(run(now.volume, columns)).toEqual([1, 3, 6, 4, 9])
  const before = previousSessionBars(price, start)
  const held = (value: number): number[] => [NaN, NaN, NaN, value, value]
  expect(run(before.open, columns)).toEqual(held(10))
  expect(run(before.high, columns)).toEqual(held(15))
  expect(run(before.low, columns)).toEqual(held(8))
  expect(run(before.close, columns)).toEqual(held(13))
  expect(run(before.volume, columns)).toEqual(held(6))
  expect(run(pivotPoints(before).pivot, columns)).toEqual(held(12))
  expect(run(anchoredVwap(close, volume, start), columns).at(-1)).toBeCloseTo((21 * 4 + 20 * 5) / 9, 12)
})
