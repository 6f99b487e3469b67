import { compare, decimal, decimalText, isZero, minus, ONE, plus, ZERO, type Decimal } from '@qmtl/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyFills } from '../testing/generators.ts'
import { applyFill, fillValue, rebuildBook, type ClosedTrade } from './apply-fill.ts'
import { bookEquity, openBook, type LedgerFill } from './book.ts'

const sum = (values: Iterable<Decimal>): Decimal => {
  let total = ZERO
  for (const value of values) total = plus(total, value)
  return total
}

function fill(quantity: string, price: string, fee = '0'): LedgerFill {
  return {
    instrument: 'BTC-USD.SIM',
    quantity: decimal(quantity),
    price: decimal(price),
    multiplier: ONE,
    fee: decimal(fee),
    tsMs: 0,
  }
}

function afterFills(...fills: LedgerFill[]) {
  let book = openBook(decimal(1000))
  const closed: ClosedTrade[] = []
  for (const each of fills) {
    const applied = applyFill(book, each)
    book = applied.book
    if (applied.closed) closed.push(applied.closed)
  }
  const held = book.positions.get('BTC-USD.SIM')
  return {
    cash: decimalText(book.cash),
    fees: decimalText(book.fees),
    realised: decimalText(book.realisedPnl),
    quantity: held && decimalText(held.quantity),
    average: held && decimalText(held.averagePrice),
    closed: closed.map(({ side, quantity, entryPrice, exitPrice, fee, pnl }) => ({
      side,
      quantity: decimalText(quantity),
      entryPrice: decimalText(entryPrice),
      exitPrice: decimalText(exitPrice),
      fee: decimalText(fee),
      pnl: decimalText(pnl),
    })),
  }
}

test('an increase weights the average price by quantity and leaves fees out of it', () => {
  expect(afterFills(fill('1', '100', '1'), fill('3', '200', '2'))).toMatchObject({
    cash: '297',
    fees: '3',
    quantity: '4',
    average: '175',
    closed: [],
  })
})

test('a reduction keeps the average price and realises its part with its share of the entry fees', () => {
  expect(afterFills(fill('4', '100', '8'), fill('-1', '130', '3'))).toEqual({
    cash: '719',
    fees: '11',
    realised: '30',
    quantity: '3',
    average: '100',
    closed: [{ side: 'long', quantity: '1', entryPrice: '100', exitPrice: '130', fee: '5', pnl: '30' }],
  })
})

test('a flip closes the old position and opens the new one at the price of the fill', () => {
  expect(afterFills(fill('2', '100', '2'), fill('-3', '110', '3'))).toEqual({
    cash: '1125',
    fees: '5',
    realised: '20',
    quantity: '-1',
    average: '110',
    closed: [{ side: 'long', quantity: '2', entryPrice: '100', exitPrice: '110', fee: '4', pnl: '20' }],
  })
})

test('a short earns when the price falls', () => {
  const { realised, closed, quantity } = afterFills(fill('-2', '100'), fill('2', '90'))
  expect({ realised, quantity, side: closed[0]?.side }).toEqual({ realised: '20', quantity: undefined, side: 'short' })
})

test('an average price without end does not leak: three units at a third sum to the cash paid', () => {
  const after = afterFills(
    fill('1', '100'),
    fill('2', '100.01'),
    fill('-1', '0.1'),
    fill('-1', '0.1'),
    fill('-1', '0.1'),
  )
  expect(after).toMatchObject({ cash: '700.28', realised: '-299.72', quantity: undefined })
})

test('cash, fees and realised profit balance to the last digit after every fill', () => {
  fc.assert(
    fc.property(anyFills, (fills) => {
      let book = openBook(decimal('10000'))
      const applied: LedgerFill[] = []
      for (const each of fills) {
        book = applyFill(book, each).book
        applied.push(each)
        expect(compare(minus(book.openingCash, sum(applied.map(cashTaken))), book.cash)).toBe(0)
        // Realised profit, what is still invested and the fees explain every digit of the cash.
        const invested = sum([...book.positions.values()].map((position) => position.cost))
        expect(compare(minus(minus(plus(book.openingCash, book.realisedPnl), book.fees), invested), book.cash)).toBe(0)
      }
    }),
  )
})

test('the fees and profits of closed trades, with the fees still held, are those of the book', () => {
  fc.assert(
    fc.property(anyFills, (fills) => {
      let book = openBook(ZERO)
      const closed: ClosedTrade[] = []
      for (const each of fills) {
        const applied = applyFill(book, each)
        book = applied.book
        if (applied.closed) closed.push(applied.closed)
      }
      const heldFees = sum([...book.positions.values()].map((position) => position.entryFees))
      expect(compare(plus(sum(closed.map((trade) => trade.fee)), heldFees), book.fees)).toBe(0)
      expect(compare(sum(closed.map((trade) => trade.pnl)), book.realisedPnl)).toBe(0)
    }),
  )
})

test('a position is the sum of its fills and is absent when that is zero', () => {
  fc.assert(
    fc.property(anyFills, (fills) => {
      const book = rebuildBook(ZERO, fills)
      for (const instrument of new Set(fills.map((each) => each.instrument))) {
        const total = sum(fills.filter((each) => each.instrument === instrument).map((each) => each.quantity))
        const held = book.positions.get(instrument)
        expect(compare(held?.quantity ?? ZERO, total)).toBe(0)
        expect(held === undefined).toBe(isZero(total))
      }
    }),
  )
})

test('equity is cash plus quantity × price × multiplier', () => {
  const contract = { ...fill('-2', '10'), multiplier: decimal(50) }
  const book = rebuildBook(decimal(100), [contract])
  expect(decimalText(bookEquity(book, () => decimal('9.5')))).toBe('150')
})

function cashTaken(each: LedgerFill): Decimal {
  return plus(fillValue(each), each.fee)
}
