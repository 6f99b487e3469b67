import {
  compare,
  decimal,
  decimalText,
  minus,
  plus,
  sign,
  times,
  ZERO,
  type Decimal,
  type OrderType,
} from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { balanceOf, positionQuantity } from '../ledger/book.ts'
import type { Account } from '../model/account.ts'
import type { BrokerProfile } from '../model/broker-profile.ts'
import type { MarketView } from '../model/market-view.ts'
import type { OrderTerms } from '../model/order-terms.ts'
import { brokerProfile } from '../profiles/broker-profile-of.ts'
import { equity, indexFuture, marketAt, mondayMs, orderOf, tradeBar } from '../testing/samples.ts'
import { callMargin, isMarginRestored } from '../buying-power/margin-call.ts'
import { portfolioValue } from '../buying-power/portfolio-value.ts'
import { cancelOrder, updateOrder } from './change-order.ts'
import { executeMarginCall } from './execute-margin-call.ts'
import { openAccount } from './open-account.ts'
import { applySplitTo, openSlice, payDividend } from './open-slice.ts'
import { scanOrders } from './scan-orders.ts'
import { submitOrder } from './submit-order.ts'
import { portfolioIn, type TradingContext } from './trading-context.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const tenMs = mondayMs + 10 * hourMs
const margin = (initial: number) => ({ initial: decimal(initial), maintenance: decimal(initial) })
const es = { ...indexFuture, margins: { overnight: margin(1000) } }
const securities = [equity, es]

function contextAt(
  nowMs: number,
  markets: Readonly<Record<string, MarketView>>,
  change: Partial<TradingContext> = {},
): TradingContext {
  return {
    profile: brokerProfile('interactive-brokers'),
    findSecurity: (id) => securities.find((security) => security.id === id),
    findMarket: (id) => markets[id],
    rateOf: () => decimal(1),
    nowMs,
    isLive: true,
    isWarmingUp: false,
    orderCount: 0,
    maxOrders: 10_000,
    ...change,
  }
}

const barAt = (price: number, endMs: number): MarketView =>
  marketAt(price, { tradeBar: tradeBar([price, price + 1, price - 1, price], endMs - 60_000) })
const open = (cash = 10_000, type: 'cash' | 'margin' = 'margin') =>
  openAccount({ type, currency: 'USD', cash: decimal(cash) })
const order = (type: OrderType, quantity: number, rest: Parameters<typeof orderOf>[2] = {}): OrderTerms =>
  orderOf(type, quantity, { createdMs: tenMs, ...rest }).terms
const spy = (price: number, endMs: number) => ({ [equity.id]: barAt(price, endMs) })
const cash = (account: Account) => decimalText(account.book.cash)

describe('an order through an account of Interactive Brokers', () => {
  test('is taken with the prices of its submission, fills with its fee, and leaves', () => {
    const context = contextAt(tenMs, spy(100, tenMs))
    const taken = submitOrder(open(), order('market', 50), context)
    expect(taken.order.snapshot && decimalText(taken.order.snapshot.ask)).toBe('100')
    const { account, events } = scanOrders(taken.account, context)
    expect(events).toMatchObject([{ kind: 'filled', order: { status: 'filled' }, fee: { currency: 'USD' } }])
    expect([cash(account), account.orders.size]).toEqual(['4999', 0])
  })

  test('a limit waits for a bar that ends after it', () => {
    const taken = submitOrder(open(), order('limit', 50, { limitPrice: '99.5' }), contextAt(tenMs, spy(100, tenMs)))
    expect(scanOrders(taken.account, contextAt(tenMs, spy(100, tenMs))).events).toEqual([])
    const later = tenMs + 60_000
    const { events } = scanOrders(taken.account, contextAt(later, spy(100, later)))
    expect(events.map((event) => event.kind === 'filled' && decimalText(event.fill.price))).toEqual(['99.5'])
  })

  test.each<[string, OrderTerms, string]>([
    ['of nothing', order('market', 0), 'orderQuantityZero'],
    ['for the auction within the session', order('market_on_open', 1), 'marketOnOpenNotAllowedDuringRegularHours'],
    ['beyond the margin', order('market', 201), 'insufficientBuyingPower'],
    ['that should only reduce and has nothing to', order('market', 1, { reduceOnly: true }), 'reduceOnlyWouldIncrease'],
    ['that must not take and would', order('limit', 1, { limitPrice: 101, postOnly: true }), 'postOnlyWouldTake'],
    ['of an unknown instrument', order('market', 1, { instrument: 'X.Y' }), 'unknownInstrument'],
  ])('an order %s is refused and changes nothing', (_, terms, code) => {
    const account = open()
    const outcome = submitOrder(account, terms, contextAt(tenMs, spy(100, tenMs)))
    expect(outcome).toMatchObject({ refusal: { code }, order: { status: 'invalid' } })
    expect(outcome.account).toBe(account)
  })

  test("the profile's hook has the last word by its name", () => {
    const profile: BrokerProfile = {
      ...brokerProfile('interactive-brokers'),
      hook: {
        name: 'no-longs',
        judgeOrder: ({ terms }) =>
          sign(terms.quantity) > 0
            ? { code: 'hook', limit: '0', seen: decimalText(terms.quantity), message: 'no longs' }
            : undefined,
      },
    }
    const context = contextAt(tenMs, spy(100, tenMs), { profile })
    expect(submitOrder(open(), order('market', 1), context).refusal?.code).toBe('hook')
    expect(submitOrder(open(), order('market', -1), context).refusal).toBeUndefined()
  })

  test('buying power is asked again before the fill, and a failure makes the order invalid', () => {
    const taken = submitOrder(open(), order('limit', 190, { limitPrice: 200 }), contextAt(tenMs, spy(100, tenMs)))
    const later = tenMs + 60_000
    const { account, events } = scanOrders(taken.account, contextAt(later, spy(150, later)))
    expect(events).toMatchObject([
      { kind: 'ended', order: { status: 'invalid' }, reason: { code: 'insufficientBuyingPower' } },
    ])
    expect(account.orders.size).toBe(0)
  })

  test('a day order ends at the close, before it is asked for a fill', () => {
    const taken = submitOrder(
      open(),
      order('limit', 1, { limitPrice: 50, timeInForce: 'DAY' }),
      contextAt(tenMs, spy(100, tenMs)),
    )
    const closeMs = mondayMs + 16 * hourMs
    expect(scanOrders(taken.account, contextAt(closeMs, spy(40, closeMs))).events).toMatchObject([
      { kind: 'ended', reason: 'expired' },
    ])
  })

  test.each<['IOC' | 'FOK', string, unknown]>([
    ['IOC', '0.1', [{ kind: 'filled', order: { status: 'canceled' } }]],
    ['FOK', '0.1', [{ kind: 'ended', reason: 'unfilled' }]],
    ['IOC', '1', [{ kind: 'filled', order: { status: 'filled' } }]],
    ['FOK', '1', [{ kind: 'filled', order: { status: 'filled' } }]],
  ])('%s where a bar gives a share of %s of it', (timeInForce, share, events) => {
    const profile = brokerProfile('interactive-brokers')
    const models = profile.models.equity
    if (!models) throw new Error('no equities')
    const limited = { ...models, fill: { ...models.fill, maxVolumeFraction: decimal(share) } }
    const context = contextAt(
      tenMs,
      { [equity.id]: marketAt(10, { tradeBar: tradeBar([10, 10, 10, 10], tenMs - 60_000) }) },
      {
        profile: { ...profile, models: { ...profile.models, equity: limited } },
      },
    )
    const taken = submitOrder(open(), order('market', 200, { timeInForce }), context)
    const scan = scanOrders(taken.account, context)
    expect(scan.events).toMatchObject(events as object[])
    expect(scan.account.orders.size).toBe(0)
  })

  test('a market that is closed cancels an immediate order', () => {
    const nightMs = mondayMs + 3 * hourMs
    const context = contextAt(nightMs, spy(100, nightMs))
    const taken = submitOrder(
      open(),
      order('limit', 1, { limitPrice: 120, timeInForce: 'IOC', createdMs: nightMs }),
      context,
    )
    expect(scanOrders(taken.account, context).events).toMatchObject([{ kind: 'ended', reason: 'unfilled' }])
  })

  test('a reduce-only order larger than its position is cut to it', () => {
    const context = contextAt(tenMs, spy(100, tenMs))
    const held = scanOrders(submitOrder(open(), order('market', 10), context).account, context).account
    const taken = submitOrder(held, order('market', -25, { id: 'o2', reduceOnly: true }), context)
    const { account, events } = scanOrders(taken.account, context)
    expect(events).toMatchObject([{ kind: 'filled', order: { status: 'filled' } }])
    expect(positionQuantity(account.book, equity.id)).toEqual(ZERO)
  })

  test('a model that cannot do its work leaves the order as it was', () => {
    const context = contextAt(tenMs, spy(100, tenMs))
    const taken = submitOrder(open(), order('market', 1), context)
    const blind = contextAt(tenMs, { [equity.id]: { ...barAt(100, tenMs), feeds: [] } })
    const scan = scanOrders(taken.account, blind)
    expect(scan.events).toMatchObject([{ kind: 'failed', error: { code: 'E_DATA_MISSING' } }])
    expect(scan.account).toBe(taken.account)
  })

  test('an update that the margin does not carry leaves the original in force', () => {
    const context = contextAt(tenMs, spy(100, tenMs))
    const taken = submitOrder(open(), order('limit', 10, { limitPrice: 50 }), context)
    const refused = updateOrder(taken.account, taken.order, { update: { quantity: decimal(5000) }, context })
    expect(refused).toMatchObject({ refusal: { code: 'insufficientBuyingPower' } })
    expect(refused.account).toBe(taken.account)
    const changed = updateOrder(taken.account, taken.order, { update: { quantity: decimal(20) }, context })
    expect(changed.order).toMatchObject({ status: 'update_submitted' })
    expect(cancelOrder(changed.account, changed.order).order.status).toBe('cancel_pending')
  })
})

describe('time on an account', () => {
  test('what equities of a cash account were sold for settles a trading day later at 06:00', () => {
    const at = (hours: number) =>
      contextAt(mondayMs + hours * hourMs, spy(100, mondayMs + hours * hourMs), {
        profile: brokerProfile('interactive-brokers', { accountType: 'cash' }),
      })
    const trade = (account: Account, quantity: number, hours: number) =>
      scanOrders(
        submitOrder(account, order('market', quantity, { createdMs: mondayMs + hours * hourMs }), at(hours)).account,
        at(hours),
      ).account
    const sold = trade(trade(open(10_000, 'cash'), 50, 10), -50, 11)
    expect([cash(sold), sold.unsettled.length]).toEqual(['4998', 1])
    expect(decimalText(portfolioValue(portfolioIn(sold, at(12))))).toBe('9998')
    expect(cash(openSlice(sold, at(29)).account)).toBe('4998')
    expect(cash(openSlice(sold, at(30)).account)).toBe('9998')
  })

  test('futures are marked once a day, and the fill that closes pays the rest', () => {
    const at = (ms: number, price: number) => contextAt(ms, { [es.id]: barAt(price, ms) })
    const trade = (account: Account, quantity: number, context: TradingContext) =>
      scanOrders(
        submitOrder(account, order('market', quantity, { instrument: es.id, createdMs: context.nowMs }), context)
          .account,
        context,
      ).account
    const held = trade(open(), 1, at(tenMs, 4000))
    const noon = openSlice(held, at(tenMs + hourMs, 4010))
    expect(noon.movements).toEqual([])
    const next = openSlice(noon.account, at(tenMs + dayMs, 4010))
    expect(next.movements.map(({ amount }) => decimalText(amount))).toEqual(['500'])
    const closed = trade(next.account, -1, at(tenMs + dayMs, 4020))
    const fees = decimalText(closed.book.fees)
    expect(cash(closed)).toBe(decimalText(minus(decimal(11_000), decimal(fees))))
  })

  test('a dividend is received by longs and paid by shorts', () => {
    const context = contextAt(tenMs, spy(100, tenMs))
    const held = (quantity: number) =>
      scanOrders(submitOrder(open(), order('market', quantity), context).account, context).account
    const paid = (quantity: number) =>
      payDividend(held(quantity), { instrument: equity.id, perUnit: decimal('0.5') }, context).movements.map(
        ({ amount }) => decimalText(amount),
      )
    expect([paid(10), paid(-10)]).toEqual([['5'], ['-5']])
  })

  test('a split changes position and orders together', () => {
    const context = contextAt(tenMs, spy(100, tenMs))
    const held = scanOrders(submitOrder(open(), order('market', 10), context).account, context).account
    const waiting = submitOrder(held, order('limit', -10, { id: 'o2', limitPrice: 120 }), context).account
    const split = { instrument: equity.id, factor: decimal('0.5'), price: decimal(100), lotSize: decimal(1) }
    const after = applySplitTo(waiting, split, context)
    const limit = after.orders.get('o2')?.terms
    expect(decimalText(positionQuantity(after.book, equity.id))).toBe('20')
    expect(limit && [decimalText(limit.quantity), decimalText(limit.limitPrice ?? ZERO)]).toEqual(['-20', '60'])
  })
})

describe('a margin call', () => {
  const qqq = { ...equity, id: 'QQQ.XNAS' }
  const markets = (one: number, other: number) => ({ ...spy(one, tenMs), [qqq.id]: barAt(other, tenMs) })
  const seen = (one: number, other: number) =>
    contextAt(tenMs, markets(one, other), {
      findSecurity: (id) => [equity, qqq].find((security) => security.id === id),
    })
  const buy = (account: Account, instrument: string, quantity: number) => {
    const context = seen(100, 100)
    return scanOrders(
      submitOrder(account, order('market', quantity, { id: instrument, instrument }), context).account,
      context,
    ).account
  }

  test('is carried out from the biggest loss on and stops once no margin is missing', () => {
    const held = buy(buy(open(), equity.id, 90), qqq.id, 100)
    const context = seen(99, 50)
    const waiting = submitOrder(held, order('limit', -1, { id: 'waits', limitPrice: 200 }), context).account
    const call = callMargin(portfolioIn(waiting, context), () => () => decimal(1))
    expect(call.orders.map(({ instrument }) => instrument)).toEqual([qqq.id, equity.id])
    const { account, events } = executeMarginCall(waiting, call, { prefix: 'call', context })
    expect(events.map((event) => event.kind === 'filled' && event.fill.instrument)).toEqual([qqq.id])
    expect(isMarginRestored(portfolioIn(account, context))).toBe(true)
    expect([...account.orders.keys()]).toEqual(['waits'])
  })
})

const anyOrder = fc.record({
  type: fc.constantFrom<OrderType>('market', 'limit', 'stop_market', 'trailing_stop', 'limit_if_touched'),
  quantity: fc.integer({ min: -60, max: 60 }),
  price: fc.integer({ min: 90, max: 110 }),
  reduceOnly: fc.boolean(),
  move: fc.integer({ min: 90, max: 110 }),
})

test('cash follows from the fills to the last digit, no order overfills, and reduce-only never increases', () => {
  fc.assert(
    fc.property(fc.array(anyOrder, { maxLength: 15 }), (steps) => {
      let account = open()
      let expected: Decimal = decimal(10_000)
      let nowMs = tenMs
      for (const [index, { type, quantity, price, reduceOnly, move }] of steps.entries()) {
        nowMs += 60_000
        const context = contextAt(nowMs, spy(move, nowMs))
        const terms = order(type, quantity, {
          id: `o${index}`,
          createdMs: nowMs - 30_000,
          limitPrice: price,
          stopPrice: price,
          triggerPrice: price,
          trailingAmount: 2,
          reduceOnly,
        })
        const before = submitOrder(account, terms, context).account
        let held = positionQuantity(before.book, equity.id)
        const scan = scanOrders(before, context)
        account = scan.account
        for (const event of scan.events) {
          if (event.kind !== 'filled') continue
          const { fill, fee } = event
          expected = minus(expected, plus(times(fill.quantity, fill.price), fee.amount))
          expect(sign(fee.amount)).toBeGreaterThanOrEqual(0)
          const total = event.order.terms.quantity
          expect(
            compare(times(event.order.filledQuantity, decimal(sign(total))), times(total, decimal(sign(total)))),
          ).toBeLessThanOrEqual(0)
          const next = plus(held, fill.quantity)
          if (event.order.terms.reduceOnly === true) {
            expect(compare(times(next, decimal(sign(held))), times(held, decimal(sign(held))))).toBeLessThan(0)
            expect(sign(next) * sign(held)).toBeGreaterThanOrEqual(0)
          }
          held = next
        }
        expect(compare(balanceOf(account.book, 'USD').cash, expected)).toBe(0)
      }
    }),
  )
})
