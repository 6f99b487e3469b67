import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calendarIds } from './calendar-ids.ts'
import { loadCalendar } from './load-calendar.ts'
import { countSessions, describeDate, sessionAt, sessionOn, sessionsBetween } from './sessions.ts'

const at = (text: string): number => Date.parse(`${text}:00Z`)
const extended = { extended: true }

test('a session has its date, its label and its hours', async () => {
  expect(sessionOn(await loadCalendar('XNYS'), '2024-11-29')).toEqual({
    date: '2024-11-29',
    label: 'XNYS 2024-11-29 (early close: Day after Thanksgiving)',
    openMs: at('2024-11-29T14:30'),
    closeMs: at('2024-11-29T18:00'),
    hasRegularHours: true,
    extendedOpenMs: at('2024-11-29T09:00'),
    extendedCloseMs: at('2024-11-29T18:00'),
    segments: [
      { state: 'pre', openMs: at('2024-11-29T09:00'), closeMs: at('2024-11-29T14:30') },
      { state: 'regular', openMs: at('2024-11-29T14:30'), closeMs: at('2024-11-29T18:00') },
    ],
  })
})

for (const [id, instant, options, date] of [
  ['XNYS', '2024-07-01T13:30', {}, '2024-07-01'],
  ['XNYS', '2024-07-01T13:29', {}, undefined],
  ['XNYS', '2024-07-01T13:29', extended, '2024-07-01'],
  ['XNYS', '2024-07-01T20:00', {}, undefined],
  ['XNYS', '2024-07-01T23:59', extended, '2024-07-01'],
  ['XTKS', '2024-07-01T03:00', {}, '2024-07-01'], // in the break
  ['FX', '2024-06-30T21:00', {}, '2024-07-01'],
  ['FX', '2024-07-01T21:00', {}, '2024-07-02'],
  ['FX', '2025-12-31T23:00', {}, undefined],
  ['FX', '2024-12-31T21:59', {}, '2024-12-31'],
  ['CME-EQUITY', '2024-06-30T22:00', {}, undefined],
  ['CME-EQUITY', '2024-06-30T22:00', extended, '2024-07-01'],
  ['CME-EQUITY', '2023-04-07T12:00', {}, undefined],
  ['CME-EQUITY', '2023-04-07T12:00', extended, '2023-04-07'],
  ['24/7', '2024-12-31T23:59', {}, '2024-12-31'],
  ['sim-sessions', '2024-07-01T14:30', {}, '2024-07-01'],
] as const) {
  test(`${id} is at ${instant} in the ${'extended' in options ? 'extended ' : ''}session of ${date ?? 'no date'}`, async () => {
    expect(sessionAt(await loadCalendar(id), at(instant), options)?.date).toBe(date)
  })
}

test('a date without a session says why, and an ordinary one nothing', async () => {
  const calendar = await loadCalendar('XNYS')
  const dates = ['2024-11-27', '2024-11-28', '2024-11-29', '2024-11-30', '2012-10-29']
  expect(dates.map((date) => describeDate(calendar, date))).toEqual([
    undefined,
    'closed: Thanksgiving Day',
    'early close: Day after Thanksgiving',
    'no session on a Saturday',
    'closed: Hurricane Sandy',
  ])
  expect(() => describeDate(calendar, '2024-02-30')).toThrow(`'2024-02-30' is not a date`)
  expect(() => sessionOn(calendar, '1997-12-31')).toThrow('calendar XNYS knows the years 1998 to 2099, not 1997')
})

test('sessions between two instants are those that overlap them', async () => {
  const calendar = await loadCalendar('XNYS')
  const dates = (from: string, to: string, options = {}): readonly string[] =>
    sessionsBetween(calendar, at(from), at(to), options).map(({ date }) => date)
  expect(dates('2024-07-01T00:00', '2024-07-08T00:00')).toEqual([
    '2024-07-01',
    '2024-07-02',
    '2024-07-03',
    '2024-07-05',
  ])
  expect(dates('2024-07-01T20:00', '2024-07-02T13:30')).toEqual([])
  expect(dates('2024-07-01T20:00', '2024-07-02T13:30', extended)).toEqual(['2024-07-01', '2024-07-02'])
  expect(dates('2024-07-01T14:00', '2024-07-01T14:00')).toEqual([])
})

test.each(calendarIds)('%s counts as many sessions as it lists, and finds each at its instants', async (id) => {
  const calendar = await loadCalendar(id)
  const day = fc.integer({ min: at('2013-01-05T00:00') / 86_400_000, max: at('2027-12-30T00:00') / 86_400_000 })
  const date = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10)
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 400 }), (fromDay, days) => {
      const toDay = fromDay + days
      const [from, to] = [date(fromDay), date(toDay)]
      // A margin of two days on either side holds what opens the evening before or another zone's morning.
      const sessions = sessionsBetween(calendar, (fromDay - 2) * 86_400_000, (toDay + 2) * 86_400_000, extended)
      const within = sessions.filter((session) => session.date >= from && session.date < to)
      expect(countSessions(calendar, from, to, extended)).toBe(within.length)
      expect(countSessions(calendar, from, to)).toBe(within.filter(({ hasRegularHours }) => hasRegularHours).length)
      const [first] = within
      if (!first) return
      expect(sessionOn(calendar, first.date)).toEqual(first)
      expect(sessionAt(calendar, first.extendedOpenMs, extended)).toEqual(first)
      expect(sessionAt(calendar, first.extendedCloseMs - 1, extended)).toEqual(first)
    }),
    { numRuns: 15 },
  )
})

test('no date lies between a date and itself, and all known ones up to the end of the last year', async () => {
  const calendar = await loadCalendar('XHKG')
  expect(countSessions(calendar, '2024-07-01', '2024-07-01')).toBe(0)
  expect(countSessions(calendar, '2024-07-02', '2024-07-01')).toBe(0)
  expect(countSessions(calendar, '2040-01-01', '2041-01-01')).toBeGreaterThan(240)
  expect(() => countSessions(calendar, '2040-01-01', '2041-01-02')).toThrow('not 2041')
})
