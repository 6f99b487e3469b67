import { compare, decimal, decimalText, ZERO } from '@qmtl/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { marketAt, orderOf, pairNamed, ratesOf, securityNamed } from '../testing/broker-scene.ts'
import { feeTable, makerTaker, perUnit, spotCrypto } from './build-schedule.ts'
import { feeModelText } from './fee-model-text.ts'
import { feeOfOrder, type FeeContext } from './fee-of-order.ts'
import type { FeeSchedule } from './fee-schedule.ts'
import { namedFees } from './named-fees.ts'
import { binanceFees, krakenFees } from './schedules/crypto-venues.ts'
import { defaultFees } from './schedules/stock-brokers.ts'

const context: FeeContext = {
  order: orderOf('market', -10),
  security: securityNamed('SPY', 'usa', 'equity'),
  market: marketAt(100),
  rateOf: ratesOf({ EUR: '1.25' }),
  volumes: { month: '2024-07', optionContracts: decimal(50), forexUsd: ZERO },
  accountCurrency: 'EUR',
}
const feeText = (schedule: FeeSchedule, more: Partial<FeeContext> = {}): string => {
  const { amount, currency } = feeOfOrder(schedule, { ...context, ...more })
  return `${decimalText(amount)} ${currency ?? 'none'}`
}

const one = (amount: string | number): FeeSchedule => ({ kind: 'constant', amount: decimal(amount), currency: 'USD' })

for (const [what, schedule, fee] of [
  ['none is no amount in no currency', { kind: 'none' }, '0 none'],
  ['a constant', one('1.5'), '1.5 USD'],
  ['a negative constant is made positive', one('-1.5'), '1.5 USD'],
  ['a constant in account currency', { kind: 'constant', amount: decimal(1), currency: 'account' }, '1 EUR'],
  ['percent of the value', { kind: 'percent', bps: decimal(10) }, '1 USD'],
  ['percent with a minimum', { kind: 'percent', bps: decimal(10), minimum: decimal(3) }, '3 USD'],
  ['percent in another currency', { kind: 'percent', bps: decimal(10), currency: 'EUR' }, '0.8 EUR'],
  ['per share', perUnit('USD', '0.01', '0.02'), '0.3 USD'],
  ['per share with a minimum', { ...perUnit('USD', '0.01'), minimum: decimal(1) }, '1 USD'],
  ['per share with a maximum', { ...perUnit('USD', 20), maximumFraction: decimal('0.01') }, '10 USD'],
  ['the first tier that the volume does not exceed', tiered(49), '2 USD'],
  ['a tier includes its bound', tiered(50), '1 USD'],
  ['the sum of parts', { kind: 'composite', parts: [one(1), { kind: 'none' }, one(2)] }, '3 USD'],
  ['the sum of nothing', { kind: 'composite', parts: [{ kind: 'none' }] }, '0 none'],
  ['the first row that fits', feeTable('own', [{ tickers: ['QQQ'], schedule: one(9) }, { schedule: one(4) }]), '4 USD'],
] as const satisfies readonly (readonly [string, FeeSchedule, string])[]) {
  test(`${what}: ${fee}`, () => expect(feeText(schedule)).toBe(fee))
}

function tiered(upTo: number): FeeSchedule {
  return {
    kind: 'tiered',
    volume: 'optionContracts',
    tiers: [{ upTo: decimal(upTo), schedule: one(1) }, { schedule: one(2) }],
  }
}

test('parts in different currencies have no sum', () => {
  const parts = [one(1), { kind: 'constant', amount: decimal(1), currency: 'EUR' }] as const
  expect(() => feeText({ kind: 'composite', parts })).toThrow(
    expect.objectContaining({ message: 'the parts of a composite fee must have one currency, seen USD and EUR' }),
  )
})

for (const rates of [
  { maker: '-0.0001', taker: 0 },
  { maker: 0, taker: '1.01' },
]) {
  test(`rates of ${JSON.stringify(rates)} are refused: a fee is no rebate and no fortune`, () => {
    expect(() => makerTaker(rates, spotCrypto)).toThrow(expect.objectContaining({ code: 'E_INVALID_PARAMETER' }))
  })
}

test('a fee in coins needs an instrument that says which', () => {
  expect(() => feeText(makerTaker({ maker: 0, taker: 0 }, spotCrypto), { order: orderOf('market', 1) })).toThrow(
    expect.objectContaining({ message: 'SPY.USA has no base currency in which its fee could be paid' }),
  )
})

test('schedules are told apart by their texts', () => {
  const schedules: readonly FeeSchedule[] = [
    { kind: 'none' },
    one(1),
    { kind: 'percent', bps: decimal('7.50') },
    { kind: 'percent', bps: decimal('7.5'), minimum: decimal(1) },
    binanceFees(),
    binanceFees({ futures: { maker: 0, taker: 0 } }),
    krakenFees(),
    defaultFees,
  ]
  const texts = schedules.map(feeModelText)
  expect(texts.slice(0, 4)).toEqual([
    'none',
    'constant(amount 1, currency USD)',
    'percent(7.5 bps)',
    'percent(bps 7.5, minimum 1)',
  ])
  expect(texts[4]).toMatch(/^binance 2024 \([0-9a-f]{12}\)$/)
  expect(new Set(texts).size).toBe(texts.length)
  expect(feeModelText(binanceFees())).toBe(texts[4])
})

test('a fee is never negative', () => {
  const anyOrder = fc.record({
    type: fc.constantFrom('market', 'limit', 'stop_market', 'stop_limit' as const),
    quantity: fc.integer({ min: -100_000, max: 100_000 }),
    limitPrice: fc.integer({ min: 1, max: 500 }),
    stopPrice: fc.integer({ min: 1, max: 500 }),
  })
  const securities = [
    securityNamed('SPY', 'usa', 'equity'),
    securityNamed('ES', 'cme', 'future'),
    pairNamed('BTC', 'USD', 'kraken'),
  ]
  fc.assert(
    fc.property(anyOrder, fc.constantFrom(...securities), ({ type, quantity, ...prices }, security) => {
      for (const schedule of [
        defaultFees,
        ...(security.assetClass === 'crypto' ? [krakenFees(), binanceFees()] : []),
      ]) {
        const order = orderOf(type, quantity, prices)
        expect(compare(feeOfOrder(schedule, { ...context, order, security }).amount, ZERO)).toBeGreaterThanOrEqual(0)
      }
    }),
  )
})

test('fees are found by the name of a broker', () => {
  expect(feeText(namedFees('schwab'))).toBe('0 none')
  expect(() => namedFees('webul')).toThrow(
    expect.objectContaining({
      code: 'E_INVALID_PARAMETER',
      message: expect.stringContaining("'webul' has no fees; did you mean") as string,
    }),
  )
})
