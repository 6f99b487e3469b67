import { decimal, decimalText, minus, plus, ZERO, type Decimal } from '@qmtl/contracts'
import { defineCalendar, loadCalendar } from '@qmtl/market'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alwaysOpenHours, tradingHoursOf } from '../hours/trading-hours-of.ts'
import type { Position } from '../ledger/book.ts'
import { markToMarket } from './mark-to-market.ts'
import { releaseDue, settleAmount, settlementInstant, type AmountToSettle } from './settle-amount.ts'
import { nextDaySettlement, type SettlementModel } from './settlement-model.ts'

const newYork = tradingHoursOf(await loadCalendar('XNYS'))
const at = (text: string): number => Date.parse(`${text}:00Z`)
const instant = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 16)

function sale(amount: string, more: Partial<AmountToSettle> = {}): AmountToSettle {
  return {
    currency: 'USD',
    amount: decimal(amount),
    atMs: at('2024-07-15T15:00'),
    reason: 'fill',
    instrument: 'SPY.XNYS',
    hours: newYork,
    rateOf: (currency) => decimal(currency === 'USD' ? 1 : currency === 'EUR' ? '1.25' : 0),
    accountCurrency: 'USD',
    ...more,
  }
}

const textOf = ({ currency, amount }: { readonly currency: string; readonly amount: Decimal }): string =>
  `${decimalText(amount)} ${currency}`

for (const [what, filled, days, settles] of [
  ['a Monday', '2024-07-15T15:00', 1, '2024-07-16T10:00'],
  ['a Friday, over the weekend', '2024-07-12T15:00', 1, '2024-07-15T10:00'],
  ['the eve of a holiday', '2024-07-03T15:00', 1, '2024-07-05T10:00'],
  ['the day before an early close, which counts', '2024-07-02T15:00', 1, '2024-07-03T10:00'],
  ['two days over Thanksgiving', '2024-11-27T15:00', 2, '2024-12-02T11:00'],
  ['an evening that is the next day on the UTC clock', '2024-07-16T01:00', 1, '2024-07-16T10:00'],
  ['the days before the clock changes', '2024-03-08T15:00', 1, '2024-03-11T10:00'],
  ['no day at all', '2024-07-15T15:00', 0, '2024-07-15T10:00'],
] as const) {
  test(`a fill on ${what}, ${filled}, with ${days} days settles at ${settles}`, () => {
    expect(instant(settlementInstant({ ...nextDaySettlement, days }, at(filled), newYork))).toBe(settles)
  })
}

for (const [what, model, request, movements, queued] of [
  ['a credit', { kind: 'immediate' }, sale('100'), ['100 USD'], []],
  ['a debit', { kind: 'immediate' }, sale('-100'), ['-100 USD'], []],
  ['a credit', nextDaySettlement, sale('100'), [], ['100 USD']],
  ['a debit', nextDaySettlement, sale('-100'), ['-100 USD'], []],
  ['zero', nextDaySettlement, sale('0'), ['0 USD'], []],
  ['a credit due already', { ...nextDaySettlement, days: 0 }, sale('100'), ['100 USD'], []],
  [
    'a credit before the time of day',
    { ...nextDaySettlement, days: 0 },
    sale('1', { atMs: at('2024-07-15T09:00') }),
    [],
    ['1 USD'],
  ],
  ['a foreign credit', { kind: 'account-currency' }, sale('100', { currency: 'EUR' }), ['125 USD'], []],
  ['a foreign debit', { kind: 'account-currency' }, sale('-8', { currency: 'EUR' }), ['-10 USD'], []],
  ['profit of a future', { kind: 'future-daily' }, sale('100'), ['100 USD'], []],
] as const) {
  test(`${what} under ${JSON.stringify(model)} moves ${movements.join() || 'nothing'} and queues ${queued.join() || 'nothing'}`, () => {
    const settled = settleAmount(model, request)
    expect(settled.movements.map(textOf)).toEqual(movements)
    expect(settled.queued.map(textOf)).toEqual(queued)
  })
}

test('a currency without a rate is refused and nothing moves', () => {
  const request = sale('100', { currency: 'JPY' })
  expect(() => settleAmount({ kind: 'account-currency' }, request)).toThrow(
    expect.objectContaining({ code: 'E_DATA_MISSING', message: 'no rate of JPY to USD is known yet' }),
  )
})

test('an exchange without sessions settles nothing', async () => {
  const closed = tradingHoursOf(await defineCalendar({ id: 'never', timeZone: 'UTC', weekly: {} }))
  expect(() => settleAmount(nextDaySettlement, sale('1', { hours: closed }))).toThrow(
    expect.objectContaining({ code: 'E_INVALID_DATA' }),
  )
})

test('a scan releases what is due, first in first out, and keeps the rest', () => {
  const queue = [
    { currency: 'USD', amount: decimal(1), dueMs: 10 },
    { currency: 'EUR', amount: decimal(2), dueMs: 30 },
    { currency: 'USD', amount: decimal(3), dueMs: 20 },
  ]
  expect(releaseDue(queue, 9)).toEqual({ movements: [], queue })
  const released = releaseDue(queue, 20)
  expect(released.movements.map(textOf)).toEqual(['1 USD', '3 USD'])
  expect(released.queue.map(textOf)).toEqual(['2 EUR'])
})

test('whatever the model, each unit of money moves once', () => {
  const anyModel: fc.Arbitrary<SettlementModel> = fc.oneof(
    fc.constant({ kind: 'immediate' } as const),
    fc.record({ kind: fc.constant('delayed' as const), days: fc.nat(5), timeOfDayMs: fc.nat(86_399_999) }),
  )
  fc.assert(
    fc.property(anyModel, fc.array(fc.integer({ min: -1000, max: 1000 })), (model, amounts) => {
      let queue: ReturnType<typeof releaseDue>['queue'] = []
      let cash = ZERO
      amounts.forEach((amount, index) => {
        const atMs = at('2024-07-15T15:00') + index * 40_000_000
        const due = releaseDue(queue, atMs)
        const settled = settleAmount(model, sale(String(amount), { atMs }))
        queue = [...due.queue, ...settled.queued]
        cash = [...due.movements, ...settled.movements].reduce((sum, one) => plus(sum, one.amount), cash)
      })
      const rest = releaseDue(queue, Infinity).movements.reduce((sum, one) => plus(sum, one.amount), cash)
      expect(decimalText(rest)).toBe(String(amounts.reduce((sum, amount) => sum + amount, 0)))
    }),
  )
})

const long: Position = {
  instrument: 'ES.CME',
  multiplier: decimal(50),
  quantity: decimal(2),
  averagePrice: decimal(4500),
  cost: decimal(450_000),
  entryFees: ZERO,
  openedMs: at('2024-07-15T15:00'),
}
const security = { id: 'ES.CME', quoteCurrency: 'USD' }
const mark = (more: Partial<Parameters<typeof markToMarket>[0]> = {}) =>
  markToMarket({
    position: long,
    security,
    price: decimal(4510),
    hours: alwaysOpenHours,
    nowMs: at('2024-07-16T00:00'),
    ...more,
  })

test('on the date it was opened a future is not marked', () => {
  expect(mark({ nowMs: at('2024-07-15T23:59') }).movements).toEqual([])
})

test('the first scan of a new date moves the whole profit, the second nothing', () => {
  const first = mark()
  expect(first.movements.map(textOf)).toEqual(['1000 USD'])
  expect(first.movements[0]).toMatchObject({ reason: 'daily-settlement', instrument: 'ES.CME' })
  expect(mark({ markedDay: first.markedDay, nowMs: at('2024-07-16T12:00') })).toEqual({ ...first, movements: [] })
})

test('a later date moves what changed since, a loss as a debit', () => {
  const { markedDay } = mark()
  const position = { ...long, settledProfit: decimal(1000) }
  const next = mark({ position, markedDay, price: decimal('4494.75'), nowMs: at('2024-07-17T00:00') })
  expect(next.movements.map(textOf)).toEqual([`${decimalText(minus(decimal(-525), decimal(1000)))} USD`])
})

test('without a price a date stays to be marked', () => {
  const early = mark({ price: ZERO })
  expect(early.movements).toEqual([])
  expect(mark({ markedDay: early.markedDay, nowMs: at('2024-07-16T01:00') }).movements.map(textOf)).toEqual([
    '1000 USD',
  ])
})

test('a short future gains when the price falls', () => {
  const position = { ...long, quantity: decimal(-1) }
  expect(mark({ position, price: decimal(4490) }).movements.map(textOf)).toEqual(['500 USD'])
})

test('dates are those of the exchange', () => {
  const evening = { hours: newYork, position: { ...long, openedMs: at('2024-07-15T23:00') } }
  expect(mark({ ...evening, nowMs: at('2024-07-16T03:59') }).movements).toEqual([])
  expect(mark({ ...evening, nowMs: at('2024-07-16T04:00') }).movements).toHaveLength(1)
})
