import { expect, test } from 'vitest'
import { findCalendar, hasSession, sessionDateOf, sessionsPerYear } from './calendar.ts'

test('a year has 365 days around the clock and 252 sessions', () => {
  expect(sessionsPerYear('24/7')).toBe(365)
  expect(sessionsPerYear('sim-sessions')).toBe(252)
})

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

test('the session of an instant is its UTC date', () => {
  expect(sessionDateOf(Date.UTC(2024, 0, 12, 23, 59), '24/7')).toBe('2024-01-12')
  expect(sessionDateOf(Date.UTC(2024, 0, 12, 14, 30), 'sim-sessions')).toBe('2024-01-12')
})

test('an unknown calendar is refused', () => {
  expect(() => findCalendar('sim-session')).toThrow(`did you mean 'sim-sessions'?`)
})
