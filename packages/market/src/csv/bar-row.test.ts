import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberOf } from './bar-row.ts'

const decimalNotation = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

test('a text is a number exactly where it is one in decimal notation', () => {
  const anyText = fc.oneof(
    fc.double().map(String),
    fc.string({ unit: fc.constantFrom(...Array.from('0123456789+-.eExXbBoO_ \t')), maxLength: 8 }),
    fc.constantFrom(
      '',
      ' 1',
      '1 ',
      'Infinity',
      '-Infinity',
      'NaN',
      '0x10',
      '0B1',
      '0o7',
      '1_0',
      '.',
      '5.',
      '.5',
      '+.5e-3',
    ),
  )
  fc.assert(
    fc.property(anyText, (text) => {
      expect(numberOf(text)).toBe(decimalNotation.test(text) ? Number(text) : Number.NaN)
    }),
    { numRuns: 2000 },
  )
})
