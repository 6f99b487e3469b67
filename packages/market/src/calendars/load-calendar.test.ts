import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findCalendar, hasSession } from './calendar.ts'
import { calendarIds } from './calendar-ids.ts'
import { loadCalendar } from './load-calendar.ts'
import { countSessions, sessionOn } from './sessions.ts'

test('all callers share one calendar of an id', async () => {
  for (const id of calendarIds) {
    expect(await loadCalendar(id)).toBe(await loadCalendar(id))
    expect((await loadCalendar(id)).id).toBe(id)
  }
})

test('an unknown id is refused with the nearest one', async () => {
  await expect(loadCalendar('XNYC')).rejects.toThrow(`'XNYC' is not a known calendar; did you mean 'XNYS'?`)
})

test('a calendar on a wall clock is not one of hours of UTC', () => {
  expect(() => findCalendar('XNYS')).toThrow('the hours of XNYS follow a wall clock')
})

for (const id of ['24/7', 'sim-sessions']) {
  test(`${id} has the sessions that it has without being loaded`, async () => {
    const calendar = await loadCalendar(id)
    const fixed = findCalendar(id)
    let sessions = 0
    for (let dayMs = Date.UTC(2023, 0, 1); dayMs < Date.UTC(2025, 0, 1); dayMs += 86_400_000) {
      const session = sessionOn(calendar, new Date(dayMs).toISOString().slice(0, 10))
      expect(session !== undefined).toBe(hasSession(fixed, dayMs))
      if (!session) continue
      sessions += 1
      expect(session.openMs).toBe(dayMs + fixed.openMinute * 60_000)
      expect(session.closeMs).toBe(dayMs + fixed.closeMinute * 60_000)
    }
    expect(countSessions(calendar, '2023-01-01', '2025-01-01')).toBe(sessions)
    expect(calendar.daysPerYear).toBe(id === '24/7' ? 365 : 252)
  })
}

test('zone rules and venues are imported when they are asked for, never before', () => {
  const folder = import.meta.dirname
  const eager = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter(
      (line) =>
        / from '(?:temporal-polyfill|\.\/venues\/|\.\/open-calendar)/.test(line) && !line.startsWith('import type'),
    )
  expect(eager).toEqual([])
})
