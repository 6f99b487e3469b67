import { compare, decimal, decimalText, ONE, plus, times } from '@qmtl/contracts'
import { defineInstrument, type Instrument } from '@qmtl/market'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyFill, rebuildBook } from '../ledger/apply-fill.ts'
import { openBook, type Book } from '../ledger/book.ts'
import { describeModels, realityModels } from '../models/reality-models.ts'
import { brokerProfile, type ProfileOptions } from '../profiles/broker-profile-of.ts'
import { fillMarketOrder } from './fill-market-order.ts'

const cent = decimal('0.01')
const spy = defineInstrument('SPY.XNYS', { assetClass: 'equity', tickSize: cent, lotSize: ONE, quoteCurrency: 'USD' })
const coin = defineInstrument('BTC-USD.BINANCE')
const bund = defineInstrument('BAS.XETR', { assetClass: 'equity', quoteCurrency: 'EUR', lotSize: ONE })

function filled(
  id: string,
  quantity: string,
  given: { instrument?: Instrument; book?: Book; price?: string; options?: ProfileOptions } = {},
) {
  const { instrument = spy, book = openBook(decimal(10_000)), price = '100', options } = given
  const models = realityModels({ broker: brokerProfile(id, options) })
  const order = { quantity: decimal(quantity), reduceOnly: false }
  const moment = { instrument, referencePrice: decimal(price), tsMs: 60_000 }
  return fillMarketOrder(order, moment, models, { book, priceOf: () => decimal(price) })
}

function shown(outcome: ReturnType<typeof filled>) {
  if (outcome.kind === 'refused') return outcome.rule ?? outcome.code
  const { quantity, price, fee } = outcome.fill
  return [decimalText(quantity), decimalText(price), decimalText(fee), decimalText(outcome.slippage)]
}

const holding = (instrument: Instrument, quantity: string): Book =>
  rebuildBook(decimal(10_000), [
    {
      instrument: instrument.id,
      quantity: decimal(quantity),
      price: decimal(100),
      multiplier: ONE,
      fee: decimal(0),
      tsMs: 0,
    },
  ])
const slippage = { kind: 'bps', bps: decimal(10) } as const
const equities = (more: object): ProfileOptions => ({ classes: { equity: more } })

describe('a market order of a bar under the profile of a broker', () => {
  test.each([
    ['pays the minimum of Interactive Brokers', filled('interactive-brokers', '10'), ['10', '100', '1', '0']],
    ['pays per share beyond it', filled('interactive-brokers', '1000', { price: '1' }), ['1000', '1', '5', '0']],
    ['pays nothing at Alpaca', filled('alpaca', '10'), ['10', '100', '0', '0']],
    [
      'is slipped where the profile says so',
      filled('alpaca', '10', { options: equities({ slippage }) }),
      ['10', '100.1', '0', '1'],
    ],
    [
      'is slipped down when it sells',
      filled('alpaca', '-10', { options: equities({ slippage }) }),
      ['-10', '99.9', '0', '1'],
    ],
    ['may use the leverage of a margin account', filled('alpaca', '200'), ['200', '100', '0', '0']],
    ['not more', filled('alpaca', '201'), 'E_INSUFFICIENT_FUNDS'],
    [
      'leaves free what the profile keeps free',
      filled('alpaca', '181', { options: { requiredFreeFraction: '0.1' } }),
      'E_INSUFFICIENT_FUNDS',
    ],
    [
      'sells no coins short in a cash account',
      filled('binance', '-1', { instrument: coin }),
      'insufficientBuyingPower',
    ],
    [
      'sells the coins that it has',
      filled('binance', '-1', { instrument: coin, book: holding(coin, '1') }),
      ['-1', '100', '0.1', '0'],
    ],
    [
      'is refused by a rule of the broker',
      filled('tradier', '10000001', { price: '0.0001' }),
      'IncorrectOrderQuantity',
    ],
  ] as const)('%s', (_, outcome, expected) => expect(shown(outcome)).toEqual(expected))

  test('a fee in the coin bought leaves fewer coins and counts at the price', () => {
    const outcome = filled('binance', '10', { instrument: coin })
    if (outcome.kind !== 'filled') throw new Error(outcome.message)
    const { book } = applyFill(openBook(decimal(10_000)), outcome.fill)
    const held = book.positions.get(coin.id)
    expect([decimalText(book.cash), held && decimalText(held.quantity), decimalText(book.fees)]).toEqual([
      '9000',
      '9.99',
      '1',
    ])
  })

  test('an instrument of a class that the broker does not trade is an error', () => {
    expect(() => filled('interactive-brokers', '1', { instrument: coin })).toThrow('is not traded')
  })

  test('a fee in another currency than that of the book is an error', () => {
    const fees = { kind: 'constant', amount: ONE, currency: 'USD' } as const
    expect(() => filled('alpaca', '1', { instrument: bund, options: { fees } })).toThrow('the book keeps EUR')
  })

  test('an order is cut to the lots that the funds pay with their fee where the profile reduces', () => {
    const buyingPower = { kind: 'leverage', leverage: ONE, unaffordable: 'reduce' } as const
    const options = equities({ buyingPower })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 1, max: 500 }), (size, price) => {
        const outcome = filled('interactive-brokers', String(size), { options, price: String(price) })
        if (outcome.kind === 'refused') return
        const { fill } = outcome
        const cost = plus(times(fill.quantity, fill.price), fill.fee)
        expect(compare(cost, decimal(10_000))).toBeLessThanOrEqual(0)
        const isCut = compare(fill.quantity, decimal(size)) < 0
        // One lot more would not fit, even with a fee no higher.
        if (isCut) expect(compare(plus(cost, fill.price), decimal(9_999))).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

test('models of a broker are described with all that acts', () => {
  const described = describeModels(realityModels({ broker: brokerProfile('interactive-brokers') }))
  expect(described).toMatchObject({ profile: 'interactive-brokers', account: 'margin', fill: 'next-open' })
  expect(described['models of equity']).toContain('fees ')
})
