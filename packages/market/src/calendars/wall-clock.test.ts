import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDay, parseDay } from './civil-date.ts'
import { fixedCalendar } from './fixed-calendar.ts'
import { loadCalendar } from './load-calendar.ts'
import { isOpen } from './open-hours.ts'
import { hoursOnDay, instantOnDay, localDayAt, localTimeAt } from './wall-clock.ts'

const utc = (epochMs: number | undefined): string | undefined =>
  epochMs === undefined ? undefined : new Date(epochMs).toISOString().slice(0, 16)

for (const [id, instant, date, time] of [
  ['XNYS', '2024-01-15T14:30:00Z', '2024-01-15', '09:30:00'],
  ['XNYS', '2024-07-15T03:59:59Z', '2024-07-14', '23:59:59'],
  ['XNYS', '2024-03-10T06:59:59Z', '2024-03-10', '01:59:59'],
  ['XNYS', '2024-03-10T07:00:00Z', '2024-03-10', '03:00:00'],
  ['XNYS', '2024-11-03T05:30:00Z', '2024-11-03', '01:30:00'],
  ['XNYS', '2024-11-03T06:30:00Z', '2024-11-03', '01:30:00'],
  ['XTKS', '2024-07-14T15:00:00Z', '2024-07-15', '00:00:00'],
  ['24/7', '2024-07-14T15:00:00Z', '2024-07-14', '15:00:00'],
] as const) {
  test(`at ${instant} the clock of ${id} shows ${date} ${time}`, async () => {
    const calendar = await loadCalendar(id)
    expect(formatDay(localDayAt(calendar, Date.parse(instant)))).toBe(date)
    expect(new Date(localTimeAt(calendar, Date.parse(instant))).toISOString().slice(11, 19)).toBe(time)
  })
}

test('a wall-clock time leads back to itself', async () => {
  const calendar = await loadCalendar('XLON')
  const instants = fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2040-01-01') })
  fc.assert(
    fc.property(instants, (epochMs) => {
      const [day, timeMs] = [localDayAt(calendar, epochMs), localTimeAt(calendar, epochMs)]
      const back = instantOnDay(calendar, day, timeMs)
      expect([localDayAt(calendar, back), localTimeAt(calendar, back)]).toEqual([day, timeMs])
    }),
  )
})

for (const [what, id, date, regular, extended] of [
  ['an ordinary day', 'XNYS', '2024-11-27', '2024-11-27T14:30 2024-11-27T21:00', '2024-11-27T09:00 2024-11-28T01:00'],
  ['an early close', 'XNYS', '2024-11-29', '2024-11-29T14:30 2024-11-29T18:00', '2024-11-29T09:00 2024-11-29T18:00'],
  ['a holiday', 'XNYS', '2024-11-28', 'none', 'none'],
  [
    'a day with a break',
    'XHKG',
    '2024-11-27',
    '2024-11-27T01:30 2024-11-27T08:00',
    '2024-11-27T01:00 2024-11-27T08:10',
  ],
  ['a Sunday of evening hours alone', 'CME-EQUITY', '2024-11-24', 'none', '2024-11-24T23:00 2024-11-25T05:00'],
  [
    'an evening after the close',
    'CME-EQUITY',
    '2024-11-25',
    '2024-11-25T14:30 2024-11-25T22:00',
    '2024-11-25T05:00 2024-11-26T05:00',
  ],
  ['hours over midnight', 'FX', '2024-11-27', '2024-11-27T05:00 2024-11-28T05:00', '2024-11-27T05:00 2024-11-28T05:00'],
  ['the end of the week', 'FX', '2024-11-29', '2024-11-29T05:00 2024-11-29T22:00', '2024-11-29T05:00 2024-11-29T22:00'],
  [
    'a day without an end',
    '24/7',
    '2024-11-30',
    '2024-11-30T00:00 2024-12-01T00:00',
    '2024-11-30T00:00 2024-12-01T00:00',
  ],
] as const) {
  test(`the hours of ${what}, ${id} on ${date}, are ${regular}, with extended ones ${extended}`, async () => {
    const calendar = await loadCalendar(id)
    const textOf = (options?: { readonly extended: boolean }): string => {
      const hours = hoursOnDay(calendar, parseDay(date), options)
      return hours ? `${utc(hours.openMs)} ${utc(hours.closeMs)}` : 'none'
    }
    expect(textOf()).toBe(regular)
    expect(textOf({ extended: true })).toBe(extended)
  })
}

test('a calendar on the UTC clock is there without a wait', () => {
  const calendar = fixedCalendar('sim-sessions')
  expect(isOpen(calendar, Date.parse('2024-07-15T14:30:00Z'))).toBe(true)
  expect(isOpen(calendar, Date.parse('2024-07-15T21:00:00Z'))).toBe(false)
  expect(fixedCalendar('sim-sessions')).toBe(calendar)
})

test('a calendar on the clock of a zone is not', () => {
  expect(() => fixedCalendar('XNYS')).toThrow(expect.objectContaining({ code: 'E_INVALID_DATA' }))
})
