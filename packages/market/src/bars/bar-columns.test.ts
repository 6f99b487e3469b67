import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { barAt, barColumnsOf, barsBetween, firstBarFrom, type Bar } from './bar-columns.ts'
import { findBarGaps } from './bar-gaps.ts'
import { fingerprintOf } from './fingerprint.ts'

const source = { instrument: 'BTC-USD.SIM', intervalMs: 60_000 }
const bar = (openTimeMs: number, price = 10): Bar => ({
  openTimeMs,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 1,
})
const anyTimes = fc
  .uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 })
  .map((minutes) => minutes.sort((a, b) => a - b))

test('a range holds exactly the bars that open in it and have closed by its end', () => {
  fc.assert(
    fc.property(anyTimes, fc.integer({ min: -2, max: 62 }), fc.integer({ min: -2, max: 64 }), (minutes, from, to) => {
      const columns = barColumnsOf(
        source,
        minutes.map((minute) => bar(minute * 60_000)),
      )
      const found = barsBetween(columns, from * 60_000, to * 60_000)
      const expected = minutes.filter((minute) => minute >= from && minute + 1 <= to)
      expect([...found.openTimeMs]).toEqual(expected.map((minute) => minute * 60_000))
      expect(firstBarFrom(columns, from * 60_000)).toBe(minutes.filter((minute) => minute < from).length)
    }),
  )
})

describe('a fingerprint', () => {
  const columns = barColumnsOf(source, [bar(0), bar(60_000, 11)])

  test('is the committed one', () => {
    expect(fingerprintOf(columns)).toBe('lake:blake3:d8c9e29d03f59b880c9908b1388f4ce1d889f988dca333cd0ca0ed2fcfc468fb')
  })

  test('is the same for a view into larger columns', () => {
    const larger = barColumnsOf(source, [bar(-60_000), bar(0), bar(60_000, 11), bar(120_000)])
    expect(fingerprintOf(barsBetween(larger, 0, 120_000))).toBe(fingerprintOf(columns))
  })

  test('changes with every part of the content', () => {
    const others = [
      barColumnsOf({ ...source, instrument: 'ETH-USD.SIM' }, [bar(0), bar(60_000, 11)]),
      barColumnsOf({ ...source, intervalMs: 30_000 }, [bar(0), bar(60_000, 11)]),
      barColumnsOf(source, [bar(0)]),
      ...(['openTimeMs', 'open', 'high', 'low', 'close', 'volume'] as const).map((field) =>
        barColumnsOf(source, [bar(0), { ...bar(60_000, 11), [field]: 12 }]),
      ),
    ].map(fingerprintOf)
    expect(new Set([...others, fingerprintOf(columns)]).size).toBe(others.length + 1)
  })

  test('takes negative zero for zero', () => {
    const zero = (volume: number) => fingerprintOf(barColumnsOf(source, [{ ...bar(0), volume }]))
    expect(zero(-0)).toBe(zero(0))
  })
})

describe('gaps', () => {
  test('around the clock are the grid points without a bar', () => {
    fc.assert(
      fc.property(anyTimes, (minutes) => {
        const times = Float64Array.from(minutes, (minute) => minute * 60_000)
        const [first = 0, last = -1] = [minutes[0], minutes.at(-1)]
        const expected = Math.max(0, last - first + 1 - minutes.length)
        const gaps = findBarGaps(times, 60_000, '24/7')
        expect(gaps.reduce((sum, gap) => sum + gap.missing, 0)).toBe(expected)
        for (const gap of gaps) expect(gap.fromMs).toBe((times[gap.afterIndex] ?? 0) + 60_000)
      }),
    )
  })

  test('of a wrong year are counted at once', () => {
    const times = Float64Array.of(0, Date.UTC(2190, 0, 1))
    expect(findBarGaps(times, 1000, '24/7')).toEqual([
      { afterIndex: 0, fromMs: 1000, missing: Date.UTC(2190, 0, 1) / 1000 - 1 },
    ])
  })

  test('under a calendar are those that overlap a session', () => {
    const monday = Date.UTC(2024, 0, 8)
    const hourMs = 3_600_000
    const times = Float64Array.of(monday + 14 * hourMs, monday + 16 * hourMs, monday + 24 * hourMs + 15 * hourMs)
    expect(findBarGaps(times, hourMs, 'sim-sessions')).toEqual([
      { afterIndex: 0, fromMs: monday + 15 * hourMs, missing: 1 },
      { afterIndex: 1, fromMs: monday + 17 * hourMs, missing: 5 },
    ])
  })
})

test('a bar read back from columns is the bar written', () => {
  expect(barAt(barColumnsOf(source, [bar(0), bar(60_000, 11)]), 1)).toEqual(bar(60_000, 11))
})
