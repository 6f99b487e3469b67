import { decimal, decimalText, type Decimal } from '@qmtl/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { effectiveTick, roundOrder, roundPrice, roundQuantity, roundSizing } from './rounding.ts'

for (const [price, tick, expected] of [
  ['100.004', '0.01', '100'],
  ['100.005', '0.01', '100'],
  ['100.015', '0.01', '100.02'],
  ['100.016', '0.01', '100.02'],
  ['4500.125', '0.25', '4500'],
  ['4500.375', '0.25', '4500.5'],
  ['-1.5', '1', '-2'],
  ['1.23456', '0', '1.23456'],
  ['1.23456', '-1', '1.23456'],
] as const) {
  test(`a price of ${price} with a tick of ${tick} is ${expected}`, () => {
    expect(decimalText(roundPrice(decimal(price), decimal(tick)))).toBe(expected)
  })
}

const equity = { assetClass: 'equity', tickSize: decimal('0.05') } as const

for (const [what, price, terms, expected] of [
  ['an equity below 1', '0.9999', equity, '0.0001'],
  ['an equity at 1', '1.00', equity, '0.01'],
  ['an equity above 1', '150', equity, '0.01'],
  ['an equity on adjusted prices', '150', { ...equity, hasAdjustedPrices: true }, '0'],
  ['a future', '0.5', { ...equity, assetClass: 'future' }, '0.05'],
  ['a future on adjusted prices', '0.5', { ...equity, assetClass: 'future', hasAdjustedPrices: true }, '0.05'],
] as const) {
  test(`the tick of ${what} is ${expected}`, () => {
    expect(decimalText(effectiveTick(terms, decimal(price)))).toBe(expected)
  })
}

const textsOf = (order: object): object =>
  Object.fromEntries(
    Object.entries(order).map(([name, value]) => [
      name,
      typeof value === 'object' ? decimalText(value as Decimal) : (value as unknown),
    ]),
  )

test('each price of an order is rounded by its own tick and nothing else is touched', () => {
  const order = {
    tag: 'entry',
    limitPrice: decimal('0.99996'),
    stopPrice: decimal('10.018'),
    triggerPrice: decimal('10.0251'),
    trailingAmount: decimal('0.12345'),
  }
  expect(textsOf(roundOrder(order, equity))).toEqual({
    tag: 'entry',
    limitPrice: '1',
    stopPrice: '10.02',
    triggerPrice: '10.03',
    trailingAmount: '0.1234',
  })
})

test('a trailing percentage is not rounded', () => {
  const order = { stopPrice: decimal('10.018'), trailingAmount: decimal('0.12345'), trailingAsPercentage: true }
  expect(textsOf(roundOrder(order, equity))).toEqual({
    stopPrice: '10.02',
    trailingAmount: '0.12345',
    trailingAsPercentage: true,
  })
})

test('an order without prices stays without', () => {
  const bare: { readonly tag: string; readonly limitPrice?: Decimal } = { tag: 'market' }
  expect(Object.keys(roundOrder(bare, equity))).toEqual(['tag'])
})

for (const [quantity, lot, expected] of [
  ['10.9', '1', '10'],
  ['-10.9', '1', '-10'],
  ['0.9999999', '1', '0'],
  ['0.123456789', '0.00000001', '0.12345678'],
  ['1999', '1000', '1000'],
] as const) {
  test(`an order of ${quantity} with a lot of ${lot} is ${expected}`, () => {
    expect(decimalText(roundQuantity(decimal(quantity), decimal(lot)))).toBe(expected)
  })
}

for (const [quantity, lot, expected] of [
  ['9.9999999', '1', '10'],
  ['-9.9999999', '1', '-10'],
  ['9.99999', '1', '9'],
  ['9.999999', '1', '9'],
  ['9.9999991', '1', '10'],
  ['10', '1', '10'],
  ['10.5', '1', '10'],
  ['999.9995', '1000', '1000'],
  ['999.999', '1000', '0'],
] as const) {
  test(`a size of ${quantity} with a lot of ${lot} is ${expected}`, () => {
    expect(decimalText(roundSizing(decimal(quantity), decimal(lot)))).toBe(expected)
  })
}

test('what is rounded stays when rounded again', () => {
  const anyValue = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }).map((digits) => decimal(`${digits}e-6`))
  const anyStep = fc.constantFrom('0.00000001', '0.0001', '0.05', '0.25', '1', '25', '1000').map(decimal)
  fc.assert(
    fc.property(anyValue, anyStep, (value, step) => {
      for (const round of [roundPrice, roundQuantity, roundSizing]) {
        const once = round(value, step)
        expect(decimalText(round(once, step))).toBe(decimalText(once))
      }
    }),
  )
})
