import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calendarIds } from './calendar-ids.ts'
import { loadCalendar } from './load-calendar.ts'
import { isBarExpected, isOpen, isOpenBetween, nextClose, nextOpen, previousOpen } from './open-hours.ts'
import { sessionsBetween } from './sessions.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const at = (text: string): number => Date.parse(`${text}Z`)
const utc = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 16)
const extended = { extended: true }

// Opens and closes in UTC on either side of a change of the clocks.
for (const [id, date, open, close] of [
  ['XNYS', '2024-03-08', '14:30', '21:00'],
  ['XNYS', '2024-03-11', '13:30', '20:00'],
  ['XNYS', '2024-11-01', '13:30', '20:00'],
  ['XNYS', '2024-11-04', '14:30', '21:00'],
  ['XNYS', '2006-04-03', '13:30', '20:00'], // until 2006 summer time began in April
  ['XLON', '2024-03-28', '08:00', '16:30'],
  ['XLON', '2024-04-02', '07:00', '15:30'],
  ['XETR', '2024-10-25', '07:00', '15:30'],
  ['XETR', '2024-10-28', '08:00', '16:30'],
  ['XTKS', '2024-11-01', '00:00', '06:00'],
  ['XTKS', '2024-11-05', '00:00', '06:30'],
  ['XHKG', '2024-07-02', '01:30', '08:00'],
] as const) {
  test(`${id} opens on ${date} at ${open} and closes at ${close} UTC`, async () => {
    const calendar = await loadCalendar(id)
    const [openMs, closeMs] = [at(`${date}T${open}:00`), at(`${date}T${close}:00`)]
    expect(nextOpen(calendar, at(`${date}T00:00:00`) - 1)).toBe(openMs)
    expect([openMs - 1, openMs, closeMs - 1, closeMs].map((ms) => isOpen(calendar, ms))).toEqual([
      false,
      true,
      true,
      false,
    ])
  })
}

for (const [what, id, from, ask, expected, options] of [
  ['an open is strictly after', 'XNYS', '2024-07-01T13:30:00', nextOpen, '2024-07-02T13:30', {}],
  ['a close is strictly after', 'XNYS', '2024-07-01T20:00:00', nextClose, '2024-07-02T20:00', {}],
  ['an open over a weekend and a holiday', 'XNYS', '2024-01-12T21:00:00', nextOpen, '2024-01-16T14:30', {}],
  ['the extended hours begin before', 'XNYS', '2024-07-01T06:00:00', nextOpen, '2024-07-01T08:00', extended],
  ['the extended hours end after', 'XNYS', '2024-07-01T15:00:00', nextClose, '2024-07-02T00:00', extended],
  ['an early close has no hours after it', 'XNYS', '2024-11-29T15:00:00', nextClose, '2024-11-29T18:00', extended],
  ['regular hours break at noon', 'XHKG', '2024-07-02T02:00:00', nextClose, '2024-07-02T04:00', {}],
  ['and go on at one', 'XHKG', '2024-07-02T04:00:00', nextOpen, '2024-07-02T05:00', {}],
  ['currencies trade through the week', 'FX', '2024-07-03T12:00:00', nextClose, '2024-07-05T21:00', {}],
  ['and begin on Sunday', 'FX', '2024-07-03T12:00:00', nextOpen, '2024-07-07T21:00', {}],
  ['a week of currencies began on Sunday', 'FX', '2024-07-03T12:00:00', previousOpen, '2024-06-30T21:00', {}],
  ['a week over the turn of the year is one', 'FX', '2024-12-31T12:00:00', nextClose, '2024-12-31T22:00', {}],
  ['a session over the turn of the year', 'CME-EQUITY', '2023-12-31T12:00:00', nextOpen, '2024-01-01T23:00', extended],
  ['futures open on Sunday evening', 'CME-EQUITY', '2024-07-06T12:00:00', nextOpen, '2024-07-07T22:00', extended],
  ['and close for an hour a day', 'CME-EQUITY', '2024-07-09T01:00:00', nextClose, '2024-07-09T21:00', extended],
  ['futures halt at one on a holiday', 'CME-EQUITY', '2024-09-02T12:00:00', nextClose, '2024-09-02T17:00', extended],
  ['and resume in the evening', 'CME-EQUITY', '2024-09-02T17:00:00', nextOpen, '2024-09-02T22:00', extended],
] as const) {
  test(`${what}: ${id} after ${from}`, async () => {
    expect(utc(ask(await loadCalendar(id), at(from), options))).toBe(expected)
  })
}

test('a market that never closes has neither close nor open', async () => {
  const calendar = await loadCalendar('24/7')
  const newYear = at('2024-01-01T00:00:00')
  expect([newYear - 1, newYear, newYear + 1].map((ms) => isOpen(calendar, ms))).toEqual([true, true, true])
  expect(() => nextClose(calendar, newYear - hourMs)).toThrow(
    '24/7 does not close within 15 days of 2023-12-31T23:00:00Z',
  )
  expect(() => nextOpen(calendar, newYear - hourMs)).toThrow(
    '24/7 does not open within 15 days of 2023-12-31T23:00:00Z',
  )
  expect(() => previousOpen(calendar, newYear)).toThrow('24/7 did not open within 15 days before 2024-01-01T00:00:00Z')
})

test('a time outside the known years is refused with the years and the reason', async () => {
  const calendar = await loadCalendar('XHKG')
  for (const ask of [isOpen, nextOpen, nextClose] as const) {
    expect(() => ask(calendar, at('2041-01-02T00:00:00'))).toThrow(
      'calendar XHKG knows the years 2011 to 2040, not 2041',
    )
  }
  expect(() => isOpen(calendar, Number.NaN)).toThrow('not NaN')
  expect(() => sessionsBetween(calendar, at('2009-12-31T00:00:00'), at('2012-01-01T00:00:00'))).toThrow('not 2009')
})

test('a bar is expected where it overlaps open time', async () => {
  const calendar = await loadCalendar('XNYS')
  const day = 24 * hourMs
  for (const [from, intervalMs, regular, all] of [
    ['2024-07-01T00:00:00', day, true, true],
    ['2024-07-04T00:00:00', day, false, false],
    ['2024-07-06T00:00:00', day, false, false],
    ['2024-07-01T13:00:00', hourMs, true, true],
    ['2024-07-01T12:00:00', hourMs, false, true],
    ['2024-07-01T20:00:00', minuteMs, false, true],
    ['2024-07-01T19:59:00', minuteMs, true, true],
  ] as const) {
    const bar = [isBarExpected(calendar, at(from), intervalMs), isBarExpected(calendar, at(from), intervalMs, extended)]
    expect([from, ...bar]).toEqual([from, regular, all])
  }
  expect(isOpenBetween(calendar, at('2024-07-01T13:30:00'), at('2024-07-01T13:30:00'))).toBe(true)
  expect(isOpenBetween(calendar, at('2024-07-05T20:00:00'), at('2024-07-08T13:30:00'))).toBe(false)
  expect(isOpenBetween(calendar, at('2024-07-05T19:59:00'), at('2024-07-08T13:30:00'))).toBe(true)
  expect(isOpenBetween(calendar, at('2024-07-08T13:30:00'), at('2024-07-05T19:59:00'))).toBe(false)
})

describe.each(calendarIds)('%s', (id) => {
  const instant = fc.integer({ min: at('2013-01-10T00:00:00') / minuteMs, max: at('2027-12-01T00:00:00') / minuteMs })

  test('is open exactly within the segments of its sessions', async () => {
    const calendar = await loadCalendar(id)
    fc.assert(
      fc.property(instant, fc.boolean(), (minute, isExtended) => {
        const epochMs = minute * minuteMs
        const segments = sessionsBetween(calendar, epochMs, epochMs + 1, extended).flatMap(
          (session) => session.segments,
        )
        const within = segments.some(
          ({ state, openMs, closeMs }) => (isExtended || state === 'regular') && epochMs >= openMs && epochMs < closeMs,
        )
        expect(isOpen(calendar, epochMs, { extended: isExtended })).toBe(within)
        expect(isOpenBetween(calendar, epochMs, epochMs, { extended: isExtended })).toBe(within)
      }),
    )
  })

  test('has sessions that ascend and never overlap', async () => {
    const calendar = await loadCalendar(id)
    fc.assert(
      fc.property(instant, (minute) => {
        let last = { date: '', closeMs: -Infinity }
        for (const session of sessionsBetween(
          calendar,
          minute * minuteMs,
          (minute + 60 * 24 * 60) * minuteMs,
          extended,
        )) {
          expect(session.date > last.date).toBe(true)
          for (const { openMs, closeMs } of session.segments) {
            expect(openMs).toBeGreaterThanOrEqual(last.closeMs)
            expect(closeMs).toBeGreaterThan(openMs)
            last = { date: session.date, closeMs }
          }
        }
      }),
      { numRuns: 20 },
    )
  })

  if (id === '24/7') return

  test('opens and closes next where being open changes', async () => {
    const calendar = await loadCalendar(id)
    fc.assert(
      fc.property(instant, fc.boolean(), (minute, isExtended) => {
        const epochMs = minute * minuteMs
        const options = { extended: isExtended }
        const [openMs, closeMs] = [nextOpen(calendar, epochMs, options), nextClose(calendar, epochMs, options)]
        expect(openMs).toBeGreaterThan(epochMs)
        expect(closeMs).toBeGreaterThan(epochMs)
        expect([openMs - 1, openMs, closeMs - 1, closeMs].map((ms) => isOpen(calendar, ms, options))).toEqual([
          false,
          true,
          true,
          false,
        ])
        if (isOpen(calendar, epochMs, options)) {
          expect(closeMs).toBeLessThan(openMs)
          expect(previousOpen(calendar, openMs - 1, options)).toBe(previousOpen(calendar, epochMs, options))
        } else expect(openMs).toBeLessThan(closeMs)
        expect(previousOpen(calendar, openMs, options)).toBe(openMs)
      }),
    )
  })
})
