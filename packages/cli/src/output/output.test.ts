import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { counted, fixed, money, percent, price, shortDecimal } from './numbers.ts'
import { styleFor } from './style.ts'
import { table } from './table.ts'
import { duration } from './times.ts'
import { textWidth, wrapText } from './wrap-text.ts'

describe('numbers', () => {
  test.each([
    [percent(0.12345), '12.35 %'],
    [percent(null), '–'],
    [percent(-0.00001), '0.00 %'],
    [money(1234567.891), '1,234,567.89'],
    [money(-1234.5), '-1,234.50'],
    [money(999), '999.00'],
    [fixed(0.125, 1), '0.1'],
    [fixed(-1000, 0), '-1,000'],
    [price('98765.4321'), '98,765.43'],
    [price('9.87654321'), '9.8765'],
    [price('0.00012345'), '0.00012345'],
    [shortDecimal('0.141500000'), '0.1415'],
    [shortDecimal('1200'), '1,200'],
    [counted(1, 'trade'), '1 trade'],
    [counted(1200, 'trade'), '1,200 trades'],
  ])('%s is %s', (seen, expected) => expect(seen).toBe(expected))
})

test.each([
  [250, '250 ms'],
  [61_000, '1m 1s'],
  [93_600_000, '1d 2h'],
  [86_400_000, '1d'],
])('%d ms read as %s', (ms, text) => expect(duration(ms)).toBe(text))

describe('wrapped text', () => {
  test('keeps its words in order and its lines within the width', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(words, fc.integer({ min: 24, max: 100 }), (list, width) => {
        const wrapped = wrapText(list.join(' '), { width, lead: '  why: ' })
        expect(Math.max(...wrapped.split('\n').map(textWidth))).toBeLessThanOrEqual(width)
        expect(wrapped.split(/\s+/).filter((word) => word !== '' && word !== 'why:')).toEqual(list)
      }),
    )
  })

  test('counts no columns for colours', () => {
    const style = styleFor({ write: () => undefined, isTerminal: true, columns: 80 }, {})
    expect(textWidth(style.bad('abc'))).toBe(3)
  })
})

test('a table aligns its columns, whatever colours its cells have', () => {
  const style = styleFor({ write: () => undefined, isTerminal: true, columns: 80 }, {})
  const columns = [{ title: 'name' }, { title: 'value', align: 'right' as const }]
  const plain = table(columns, [
    ['a', '1.00'],
    ['long', '-12.50'],
  ])
  expect(plain).toBe('  name   value\n  a       1.00\n  long  -12.50')
  const coloured = table(columns, [
    ['a', style.good('1.00')],
    ['long', style.bad('-12.50')],
  ])
  expect(coloured.split('\n').map(textWidth)).toEqual([14, 14, 14])
})
