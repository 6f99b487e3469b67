import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { findBarGaps } from '../bars/bar-gaps.ts'
import { loadCalendar } from './load-calendar.ts'
import { isBarExpected, isOpen, nextClose, nextOpen } from './open-hours.ts'
import { sessionAt, sessionOn, sessionsBetween } from './sessions.ts'

// Recorded bars of real markets; they are not part of the repository.
const folder = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url))
const isThere = existsSync(folder)

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const extended = { extended: true }
const at = (text: string): number => Date.parse(`${text}Z`)
const utc = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 16)

function openTimesOf(file: string): readonly number[] {
  const lines = readFileSync(`${folder}${file}`, 'utf8').trim().split('\n').slice(1)
  return lines.map((line) => Date.parse(line.slice(0, line.indexOf(','))))
}

test.skipIf(!isThere && !process.env['CI'])('the folder shared/data is there, as it must be in CI', () =>
  expect(isThere).toBe(true),
)

describe.skipIf(!isThere)('recorded bars (skipped: no folder shared/data beside the repository)', () => {
  for (const [file, timeOfDay] of [
    ['bars/spy_1d.csv', '00:00'],
    ['lean/equity/aapl-daily.csv', ''],
    ['lean/equity/ibm-daily.csv', ''],
  ] as const) {
    test(`${file} has a bar on every session of XNYS and on no other day`, async () => {
      const calendar = await loadCalendar('XNYS')
      const times = openTimesOf(file)
      const sessions = sessionsBetween(calendar, times[0]!, times.at(-1)! + dayMs)
      expect(times.map((ms) => utc(ms).slice(0, 10))).toEqual(sessions.map(({ date }) => date))
      if (timeOfDay === '') expect(times).toEqual(sessions.map(({ openMs }) => openMs))
      else expect(findBarGaps(Float64Array.from(times), dayMs, calendar)).toEqual([])
    })
  }

  test('eurusd_1h.csv has no gap under FX, and two bars after a weekly close', async () => {
    const calendar = await loadCalendar('FX')
    const times = openTimesOf('bars/eurusd_1h.csv')
    expect(findBarGaps(Float64Array.from(times), hourMs, '24/7')).toHaveLength(42)
    expect(findBarGaps(Float64Array.from(times), hourMs, calendar)).toEqual([])
    expect(times.filter((ms) => !isBarExpected(calendar, ms, hourMs)).map(utc)).toEqual([
      '2017-10-06T21:00',
      '2017-10-20T21:00',
    ])
  })

  test('a Friday of eurusd ends with the week and Monday begins on Sunday', async () => {
    const calendar = await loadCalendar('FX')
    const times = openTimesOf('lean/forex/eurusd-minute-20140501-20140506.csv')
    expect(times.every((ms) => isOpen(calendar, ms))).toBe(true)
    const friday = times.findLast((ms) => ms < at('2014-05-03T00:00:00'))!
    expect(nextClose(calendar, friday)).toBe(friday + minuteMs)
    expect(nextOpen(calendar, friday)).toBe(times[times.indexOf(friday) + 1])
    expect(sessionAt(calendar, at('2014-05-04T21:00:00'))?.date).toBe('2014-05-05')
  })

  test('aapl minutes lie within the extended hours of their three sessions', async () => {
    const calendar = await loadCalendar('XNAS')
    const times = openTimesOf('lean/equity/aapl-minute-20140605-20140609.csv')
    expect(times.filter((ms) => !isOpen(calendar, ms, extended)).map(utc)).toEqual([])
    const dates = new Set(times.map((ms) => sessionAt(calendar, ms, extended)?.date))
    expect([...dates]).toEqual(['2014-06-05', '2014-06-06', '2014-06-09'])
    const regular = times.filter((ms) => isOpen(calendar, ms))
    expect(findBarGaps(Float64Array.from(regular), minuteMs, calendar)).toEqual([])
    expect(regular).toHaveLength(3 * 390)
  })

  test('goog minutes show the early close of Christmas Eve 2015', async () => {
    const calendar = await loadCalendar('XNAS')
    const times = openTimesOf('lean/equity/goog-minute-20151223-20151228.csv')
    const eve = sessionOn(calendar, '2015-12-24')!
    expect(eve.label).toBe('XNAS 2015-12-24 (early close: Christmas Eve)')
    expect([utc(eve.openMs), utc(eve.closeMs), utc(eve.extendedCloseMs)]).toEqual([
      '2015-12-24T14:30',
      '2015-12-24T18:00',
      '2015-12-24T18:00',
    ])
    // Prints that came in late; of the minutes to 13:00 nearly each has a bar.
    const outside = times.filter((ms) => !isOpen(calendar, ms, extended))
    expect(outside.every((ms) => ms >= eve.closeMs && ms < eve.closeMs + 4 * hourMs)).toBe(true)
    expect(outside).toHaveLength(15)
    const within = times.filter((ms) => ms >= eve.openMs && ms < eve.closeMs)
    expect(within.length).toBeGreaterThan(200)
    expect(sessionOn(calendar, '2015-12-25')).toBeUndefined()
  })

  test('es minutes begin on Sunday evening and pause twice a day', async () => {
    const calendar = await loadCalendar('CME-EQUITY')
    const times = openTimesOf('lean/future/es-201312-minute-20131006-20131008.csv')
    expect(utc(times[0]!)).toBe('2013-10-06T22:00')
    expect(nextOpen(calendar, at('2013-10-05T12:00:00'), extended)).toBe(times[0])
    expect(sessionAt(calendar, times[0]!, extended)?.date).toBe('2013-10-07')
    expect(times.filter((ms) => !isOpen(calendar, ms, extended))).toEqual([])
    const columns = Float64Array.from(times)
    const quietMinutes = findBarGaps(columns, minuteMs, calendar, extended)
    const allGaps = findBarGaps(columns, minuteMs, '24/7')
    const missing = (gaps: typeof allGaps): number => gaps.reduce((sum, gap) => sum + gap.missing, 0)
    // Two days with a pause of 15 and one of 45 minutes; the minute before each has no trade.
    expect(missing(allGaps) - missing(quietMinutes)).toBe(2 * (15 + 45))
    expect(quietMinutes.every((gap) => gap.missing <= 2)).toBe(true)
  })
})
