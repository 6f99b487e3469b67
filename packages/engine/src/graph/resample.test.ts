import { describe, expect, test } from 'vitest'
import { barColumnsOf, type BarColumns } from '@qmtl/market'
import { evaluateColumnar } from '../evaluate/evaluate-columnar.ts'
import { sma } from '../operators/averages/sma.ts'
import { price, runStreaming } from '../testing/run-series.ts'
import { align } from './align.ts'
import { bars } from './bars.ts'
import { warmupOf } from './collect-graph.ts'
import type { Series } from './node-spec.ts'
import { resample, resampleBars } from './resample.ts'

const hourMs = 3_600_000

/** Hourly bars by the hour in which they open; the open is the hour, the volume 1. */
function hours(closes: Readonly<Record<number, number>>): BarColumns {
  return barColumnsOf(
    { instrument: price.instrument, intervalMs: hourMs },
    Object.entries(closes).map(([hour, close]) => ({
      openTimeMs: Number(hour) * hourMs,
      open: Number(hour),
      high: close + 1,
      low: close - 1,
      close,
      volume: 1,
    })),
  )
}

/** Values by the hour in which their bar closes. */
function valuesOf(series: Series, data: BarColumns): Readonly<Record<number, number>> {
  const result = evaluateColumnar([series.node], [data])
  const rows = Array.from(result.rowsOf(series.node), (closeTimeMs) => closeTimeMs / hourMs)
  return Object.fromEntries(rows.map((hour, row) => [hour, result.column(series)[row]!]))
}

const day = hours({ 0: 5, 1: 9, 2: 7, 3: 6, 4: 2, 5: NaN, 6: 4, 7: 3 })

describe('resample', () => {
  test('makes the columns of longer bars', () => {
    const { open, high, low, close, volume } = resampleBars(price, '4h')
    expect(valuesOf(open, day)).toEqual({ 4: 0, 8: 4 })
    expect(valuesOf(high, day)).toEqual({ 4: 10, 8: NaN })
    expect(valuesOf(low, day)).toEqual({ 4: 4, 8: NaN })
    expect(valuesOf(close, day)).toEqual({ 4: 6, 8: 3 })
    expect(valuesOf(volume, day)).toEqual({ 4: 4, 8: 4 })
    expect(valuesOf(resample(price.close, '4h', 'mean'), day)).toEqual({ 4: 27 / 4, 8: NaN })
  })

  test('leaves out parts that are missing, and the bar whose last part is', () => {
    const data = hours({ 0: 5, 3: 6, 4: 2, 6: 4, 9: 1, 10: 2, 11: 3 })
    expect(valuesOf(resample(price.volume, '4h', 'sum'), data)).toEqual({ 4: 2, 12: 3 })
    expect(valuesOf(resample(price.open, '4h', 'first'), data)).toEqual({ 4: 0, 12: 9 })
  })

  test('gives no value to a bar in which the history begins', () => {
    const data = hours({ 2: 7, 3: 6, 4: 2, 5: 3, 6: 4, 7: 3 })
    expect(valuesOf(resample(price.close, '4h'), data)).toEqual({ 4: 6, 8: 3 })
    expect(valuesOf(resample(price.close, '4h', 'highest'), data)).toEqual({ 4: NaN, 8: 4 })
  })

  test('gives a series with bars of its own, over which windows span, and which aligns back', () => {
    const data = hours(Object.fromEntries(Array.from({ length: 16 }, (_, hour) => [hour, hour])))
    const mean = sma(resample(price.close, '4h'), 2)
    expect(valuesOf(mean, data)).toEqual({ 4: NaN, 8: 5, 12: 9, 16: 13 })
    const back = align(mean, '1h')
    expect(valuesOf(price.close.minus(back), data)).toMatchObject({ 7: NaN, 8: 2, 11: 5, 12: 2, 13: 3 })
    expect(runStreaming([price.close.minus(back)], data)[0]).toEqual(
      evaluateColumnar([price.close.minus(back).node], [data]).column(price.close.minus(back)),
    )
  })

  test('of a resampled series is one of the shorter bars', () => {
    const data = hours(Object.fromEntries(Array.from({ length: 24 }, (_, hour) => [hour, hour])))
    const twice = resample(resample(price.volume, '4h', 'sum'), '12h', 'sum')
    expect(valuesOf(twice, data)).toEqual({ 12: 12, 24: 12 })
    expect(valuesOf(resample(price.volume, '12h', 'sum'), data)).toEqual({ 12: 12, 24: 12 })
  })

  test('warms up until no part of a bar is missing', () => {
    expect(warmupOf(resample(price.close, '4h').node)).toBe(0)
    expect(warmupOf(resample(sma(price.close, 2), '4h', 'sum').node)).toBe(1)
    expect(warmupOf(resample(sma(price.close, 5), '4h', 'sum').node)).toBe(1)
    expect(warmupOf(sma(resample(price.close, '4h'), 3).node)).toBe(2)
  })

  test('to its own interval is the series itself', () => expect(resample(price.close, '1h')).toBe(price.close))

  test('refuses intervals that are no longer multiples, series without bars and other aggregates', () => {
    expect(() => resample(price.close, '15m')).toThrow(/15m is no whole multiple of the series' bars of 1h/)
    expect(() => resample(price.close, '90m')).toThrow(/90m is no whole multiple/)
    const quarters = bars({ instrument: price.instrument, interval: '15m' })
    expect(() => resample(align(price.close, '15m'), '1h')).toThrow(/only aligned to 15m/)
    expect(() => resample(quarters.close, '1h', 'middle' as 'last')).toThrow(/aggregate must be one of 'first'/)
  })
})
