import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadCalendar } from '../calendars/load-calendar.ts'
import { sessionsBetween } from '../calendars/sessions.ts'
import { barAt, barColumnsOf, type Bar } from './bar-columns.ts'
import { blockOf, columnsOf } from './bar-block.ts'
import { isOnGrid } from './bar-grid.ts'
import { createRollUp, type RollUpOptions } from './roll-up.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Rolls up bars given in blocks cut after each of `cuts` bars. */
function rolledUp(bars: readonly Bar[], options: RollUpOptions, cuts: readonly number[] = []): readonly Bar[] {
  const columns = barColumnsOf({ instrument: 'A.B', intervalMs: options.sourceMs }, bars)
  const rollUp = createRollUp(options)
  const ends = [...cuts.filter((cut) => cut < bars.length), bars.length].sort((a, b) => a - b)
  const made = ends.flatMap((end, index) => {
    const from = ends[index - 1] ?? 0
    const parts = columnsOf(columns).map((column) => column.subarray(from, end))
    rollUp.update(blockOf(parts, end - from))
    return [...rollUp.drain()]
  })
  return [...made, rollUp.finish()].flatMap((block) =>
    Array.from({ length: block.length }, (_, row) => barAt({ ...block, instrument: 'A.B', intervalMs: 0 }, row)),
  )
}

/** One bar a minute over a span, with prices that rise by one a bar from 100 on, and volume 1. */
function minutes(from: string, count: number): readonly Bar[] {
  const fromMs = Date.parse(from)
  return Array.from({ length: count }, (_, row) => ({
    openTimeMs: fromMs + row * minuteMs,
    open: 100 + row,
    high: 101 + row,
    low: 99 + row,
    close: 100.5 + row,
    volume: 1,
  }))
}

const opensOf = (bars: readonly Bar[]): readonly string[] =>
  bars.map(({ openTimeMs }) => new Date(openTimeMs).toISOString().slice(0, 16))

describe('rolled up around the clock', () => {
  test('a bar has the first open, the extremes, the last close and all volume', async () => {
    const calendar = await loadCalendar('24/7')
    const options = { sourceMs: minuteMs, intervalMs: 5 * minuteMs, calendar }
    expect(rolledUp(minutes('2024-01-01T00:00Z', 10), options)).toEqual([
      { openTimeMs: Date.UTC(2024, 0, 1), open: 100, high: 105, low: 99, close: 104.5, volume: 5 },
      { openTimeMs: Date.UTC(2024, 0, 1, 0, 5), open: 105, high: 110, low: 104, close: 109.5, volume: 5 },
    ])
  })

  test('first and last bars that are not whole are left out, or kept on request', async () => {
    const calendar = await loadCalendar('24/7')
    const options = { sourceMs: minuteMs, intervalMs: hourMs, calendar }
    const bars = minutes('2024-01-01T00:30Z', 120)
    expect(opensOf(rolledUp(bars, options))).toEqual(['2024-01-01T01:00'])
    const kept = rolledUp(bars, { ...options, partial: 'keep' })
    expect(opensOf(kept)).toEqual(['2024-01-01T00:00', '2024-01-01T01:00', '2024-01-01T02:00'])
    expect(kept.map(({ volume }) => volume)).toEqual([30, 60, 30])
  })

  const step = fc.record({
    skip: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 3000 })),
    price: fc.double({ min: 1, max: 1000, noNaN: true }),
    up: fc.double({ min: 0, max: 5, noNaN: true }),
    down: fc.double({ min: 0, max: 0.9, noNaN: true }),
    volume: fc.nat({ max: 1_000_000 }),
  })
  const anyBars = fc.array(step, { minLength: 1, maxLength: 120 }).map((steps) => {
    let openTimeMs = Date.UTC(2024, 0, 1)
    return steps.map(({ skip, price, up, down, volume }): Bar => {
      openTimeMs += skip * minuteMs
      return { openTimeMs, open: price, high: price + up, low: price - down, close: price, volume }
    })
  })
  const anyInterval = fc.constantFrom(2, 5, 15, 60, 240, 720, 1440).map((count) => count * minuteMs)

  test('volume is conserved, extremes are bounds that are reached, and every bar lies on its grid', async () => {
    const calendar = await loadCalendar('24/7')
    fc.assert(
      fc.property(anyBars, anyInterval, fc.array(fc.nat({ max: 120 }), { maxLength: 4 }), (bars, intervalMs, cuts) => {
        const options = { sourceMs: minuteMs, intervalMs, calendar, partial: 'keep' } as const
        const made = rolledUp(bars, options, cuts)
        const parts = made.map(({ openTimeMs }) =>
          bars.filter((bar) => bar.openTimeMs >= openTimeMs && bar.openTimeMs < openTimeMs + intervalMs),
        )
        expect(parts.flat()).toEqual(bars)
        for (const [index, bar] of made.entries()) {
          const part = parts[index] ?? []
          expect(bar).toEqual({
            openTimeMs: bar.openTimeMs,
            open: part[0]?.open,
            high: Math.max(...part.map(({ high }) => high)),
            low: Math.min(...part.map(({ low }) => low)),
            close: part.at(-1)?.close,
            volume: part.reduce((sum, { volume }) => sum + volume, 0),
          })
          expect(bar.openTimeMs % intervalMs).toBe(0)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('in two steps they are those of one', async () => {
    const calendar = await loadCalendar('24/7')
    fc.assert(
      fc.property(anyBars, (bars) => {
        const keep = { calendar, partial: 'keep' } as const
        const hours = rolledUp(bars, { ...keep, sourceMs: minuteMs, intervalMs: hourMs })
        const days = rolledUp(hours, { ...keep, sourceMs: hourMs, intervalMs: dayMs })
        expect(days).toEqual(rolledUp(bars, { ...keep, sourceMs: minuteMs, intervalMs: dayMs }))
      }),
      { numRuns: 40 },
    )
  })
})

describe('rolled up by sessions', () => {
  test('bars are counted from the open, the last of a session ends early, and what is outside is in none', async () => {
    const calendar = await loadCalendar('XNYS')
    const bars = minutes('2024-11-27T14:00Z', 3 * 24 * 60)
    const made = rolledUp(bars, { sourceMs: minuteMs, intervalMs: hourMs, calendar })
    expect(opensOf(made)).toEqual([
      ...['14:30', '15:30', '16:30', '17:30', '18:30', '19:30', '20:30'].map((time) => `2024-11-27T${time}`),
      // Thanksgiving is closed, and the day after ends at 13:00 in New York.
      ...['14:30', '15:30', '16:30', '17:30'].map((time) => `2024-11-29T${time}`),
    ])
    expect(made.map(({ volume }) => volume)).toEqual([60, 60, 60, 60, 60, 60, 30, 60, 60, 60, 30])
  })

  test('a day is a session, with its extended hours on request', async () => {
    const calendar = await loadCalendar('XNYS')
    const bars = minutes('2024-03-07T00:00Z', 6 * 24 * 60)
    const days = { sourceMs: minuteMs, intervalMs: dayMs, calendar }
    const regular = rolledUp(bars, days)
    // The clock changes on 10 March.
    expect(opensOf(regular)).toEqual(['2024-03-07T14:30', '2024-03-08T14:30', '2024-03-11T13:30', '2024-03-12T13:30'])
    expect(regular.map(({ volume }) => volume)).toEqual([390, 390, 390, 390])
    const extended = rolledUp(bars, { ...days, extended: true })
    expect(opensOf(extended)[2]).toBe('2024-03-11T08:00')
    expect(extended[2]?.volume).toBe(16 * 60)
  })

  for (const [id, date] of [
    ['XNYS', '2024-10-25'],
    ['XLON', '2024-10-23'],
    ['XTKS', '2024-01-01'],
    ['XHKG', '2024-02-01'],
    ['CME-EQUITY', '2024-03-05'],
    ['FX', '2024-03-06'],
  ] as const) {
    test(`bars of ${id} keep one grid over a change of the clock and never hold parts of two sessions`, async () => {
      const calendar = await loadCalendar(id)
      const bars = minutes(`${date}T00:00Z`, 14 * 24 * 60)
      for (const intervalMs of [15 * minuteMs, 2 * hourMs, 4 * hourMs, dayMs]) {
        const made = rolledUp(bars, { sourceMs: minuteMs, intervalMs, calendar, partial: 'keep' })
        const [first] = made
        const sessions = sessionsBetween(calendar, first!.openTimeMs, bars.at(-1)!.openTimeMs)
        expect(made.length).toBeGreaterThanOrEqual(sessions.length)
        for (const [index, { openTimeMs }] of made.entries()) {
          expect(isOnGrid(openTimeMs, first!.openTimeMs, intervalMs)).toBe(true)
          const endMs = made[index + 1]?.openTimeMs ?? openTimeMs + intervalMs
          expect(sessions.filter(({ openMs }) => openMs > openTimeMs && openMs < endMs)).toEqual([])
        }
      }
    })
  }
})

test.each([
  ['no multiple', 2, 5, 'bars of 2m do not add up to bars of 5m'],
  ['the same interval', 5, 5, 'bars of 5m do not add up to bars of 5m'],
  ['no part of a day', 1, 7, 'a day is not a whole number of 7m'],
])('%s is refused', async (_, source, target, message) => {
  const calendar = await loadCalendar('24/7')
  const options = { sourceMs: source * minuteMs, intervalMs: target * minuteMs, calendar }
  expect(() => createRollUp(options)).toThrow(message)
})
