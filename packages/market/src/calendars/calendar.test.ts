import { expect, test } from 'vitest'
import { findCalendar, hasSession } from './calendar.ts'

for (const [date, around, sessions] of [
  ['2024-01-12', true, true], // Friday
  ['2024-01-13', true, false], // Saturday
  ['2024-01-14', true, false], // Sunday
  ['2024-01-15', true, false], // holiday
  ['2024-01-16', true, true],
  ['1969-12-31', true, true], // before the epoch, a Wednesday
] as const) {
  test(`${date} has ${sessions ? 'a' : 'no'} session`, () => {
    const dayStartMs = Date.parse(`${date}T00:00:00Z`)
    expect(hasSession(findCalendar('24/7'), dayStartMs)).toBe(around)
    expect(hasSession(findCalendar('sim-sessions'), dayStartMs)).toBe(sessions)
  })
}

test('an unknown calendar is refused', () => {
  expect(() => findCalendar('sim-session')).toThrow(`did you mean 'sim-sessions'?`)
})
