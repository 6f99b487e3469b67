import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compare,
  decimal,
  decimalNumber,
  decimalText,
  dividedBy,
  minus,
  negate,
  plus,
  quantizeDown,
  quantizeNearest,
  times,
  ZERO,
} from './decimal.ts'

const anyDecimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 18 }))
  .map(([coefficient, scale]) => decimal(`${coefficient}e-${scale}`))

describe('parsing and printing', () => {
  test.each([
    ['1', '1'],
    ['-12.50', '-12.5'],
    ['1e-8', '0.00000001'],
    ['1.5E3', '1500'],
    ['000.10', '0.1'],
    ['-0', '0'],
    ['+7', '7'],
  ])('%s prints as %s', (text, printed) => expect(decimalText(decimal(text))).toBe(printed))

  test.each(['', '.', '1.', '.5', 'NaN', 'Infinity', '1,5', '0x10', ' 1', '1e99999'])('%j is refused', (text) => {
    expect(() => decimal(text)).toThrow(expect.objectContaining({ code: 'E_INVALID_DECIMAL' }))
  })

  test.each([Number.NaN, Infinity])('%d is refused', (value) => {
    expect(() => decimal(value)).toThrow(expect.objectContaining({ code: 'E_INVALID_DECIMAL' }))
  })

  test('a double survives the way into a decimal and back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(decimalNumber(decimal(value))).toBe(value === 0 ? 0 : value)
      }),
    )
  })

  test('the printed text parses to the same value', () => {
    fc.assert(
      fc.property(anyDecimal, (value) => {
        expect(compare(decimal(decimalText(value)), value)).toBe(0)
      }),
    )
  })
})

describe('arithmetic is exact', () => {
  test('addition is commutative and subtraction undoes it to the last digit', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, (a, b) => {
        expect(compare(plus(a, b), plus(b, a))).toBe(0)
        expect(compare(minus(plus(a, b), b), a)).toBe(0)
      }),
    )
  })

  test('multiplication distributes over addition', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, anyDecimal, (a, b, c) => {
        expect(compare(times(a, plus(b, c)), plus(times(a, b), times(a, c)))).toBe(0)
      }),
    )
  })

  test('a quotient has 34 significant digits, half to even', () => {
    expect(decimalText(dividedBy(decimal(1), decimal(3)))).toBe(`0.${'3'.repeat(34)}`)
    expect(decimalText(dividedBy(decimal(2), decimal(3)))).toBe(`0.${'6'.repeat(33)}7`)
    expect(decimalText(dividedBy(decimal('-1'), decimal('8')))).toBe('-0.125')
    expect(decimalText(dividedBy(decimal('5e30'), decimal('0.5')))).toBe(`1${'0'.repeat(31)}`)
  })

  test('division by zero is refused', () => {
    expect(() => dividedBy(decimal(1), ZERO)).toThrow(expect.objectContaining({ code: 'E_INVALID_DECIMAL' }))
  })
})

describe('quantising', () => {
  test.each([
    ['9.99', '1', '9', '10'],
    ['-9.99', '1', '-9', '-10'],
    ['0.125', '0.01', '0.12', '0.12'],
    ['0.135', '0.01', '0.13', '0.14'],
    ['7', '0.25', '7', '7'],
    ['1.13', '0.25', '1', '1.25'],
    ['5', '0', '5', '5'],
  ])('%s by %s goes down to %s and to the nearest %s', (value, step, down, nearest) => {
    expect(decimalText(quantizeDown(decimal(value), decimal(step)))).toBe(down)
    expect(decimalText(quantizeNearest(decimal(value), decimal(step)))).toBe(nearest)
  })

  test('quantising twice changes nothing more and never moves away from zero', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, (value, step) => {
        const once = quantizeDown(value, step)
        expect(compare(quantizeDown(once, step), once)).toBe(0)
        expect(compare(quantizeDown(negate(value), step), negate(once))).toBe(0)
      }),
    )
  })
})
