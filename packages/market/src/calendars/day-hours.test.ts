import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyChange, hours, type DayChange, type LocalSegment } from './day-hours.ts'

const day = 19_782
const stock = [hours('pre', '04:00', '09:30'), hours('regular', '09:30', '16:00'), hours('post', '16:00', '20:00')]
const lunch = [hours('regular', '09:30', '12:00'), hours('regular', '13:00', '16:00')]
const future = [hours('pre', '00:00', '09:30'), hours('regular', '09:30', '17:00'), hours('post', '18:00', '24:00')]
const evening = [hours('pre', '18:00', '09:30'), hours('regular', '09:30', '17:00')]

const text = (segments: readonly LocalSegment[]): string =>
  segments.map(({ state, openMinute, closeMinute }) => `${state} ${clock(openMinute)}-${clock(closeMinute)}`).join(', ')
const clock = (minute: number): string =>
  `${minute < 0 ? '-' : ''}${String(Math.floor(Math.abs(minute) / 60)).padStart(2, '0')}:${String(Math.abs(minute) % 60).padStart(2, '0')}`

for (const [name, segments, change, expected] of [
  ['a closed day', stock, { closed: true }, ''],
  [
    'an early close inside a segment cuts it and drops what follows',
    stock,
    { closeMinute: 780 },
    'pre 04:00-09:30, regular 09:30-13:00',
  ],
  ['an early close where segments meet keeps the first', stock, { closeMinute: 570 }, 'pre 04:00-09:30'],
  ['an early close in a gap keeps what was before', lunch, { closeMinute: 750 }, 'regular 09:30-12:00'],
  ['an early close after the last close', lunch, { closeMinute: 1000 }, 'regular 09:30-12:00, regular 13:00-16:00'],
  ['a late open inside a segment', lunch, { openMinute: 600 }, 'regular 10:00-12:00, regular 13:00-16:00'],
  ['a late open in a gap', lunch, { openMinute: 750 }, 'regular 13:00-16:00'],
  ['a late open after the last close', lunch, { openMinute: 1000 }, 'regular 09:30-12:00, regular 13:00-16:00'],
  ['a late open before an early close', stock, { openMinute: 600, closeMinute: 780 }, 'regular 10:00-13:00'],
  [
    'an early close before a late open is a pause',
    future,
    { closeMinute: 780, openMinute: 1080 },
    'pre 00:00-09:30, regular 09:30-13:00, post 18:00-24:00',
  ],
  [
    'a pause without anything after it',
    evening,
    { closeMinute: 780, openMinute: 1080 },
    'pre -06:00-09:30, regular 09:30-13:00',
  ],
] as const) {
  test(name, () => expect(text(applyChange(segments, { day, name, ...change }))).toBe(expected))
}

test('an hour that is not before its end lies on the evening before', () => {
  expect(hours('pre', '18:00', '09:30')).toEqual({ state: 'pre', openMinute: -360, closeMinute: 570 })
  expect(hours('regular', '17:00', '17:00')).toEqual({ state: 'regular', openMinute: -420, closeMinute: 1020 })
})

test('a change never adds open time and leaves segments ascending', () => {
  const minute = fc.option(fc.integer({ min: 0, max: 1440 }), { nil: undefined })
  fc.assert(
    fc.property(fc.constantFrom(stock, lunch, future, evening), minute, minute, (segments, closeMinute, openMinute) => {
      const change: DayChange = { day, name: '', closeMinute, openMinute }
      const changed = applyChange(segments, change)
      let last = -Infinity
      for (const { openMinute: open, closeMinute: close } of changed) {
        expect(open).toBeLessThan(close)
        expect(open).toBeGreaterThanOrEqual(last)
        last = close
      }
      for (const segment of changed) {
        expect(
          segments.some(
            (one) =>
              one.state === segment.state &&
              one.openMinute <= segment.openMinute &&
              one.closeMinute >= segment.closeMinute,
          ),
        ).toBe(true)
      }
    }),
  )
})
