import { compare, decimal, decimalText, isZero, ONE, sign, ZERO } from '@qmtl/contracts'
import type { Instrument } from '@qmtl/market'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyFill, rebuildBook } from '../ledger/apply-fill.ts'
import { bookEquity, openBook, type Book } from '../ledger/book.ts'
import { realityModels } from '../models/reality-models.ts'
import { fillMarketOrder, type FillOutcome } from './fill-market-order.ts'

const instrument: Instrument = {
  id: 'BTC-USD.SIM',
  symbol: 'BTC-USD',
  venue: 'SIM',
  assetClass: 'crypto',
  quoteCurrency: 'USD',
  tickSize: decimal('0.01'),
  lotSize: decimal('0.001'),
  multiplier: ONE,
  calendar: '24/7',
}

const at = (price: string) => ({ instrument, referencePrice: decimal(price), tsMs: 60_000 })
const market = (quantity: string) => ({ quantity: decimal(quantity), reduceOnly: false })
const reduce = (quantity: string) => ({ quantity: decimal(quantity), reduceOnly: true })
const fundsOf = (book: Book, price: string) => ({ book, priceOf: () => decimal(price) })

function holding(quantity: string, price: string, cash = '1000'): Book {
  const bare = { instrument: instrument.id, multiplier: ONE, fee: ZERO, tsMs: 0 }
  return rebuildBook(decimal(cash), [{ ...bare, quantity: decimal(quantity), price: decimal(price) }])
}

function seen(outcome: FillOutcome) {
  if (outcome.kind === 'refused') return outcome.code
  const { quantity, price, fee } = outcome.fill
  return [quantity, price, fee].map(decimalText)
}

test.each([
  ['a buy pays reference plus slippage and the fee on that', '2', ['2', '100.05', '0.2001']],
  ['a sell receives reference less slippage and pays the fee on that', '-2', ['-2', '99.95', '0.1999']],
])('%s', (_, quantity, expected) => {
  const models = realityModels({ feeBps: 10, slippageBps: 5 })
  expect(seen(fillMarketOrder(market(quantity), at('100'), models))).toEqual(expected)
})

test('a fill price keeps its slippage even where it is finer than the tick', () => {
  const models = realityModels({ slippageBps: '0.1' })
  expect(seen(fillMarketOrder(market('1'), at('100.01'), models))).toEqual(['1', '100.0110001', '0'])
})

test.each([
  ['affordable to the last cent', '10', '1000', ['10', '100', '0']],
  ['cut to the lots that the cash pays', '10.5', '1000', ['10', '100', '0']],
  ['refused when not one lot is affordable', '1', '0.05', 'E_INSUFFICIENT_FUNDS'],
] as const)('an order is %s', (_, quantity, cash, expected) => {
  const funds = fundsOf(openBook(decimal(cash)), '100')
  expect(seen(fillMarketOrder(market(quantity), at('100'), realityModels(), funds))).toEqual(expected)
})

test.each([
  ['the funds', market('10.5'), openBook(decimal(1000)), 'E_INSUFFICIENT_FUNDS'],
  ['the position', reduce('-5'), holding('2', '100'), 'E_VENUE_REFUSED'],
])('a fill cut to %s says why the rest has ended', (_, order, book, code) => {
  expect(fillMarketOrder(order, at('100'), realityModels(), fundsOf(book, '100'))).toMatchObject({ cut: { code } })
})

test('a whole fill has nothing cut off', () => {
  const funds = fundsOf(openBook(decimal(1000)), '100')
  expect(fillMarketOrder(market('10'), at('100'), realityModels(), funds)).not.toHaveProperty('cut')
})

test('leverage multiplies what can be held, and the fee comes out of the equity behind it', () => {
  const models = realityModels({ leverage: 2, feeBps: 100 })
  const outcome = fillMarketOrder(market('100'), at('100'), models, fundsOf(openBook(decimal(1000)), '100'))
  // 1000 of equity: quantity × 100 ÷ 2 + quantity × 1 of fee
  expect(seen(outcome)).toEqual(['19.607', '100', '19.607'])
})

test('a model that refuses does not cut', () => {
  const models = realityModels()
  const strict = { ...models, buyingPower: { ...models.buyingPower, unaffordable: 'refuse' as const } }
  const outcome = fillMarketOrder(market('10.5'), at('100'), strict, fundsOf(openBook(decimal(1000)), '100'))
  expect(outcome).toMatchObject({ kind: 'refused', code: 'E_INSUFFICIENT_FUNDS' })
})

test.each([
  ['is cut to the position', '2', '-5', ['-2', '100', '0']],
  ['covers a short', '-2', '1', ['1', '100', '0']],
  ['is refused where it would increase', '2', '1', 'E_VENUE_REFUSED'],
] as const)('a reduce-only order %s', (_, held, quantity, expected) => {
  const funds = fundsOf(holding(held, '100'), '100')
  expect(seen(fillMarketOrder(reduce(quantity), at('100'), realityModels(), funds))).toEqual(expected)
})

test('a flip is financed by the position it closes', () => {
  const outcome = fillMarketOrder(market('-20'), at('100'), realityModels(), fundsOf(holding('10', '100'), '100'))
  expect(seen(outcome)).toEqual(['-20', '100', '0'])
})

test('no fill leaves borrowed cash at leverage 1, and orders that reduce always fill', () => {
  const quantities = fc.integer({ min: -20_000, max: 20_000 }).filter((value) => value !== 0)
  const steps = fc.array(fc.record({ quantity: quantities, price: fc.integer({ min: 50, max: 200 }) }), {
    maxLength: 20,
  })
  const costs = fc.record({ feeBps: fc.integer({ min: 0, max: 200 }), slippageBps: fc.integer({ min: 0, max: 200 }) })
  fc.assert(
    fc.property(steps, costs, (orders, options) => {
      const models = realityModels(options)
      let book = openBook(decimal(1000))
      for (const { quantity, price } of orders) {
        const order = market(`${quantity}e-3`)
        const held = book.positions.get(instrument.id)?.quantity ?? ZERO
        const outcome = fillMarketOrder(order, at(String(price)), models, fundsOf(book, String(price)))
        const reduces =
          sign(held) === -sign(order.quantity) && Math.abs(quantity) <= Math.abs(Number(decimalText(held)) * 1000)
        if (reduces) expect(outcome.kind).toBe('filled')
        if (outcome.kind === 'refused') continue
        expect(isZero(outcome.fill.quantity)).toBe(false)
        expect(sign(outcome.fill.fee)).toBeGreaterThanOrEqual(0)
        book = applyFill(book, outcome.fill).book
        const isLong = (book.positions.get(instrument.id)?.quantity.coefficient ?? 0n) > 0n
        if (
          isLong &&
          compare(
            bookEquity(book, () => decimal(price)),
            ZERO,
          ) > 0
        ) {
          expect(sign(book.cash)).toBeGreaterThanOrEqual(0)
        }
      }
    }),
  )
})
