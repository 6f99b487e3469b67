import { decimal, plus } from '@qmtl/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyFills } from '../testing/generators.ts'
import { rebuildBook } from './apply-fill.ts'
import { checkBalance } from './check-balance.ts'

test('books rebuilt from their fills balance, alone and as the account', () => {
  fc.assert(
    fc.property(anyFills, anyFills, (one, other) => {
      const books = new Map([
        ['one', rebuildBook(decimal(100), one)],
        ['other', rebuildBook(decimal(7), other)],
      ])
      const fills = new Map([
        ['one', one],
        ['other', other],
      ])
      expect(checkBalance(books, fills)).toEqual({ balanced: true, imbalances: [] })
    }),
  )
})

test('one digit of cash too much, a lost fill and a lost book are each named', () => {
  const fill = {
    instrument: 'BTC-USD.SIM',
    quantity: decimal(1),
    price: decimal(50),
    multiplier: decimal(1),
    fee: decimal('0.1'),
    tsMs: 0,
  }
  const book = rebuildBook(decimal(100), [fill])
  const richer = { ...book, cash: plus(book.cash, decimal('1e-12')) }
  const fills = new Map([['one', [fill]]])
  expect(checkBalance(new Map([['one', richer]]), fills).imbalances).toEqual([
    { owner: 'one', figure: 'cash', expected: '-50.1', seen: '-50.099999999999' },
    { owner: 'account', figure: 'cash', expected: '-50.1', seen: '-50.099999999999' },
  ])
  expect(checkBalance(new Map([['one', book]]), new Map()).imbalances).toContainEqual({
    owner: 'one',
    figure: 'BTC-USD.SIM',
    expected: '0',
    seen: '1',
  })
  expect(checkBalance(new Map(), fills).balanced).toBe(false)
})
