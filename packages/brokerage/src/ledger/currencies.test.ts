import { compare, decimal, decimalText, minus, plus, ZERO, type Decimal } from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CashMovement } from '../model/money.ts'
import { applyCash } from './apply-cash.ts'
import { applyFill } from './apply-fill.ts'
import { applySplit } from './apply-split.ts'
import { balanceOf, openBook, type Book, type LedgerFill } from './book.ts'

const spot = (quantity: string, price: string, fee: string, feeCurrency: string): LedgerFill => ({
  instrument: 'BTC-USD.SIM',
  quantity: decimal(quantity),
  price: decimal(price),
  multiplier: decimal(1),
  fee: decimal(fee),
  tsMs: 0,
  accounting: 'exchange',
  currency: 'USD',
  baseCurrency: 'BTC',
  feeCurrency,
})
const contract = (quantity: string, price: string, fee = '0'): LedgerFill => ({
  ...spot(quantity, price, fee, 'USD'),
  instrument: 'ES.CME',
  multiplier: decimal(50),
  accounting: 'contract',
})
const inverse = (quantity: string, price: string): LedgerFill => ({
  ...spot(quantity, price, '0', 'BTC'),
  instrument: 'BTCUSD-PERP.SIM',
  multiplier: decimal(100),
  accounting: 'inverse',
  currency: 'BTC',
})

function after(...fills: LedgerFill[]): Book {
  let book = openBook(decimal(1000), 'USD')
  for (const fill of fills) book = applyFill(book, fill).book
  return book
}

const cashIn = (book: Book, currency: string) => decimalText(balanceOf(book, currency).cash)
const heldOf = (book: Book, id: string) => {
  const held = book.positions.get(id)
  return held && decimalText(held.quantity)
}

describe('an exchange', () => {
  test('swaps quote for base and pays its fee in quote', () => {
    const book = after(spot('2', '100', '1', 'USD'))
    expect([cashIn(book, 'USD'), cashIn(book, 'BTC'), heldOf(book, 'BTC-USD.SIM')]).toEqual(['799', '2', '2'])
  })

  test('a fee in the coin bought reduces what is received, and is not paid a second time', () => {
    const book = after(spot('2', '100', '0.002', 'BTC'))
    expect([cashIn(book, 'USD'), cashIn(book, 'BTC')]).toEqual(['800', '1.998'])
    expect([heldOf(book, 'BTC-USD.SIM'), decimalText(book.fees)]).toEqual(['1.998', '0.2'])
    expect(decimalText(book.positions.get('BTC-USD.SIM')?.averagePrice ?? ZERO)).toBe('100')
  })

  test('a fee in the coin sold is paid beside it', () => {
    const book = after(spot('2', '100', '0', 'USD'), spot('-1', '110', '0.01', 'BTC'))
    expect([cashIn(book, 'USD'), cashIn(book, 'BTC')]).toEqual(['910', '0.99'])
  })

  test('a fee in a third currency leaves that balance', () => {
    expect(cashIn(after(spot('1', '100', '3', 'EUR')), 'EUR')).toBe('-3')
  })
})

describe('a contract', () => {
  test('moves no notional, only profit and fees', () => {
    expect(cashIn(after(contract('2', '4000', '5')), 'USD')).toBe('995')
    expect(cashIn(after(contract('2', '4000', '5'), contract('-2', '4010', '5')), 'USD')).toBe('1990')
  })

  test('what daily settlement has paid is not paid again, and its share stays with the rest', () => {
    const settle = (book: Book, amount: string): Book =>
      applyCash(book, {
        currency: 'USD',
        amount: decimal(amount),
        reason: 'daily-settlement',
        atMs: 0,
        instrument: 'ES.CME',
      })
    const marked = settle(after(contract('4', '4000')), '2000')
    expect(cashIn(marked, 'USD')).toBe('3000')
    const reduced = applyFill(marked, contract('-1', '4020')).book
    // 1000 of profit, of which 500 were paid
    expect(cashIn(reduced, 'USD')).toBe('3500')
    expect(decimalText(reduced.positions.get('ES.CME')?.settledProfit ?? ZERO)).toBe('1500')
    const closed = applyFill(reduced, contract('-3', '4020')).book
    expect([cashIn(closed, 'USD'), decimalText(closed.realisedPnl), decimalText(closed.income)]).toEqual([
      '5000',
      '4000',
      '0',
    ])
  })

  test('a flip keeps no settled profit', () => {
    const flipped = after(contract('1', '4000'), contract('-2', '4010'))
    expect([cashIn(flipped, 'USD'), flipped.positions.get('ES.CME')?.settledProfit]).toEqual(['1500', undefined])
  })

  test('margined in coins it earns coins', () => {
    const book = after(inverse('10', '50000'), inverse('-10', '40000'))
    // 1000 ÷ 50000 − 1000 ÷ 40000
    expect([cashIn(book, 'BTC'), cashIn(book, 'USD')]).toEqual(['-0.005', '1000'])
  })
})

describe('a split', () => {
  const shares = (quantity: string, price: string): LedgerFill => ({
    instrument: 'A.XNYS',
    quantity: decimal(quantity),
    price: decimal(price),
    multiplier: decimal(1),
    fee: ZERO,
    tsMs: 0,
  })
  test.each([
    ['two for one', '0.5', '10', '20', '50', '0'],
    ['three for two, the half share paid out', `${2 / 3}`, '5', '7', '66.66666666666667', '33.33333333333333'],
    ['one for ten, all of it paid out', '10', '5', undefined, undefined, '500'],
    ['one for ten of a short', '10', '-20', '-2', '1000', '0'],
  ])('%s', (_, factor, held, quantity, average, paid) => {
    const before = after(shares(held, '100'))
    const book = applySplit(before, {
      instrument: 'A.XNYS',
      factor: decimal(factor),
      price: decimal(100),
      lotSize: decimal(1),
    })
    const position = book.positions.get('A.XNYS')
    expect(position && decimalText(position.quantity)).toBe(quantity)
    expect(position && Number(decimalText(position.averagePrice)).toFixed(6)).toBe(
      average && Number(average).toFixed(6),
    )
    expect(Number(decimalText(minus(book.cash, before.cash))).toFixed(6)).toBe(Number(paid).toFixed(6))
  })
})

type Step =
  | { readonly kind: 'fill'; readonly fill: LedgerFill }
  | { readonly kind: 'cash'; readonly movement: CashMovement }
  | { readonly kind: 'split'; readonly factor: Decimal; readonly price: Decimal }

const cents = fc.integer({ min: 1, max: 1_000_000 }).map((value) => decimal(`${value}e-2`))
const sizes = fc.integer({ min: -500, max: 500 }).filter((value) => value !== 0)
const anyFill = fc
  .record({
    shape: fc.constantFrom<Partial<LedgerFill>>(
      { instrument: 'A.X' },
      { instrument: 'B.X', currency: 'EUR' },
      { instrument: 'C.X', currency: 'USD', feeCurrency: 'JPY' },
      { instrument: 'ES.CME', accounting: 'contract', currency: 'USD' },
      { instrument: 'BTC.X', accounting: 'exchange', currency: 'USD', baseCurrency: 'BTC', feeCurrency: 'BTC' },
      { instrument: 'ETH.X', accounting: 'exchange', currency: 'EUR', baseCurrency: 'ETH' },
    ),
    quantity: sizes,
    price: cents,
    fee: fc.integer({ min: 0, max: 100 }),
  })
  .map(({ shape, quantity, price, fee }): Step => {
    const plain = { quantity: decimal(quantity), price, multiplier: decimal(1), fee: decimal(`${fee}e-4`), tsMs: 0 }
    return { kind: 'fill', fill: { instrument: 'A.X', ...plain, ...shape } }
  })
const anyMovement = fc
  .record({
    currency: fc.constantFrom('USD', 'EUR', 'BTC'),
    amount: fc.integer({ min: -9999, max: 9999 }),
    isDaily: fc.boolean(),
  })
  .map(({ currency, amount, isDaily }): Step => {
    const movement = { currency: isDaily ? 'USD' : currency, amount: decimal(`${amount}e-3`), atMs: 0 }
    return isDaily
      ? { kind: 'cash', movement: { ...movement, reason: 'daily-settlement', instrument: 'ES.CME' } }
      : { kind: 'cash', movement: { ...movement, reason: 'cash-interest' } }
  })
const anySplit = fc
  .record({ factor: fc.constantFrom('0.5', '0.25', '3', '10'), price: cents })
  .map(({ factor, price }): Step => ({ kind: 'split', factor: decimal(factor), price }))

test('every currency balances to the last digit through fills, fees, settlements, interest and splits', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anyFill, anyMovement, anySplit), { maxLength: 30 }), (steps) => {
      let book = openBook(decimal(5000), 'USD')
      let bought = { BTC: ZERO, ETH: ZERO }
      for (const step of steps) {
        book = taken(book, step)
        if (step.kind === 'fill') bought = receivedIn(bought, step.fill)
        for (const currency of ['USD', 'EUR', 'JPY', 'BTC', 'ETH']) {
          const { cash, realisedPnl, fees, income } = balanceOf(book, currency)
          const opening = currency === 'USD' ? book.openingCash : ZERO
          const coins = currency === 'BTC' || currency === 'ETH' ? bought[currency] : ZERO
          const explained = minus(
            minus(plus(plus(plus(opening, realisedPnl), income), coins), fees),
            bookCost(book, currency),
          )
          expect(compare(explained, cash)).toBe(0)
        }
      }
    }),
    { numRuns: 300 },
  )
})

function taken(book: Book, step: Step): Book {
  switch (step.kind) {
    case 'fill':
      return applyFill(book, step.fill).book
    case 'cash':
      return applyCash(book, step.movement)
    case 'split':
      return applySplit(book, { instrument: 'A.X', factor: step.factor, price: step.price, lotSize: decimal(1) })
  }
}

/** Coins that fills brought, less those taken as a fee of the buy. */
function receivedIn(bought: { BTC: Decimal; ETH: Decimal }, fill: LedgerFill) {
  const coin = fill.baseCurrency
  if (coin !== 'BTC' && coin !== 'ETH') return bought
  const isNet = fill.feeCurrency === coin && fill.quantity.coefficient > 0n
  return { ...bought, [coin]: plus(bought[coin], isNet ? minus(fill.quantity, fill.fee) : fill.quantity) }
}

/** What is still invested in positions that were paid for in a currency. */
function bookCost(book: Book, currency: string): Decimal {
  let cost = ZERO
  for (const position of book.positions.values()) {
    const isPaid = position.accounting !== 'contract' && position.accounting !== 'inverse'
    if (isPaid && (position.currency ?? 'USD') === currency) cost = plus(cost, position.cost)
  }
  return cost
}

test('fills of one instant change the books the same in any order of instruments', () => {
  fc.assert(
    fc.property(fc.array(anyFill, { maxLength: 8 }), (steps) => {
      const byInstrument = (list: readonly Step[]) => [...list].sort((a, b) => idOf(b).localeCompare(idOf(a))) // stable: the fills of one instrument keep their order
      const fold = (list: readonly Step[]) => list.reduce(taken, openBook(decimal(5000), 'USD'))
      const [one, other] = [fold(steps), fold(byInstrument(steps))]
      for (const currency of ['USD', 'EUR', 'JPY', 'BTC', 'ETH']) {
        expect(compare(balanceOf(one, currency).cash, balanceOf(other, currency).cash)).toBe(0)
      }
    }),
  )
})

const idOf = (step: Step) => (step.kind === 'fill' ? step.fill.instrument : '')
