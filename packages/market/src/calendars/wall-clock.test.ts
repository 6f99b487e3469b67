import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadCalendar } from './load-calendar.ts'
import { addDays, instantOnDate, isDateOpen, lastCloseOn, wallClockAt } from './wall-clock.ts'

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
    const local = wallClockAt(await loadCalendar(id), Date.parse(instant))
    expect(local.date).toBe(date)
    expect(new Date(local.msOfDay).toISOString().slice(11, 19)).toBe(time)
  })
}

test('a wall-clock time leads back to itself but for skipped hours', async () => {
  const calendar = await loadCalendar('XLON')
  const instants = fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2040-01-01') })
  fc.assert(
    fc.property(instants, (epochMs) => {
      const { date, msOfDay } = wallClockAt(calendar, epochMs)
      const minute = Math.floor(msOfDay / 60_000)
      const back = wallClockAt(calendar, instantOnDate(calendar, date, minute))
      expect([back.date, back.msOfDay]).toEqual([date, minute * 60_000])
    }),
  )
})

for (const [what, id, date, regular, extended] of [
  ['an ordinary day', 'XNYS', '2024-11-27', '2024-11-27T21:00', '2024-11-28T01:00'],
  ['an early close ends the extended hours too', 'XNYS', '2024-11-29', '2024-11-29T18:00', '2024-11-29T18:00'],
  ['a holiday', 'XNYS', '2024-11-28', undefined, undefined],
  ['a break is not the close', 'XHKG', '2024-11-27', '2024-11-27T08:00', '2024-11-27T08:10'],
  ['a Sunday of evening hours alone', 'CME-EQUITY', '2024-11-24', undefined, '2024-11-25T05:00'],
  ['an evening after the close', 'CME-EQUITY', '2024-11-25', '2024-11-25T22:00', '2024-11-26T05:00'],
  ['hours that go on over midnight', 'FX', '2024-11-27', '2024-11-28T05:00', '2024-11-28T05:00'],
  ['the end of the week', 'FX', '2024-11-29', '2024-11-29T22:00', '2024-11-29T22:00'],
  ['a day without an end', '24/7', '2024-11-30', '2024-12-01T00:00', '2024-12-01T00:00'],
] as const) {
  test(`${what}: the last close of ${id} on ${date} is ${regular ?? 'none'}, with extended hours ${extended ?? 'none'}`, async () => {
    const calendar = await loadCalendar(id)
    expect(utc(lastCloseOn(calendar, date))).toBe(regular)
    expect(utc(lastCloseOn(calendar, date, { extended: true }))).toBe(extended)
    expect(isDateOpen(calendar, date)).toBe(regular !== undefined)
    expect(isDateOpen(calendar, date, { extended: true })).toBe(extended !== undefined)
  })
}

test('days are counted over the ends of months and years', () => {
  expect([addDays('2024-02-28', 1), addDays('2024-02-28', 2), addDays('2024-01-01', -1)]).toEqual([
    '2024-02-29',
    '2024-03-01',
    '2023-12-31',
  ])
})
