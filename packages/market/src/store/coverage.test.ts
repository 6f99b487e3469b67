import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findBarGaps } from '../bars/bar-gaps.ts'
import { loadCalendar } from '../calendars/load-calendar.ts'
import { isBarExpected } from '../calendars/open-hours.ts'
import { createCoverageCounter, type Coverage, type CoverageOptions } from './coverage.ts'

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 24 * hourMs

function coverageOf(times: Float64Array, options: CoverageOptions): Coverage {
  const counter = createCoverageCounter(options)
  // In two pieces, as they come from a store.
  counter.update(times.subarray(0, times.length >> 1))
  counter.update(times.subarray(times.length >> 1))
  return counter.result()
}

/** Grid points from one instant to another at which a bar of open hours may be. */
function expectedTimes(from: string, to: string, { calendar, intervalMs }: CoverageOptions): Float64Array {
  const times: number[] = []
  for (let ms = Date.parse(from); ms < Date.parse(to); ms += intervalMs)
    if (isBarExpected(calendar, ms, intervalMs)) times.push(ms)
  return Float64Array.from(times)
}

const without = (times: Float64Array, ...left: readonly string[]): Float64Array =>
  times.filter((ms) => !left.some((text) => new Date(ms).toISOString().startsWith(text)))

describe('the coverage of minutes at New York', () => {
  test('is whole where only nights, weekends, a holiday and an early close are without bars', async () => {
    const options = { calendar: await loadCalendar('XNYS'), intervalMs: minuteMs }
    const times = expectedTimes('2024-11-25T14:30Z', '2024-12-03T21:00Z', options)
    expect(coverageOf(times, options)).toEqual({
      bars: times.length,
      outside: 0,
      expected: 5 * 390 + 210,
      missing: 0,
      gapCounts: { missing: 0, holiday: 1, 'special-hours': 1, closed: 3 },
      gaps: [
        {
          fromMs: Date.parse('2024-11-27T21:00Z'),
          toMs: Date.parse('2024-11-29T14:30Z'),
          cause: 'holiday',
          missing: 0,
          notes: ['2024-11-28 closed: Thanksgiving Day'],
        },
        {
          fromMs: Date.parse('2024-11-29T18:00Z'),
          toMs: Date.parse('2024-12-02T14:30Z'),
          cause: 'special-hours',
          missing: 0,
          notes: ['2024-11-29 early close: Day after Thanksgiving'],
        },
      ],
    })
  })

  test('names the minutes missing, also beside a holiday', async () => {
    const options = { calendar: await loadCalendar('XNYS'), intervalMs: minuteMs }
    const all = expectedTimes('2024-11-25T14:30Z', '2024-11-29T18:00Z', options)
    const { gaps, missing, expected, gapCounts } = coverageOf(
      without(all, '2024-11-25T15:0', '2024-11-27T20:5', '2024-11-29T14:30'),
      options,
    )
    expect([missing, expected]).toEqual([21, all.length])
    expect(gapCounts).toEqual({ missing: 2, holiday: 0, 'special-hours': 0, closed: 2 })
    expect(gaps.map(({ fromMs, missing: bars, notes }) => [new Date(fromMs).toISOString(), bars, notes])).toEqual([
      ['2024-11-25T15:00:00.000Z', 10, []],
      ['2024-11-27T20:50:00.000Z', 11, ['2024-11-28 closed: Thanksgiving Day']],
    ])
  })

  test('counts bars outside the hours, and none with the extended hours', async () => {
    const options = { calendar: await loadCalendar('XNYS'), intervalMs: minuteMs }
    const times = Float64Array.from([29, 30, 31], (minute) => Date.UTC(2024, 10, 25, 14, minute))
    expect(coverageOf(times, options)).toMatchObject({ bars: 3, outside: 1, expected: 2, missing: 0 })
    expect(coverageOf(times, { ...options, extended: true })).toMatchObject({ outside: 0, expected: 3 })
  })
})

test('a range that is asked about begins and ends with what is missing', async () => {
  const options = { calendar: await loadCalendar('24/7'), intervalMs: hourMs }
  const times = Float64Array.from([5, 6, 9], (hour) => hour * hourMs)
  const fromMs = 2.5 * hourMs
  const coverage = coverageOf(times, { ...options, fromMs, toMs: 12.5 * hourMs })
  expect(coverage).toMatchObject({ bars: 3, expected: 9, missing: 6 })
  expect(coverage.gaps.map((gap) => [gap.fromMs / hourMs, gap.toMs / hourMs, gap.missing])).toEqual([
    [3, 5, 2],
    [7, 9, 2],
    [10, 12, 2],
  ])
})

test.each(['00:00', '13:30'])('daily bars that open at %s miss no holiday and every session left out', async (time) => {
  const options = { calendar: await loadCalendar('XNYS'), intervalMs: dayMs }
  const dates = ['2024-08-29', '2024-08-30', '2024-09-03', '2024-09-04', '2024-09-06']
  const times = Float64Array.from(dates, (date) => Date.parse(`${date}T${time}Z`))
  const { gaps, ...rest } = coverageOf(times, options)
  expect(rest).toEqual({
    bars: 5,
    outside: 0,
    expected: 6,
    missing: 1,
    gapCounts: { missing: 1, holiday: 1, 'special-hours': 0, closed: 0 },
  })
  expect(gaps.map(({ cause, notes }) => [cause, notes])).toEqual([
    ['holiday', ['2024-09-02 closed: Labor Day']],
    ['missing', []],
  ])
})

test('what is missing is what findBarGaps finds, for any bars and calendar', async () => {
  const ids = ['24/7', 'XNYS', 'XTKS', 'FX', 'CME-EQUITY'] as const
  const calendars = await Promise.all(ids.map((id) => loadCalendar(id)))
  fc.assert(
    fc.property(
      fc.constantFrom(...calendars),
      fc.uniqueArray(fc.nat({ max: 2000 }), { minLength: 2, maxLength: 60 }),
      fc.constantFrom(15 * minuteMs, hourMs),
      (calendar, points, intervalMs) => {
        const times = Float64Array.from(
          points.sort((a, b) => a - b),
          (point) => Date.UTC(2024, 2, 1) + point * intervalMs,
        )
        const gaps = findBarGaps(times, intervalMs, calendar)
        const coverage = coverageOf(times, { calendar, intervalMs })
        expect(coverage.missing).toBe(gaps.reduce((sum, { missing }) => sum + missing, 0))
        expect(coverage.gapCounts.missing).toBe(gaps.length)
      },
    ),
    { numRuns: 60 },
  )
})
