import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nearestName, suggestName } from '../text/nearest-name.ts'
import { formatInstant, parseInstant } from './instant.ts'
import { durationMs, formatInterval, intervalMs } from './interval.ts'

describe('instants', () => {
  test('an instant survives printing and parsing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
        expect(parseInstant(formatInstant(ms))).toBe(ms)
      }),
    )
  })

  test('is printed as a Date prints it, whatever was printed before, without milliseconds that are none', () => {
    const instant = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 })
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            instant,
            instant.map((ms) => Math.floor(ms / 1000) * 1000),
          ),
        ),
        (instants) => {
          const expected = instants.map((ms) => new Date(ms).toISOString().replace('.000Z', 'Z'))
          expect(instants.map(formatInstant)).toEqual(expected)
        },
      ),
    )
  })

  test.each([
    ['2024-02-29T12:00:00Z', 1_709_208_000_000],
    ['2024-02-29', 1_709_164_800_000],
    ['2024-01-01T01:00:00+01:00', 1_704_067_200_000],
  ])('%s is %d', (text, ms) => expect(parseInstant(text)).toBe(ms))

  test.each(['2024-02-30', '2023-02-29T00:00:00Z', '2024-01-01 00:00:00', 'yesterday', '2024-01-01T00:00:00', ''])(
    '%j is refused',
    (text) => expect(() => parseInstant(text)).toThrow(expect.objectContaining({ code: 'E_INVALID_TIME' })),
  )
})

describe('intervals', () => {
  test.each([
    ['1s', 1_000],
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
  ])('%s is %d ms and prints the same', (text, ms) => {
    expect(intervalMs(text)).toBe(ms)
    expect(formatInterval(ms)).toBe(text)
  })

  test.each(['0h', '2d', '1w', '1.5h', 'h', '-1m', '1H'])('%j is refused', (text) => {
    expect(() => intervalMs(text)).toThrow(expect.objectContaining({ code: 'E_INVALID_INTERVAL' }))
  })

  test('a duration may be longer than a day', () => expect(durationMs('7d')).toBe(604_800_000))
})

describe('did you mean', () => {
  test.each([
    ['sharp', 'sharpe'],
    ['max_drawdwon', 'max_drawdown'],
    ['SORTINO', 'sortino'],
    ['zzz', undefined],
  ])('%s → %s', (name, nearest) => {
    expect(nearestName(name, ['sharpe', 'sortino', 'max_drawdown', 'max_drawdown_duration'])).toBe(nearest)
  })

  test('without a near name the known ones are listed', () => {
    expect(suggestName('zzz', ['a', 'b'])).toBe('known: a, b')
  })
})
