import { loadCalendar, defineCalendar, parseDay, formatDay } from '@qmtl/market'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alwaysOpenHours, tradingHoursOf } from './trading-hours-of.ts'

const at = (text: string): number => Date.parse(`${text}:00Z`)
const text = (epochMs: number | undefined): string | undefined =>
  epochMs === undefined ? undefined : new Date(epochMs).toISOString().slice(0, 16)
const newYork = async () => tradingHoursOf(await loadCalendar('XNYS'))

test('only a market without any close is always open', async () => {
  expect(alwaysOpenHours.isAlwaysOpen).toBe(true)
  expect((await newYork()).isAlwaysOpen).toBe(false)
  expect(tradingHoursOf(await loadCalendar('FX')).isAlwaysOpen).toBe(false)
  const allDay = [{ state: 'regular', start: '00:00', end: '24:00' }] as const
  const weekly = {
    sunday: allDay,
    monday: allDay,
    tuesday: allDay,
    wednesday: allDay,
    thursday: allDay,
    friday: allDay,
    saturday: allDay,
  }
  const own = { id: 'own', timeZone: 'Europe/Berlin', weekly }
  expect(tradingHoursOf(await defineCalendar(own)).isAlwaysOpen).toBe(true)
  expect(tradingHoursOf(await defineCalendar({ ...own, holidays: ['2199-12-25'] })).isAlwaysOpen).toBe(false)
})

test('at 09:30:00 the next open is that of tomorrow, and at 16:00:00 the next close', async () => {
  const hours = await newYork()
  expect(text(hours.nextOpen(at('2024-07-15T13:30'), false))).toBe('2024-07-16T13:30')
  expect(text(hours.nextClose(at('2024-07-15T20:00'), false))).toBe('2024-07-16T20:00')
})

test('an open is inclusive and a close exclusive', async () => {
  const hours = await newYork()
  expect([at('2024-07-15T13:30'), at('2024-07-15T20:00')].map((atMs) => hours.isOpen(atMs, false))).toEqual([
    true,
    false,
  ])
  expect(hours.isOpen(at('2024-07-15T20:00'), true)).toBe(true)
})

test('touching an edge is no overlap', async () => {
  const hours = await newYork()
  expect(hours.isOpenBetween(at('2024-07-15T20:00'), at('2024-07-15T21:00'), false)).toBe(false)
  expect(hours.isOpenBetween(at('2024-07-15T19:59'), at('2024-07-15T21:00'), false)).toBe(true)
})

test('the next close of spot currencies from a Wednesday is Friday 17:00 in New York', async () => {
  const hours = tradingHoursOf(await loadCalendar('FX'))
  expect(text(hours.nextClose(at('2024-07-17T12:00'), false))).toBe('2024-07-19T21:00')
})

test('a market that never closes has no next close', () => {
  expect(() => alwaysOpenHours.nextClose(0, false)).toThrow(expect.objectContaining({ code: 'E_INVALID_DATA' }))
})

test('days and times of day are those of the wall clock', async () => {
  const hours = await newYork()
  const day = hours.localDay(at('2024-07-16T03:59'))
  expect(formatDay(day)).toBe('2024-07-15')
  expect(hours.localTimeMs(at('2024-07-16T03:59'))).toBe(86_340_000)
  expect(text(hours.instantOf(day, 34_200_000))).toBe('2024-07-15T13:30')
  expect(text(hours.firstOpen(day, false))).toBe('2024-07-15T13:30')
  expect(text(hours.lastClose(day, true))).toBe('2024-07-16T00:00')
  expect(hours.hasSession(parseDay('2024-07-13'), true)).toBe(false)
})

test('next opens and closes are strictly later and change whether the exchange is open', async () => {
  const anyCase = fc.record({
    id: fc.constantFrom('XNYS', 'XHKG', 'CME-EQUITY', 'FX', 'XTKS'),
    atMs: fc.integer({ min: at('2014-01-01T00:00'), max: at('2025-06-01T00:00') }),
    extended: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(anyCase, async ({ id, atMs, extended }) => {
      const hours = tradingHoursOf(await loadCalendar(id))
      const [openMs, closeMs] = [hours.nextOpen(atMs, extended), hours.nextClose(atMs, extended)]
      expect(Math.min(openMs, closeMs)).toBeGreaterThan(atMs)
      expect([openMs - 1, openMs, closeMs - 1, closeMs].map((near) => hours.isOpen(near, extended))).toEqual([
        false,
        true,
        true,
        false,
      ])
      expect(hours.isOpen(atMs, extended)).toBe(closeMs < openMs)
    }),
  )
})
