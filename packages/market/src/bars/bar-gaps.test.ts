import { expect, test } from 'vitest'
import { loadCalendar } from '../calendars/load-calendar.ts'
import { findBarGaps } from './bar-gaps.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const times = (...texts: readonly string[]): Float64Array =>
  Float64Array.from(texts, (text) => Date.parse(`${text}:00Z`))

test('days without a session are no gap, days with one are', async () => {
  const calendar = await loadCalendar('XNYS')
  const bars = times('2024-07-03T00:00', '2024-07-05T00:00', '2024-07-10T00:00')
  expect(findBarGaps(bars, dayMs, calendar)).toEqual([
    { afterIndex: 1, fromMs: Date.parse('2024-07-08T00:00:00Z'), missing: 2 },
  ])
  expect(findBarGaps(bars, dayMs, '24/7').map(({ missing }) => missing)).toEqual([1, 4])
})

test('extended hours miss bars where regular hours miss none', async () => {
  const calendar = await loadCalendar('XNYS')
  // Bars from 09:00 to 15:00 in New York, a day and the next.
  const bars = times('2024-07-01T19:00', '2024-07-02T13:00', '2024-07-02T14:00')
  expect(findBarGaps(bars, hourMs, calendar)).toEqual([])
  expect(findBarGaps(bars, hourMs, calendar, { extended: true })).toEqual([
    { afterIndex: 0, fromMs: Date.parse('2024-07-01T20:00:00Z'), missing: 9 },
  ])
})

test('bars around a break are missed by the hours they overlap', async () => {
  const calendar = await loadCalendar('XTKS')
  const bars = times('2024-07-01T01:00', '2024-07-01T05:00')
  expect(findBarGaps(bars, hourMs, calendar)).toEqual([
    { afterIndex: 0, fromMs: Date.parse('2024-07-01T02:00:00Z'), missing: 3 },
  ])
  const halves = times('2024-07-01T02:00', '2024-07-01T03:30')
  expect(findBarGaps(halves, hourMs / 2, calendar)).toEqual([])
})

test('a gap over years is counted without walking its points, and outside the known years refused', async () => {
  const calendar = await loadCalendar('XHKG')
  const [gap] = findBarGaps(times('2012-03-05T01:30', '2022-03-07T01:30'), 60_000, calendar)
  expect(gap!.missing).toBeGreaterThan(2400 * 300)
  expect(() => findBarGaps(times('2024-07-01T01:30', '2204-07-01T01:30'), 60_000, calendar)).toThrow('not 2041')
})
