import {
  decimal,
  decimalText,
  isClosedOrder,
  orderStatuses,
  ZERO,
  type OrderStatus,
  type OrderType,
} from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MarketView } from '../model/market-view.ts'
import { isMaker, isMarketable, orderValue } from '../model/order-questions.ts'
import type { OrderState, OrderTerms } from '../model/order-terms.ts'
import type { SecurityClass } from '../model/security.ts'
import {
  alwaysOpen,
  equity,
  marketWith,
  mondayMs,
  orderOf,
  sessionHours,
  tradeBar,
  tradeFeed,
} from '../testing/samples.ts'
import { convertedType, judgeAuction } from './auctions.ts'
import { canMove, countExecution, moveOrder } from './order-status.ts'
import { failCancel, requestCancel, requestUpdate } from './order-requests.ts'
import { judgeSubmission, type Submission } from './pre-checks.ts'
import { splitOrder } from './split-order.ts'
import { expiryOf, isExpired } from './time-in-force.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const at = (hours: number, day = 0) => mondayMs + day * dayMs + hours * hourMs

describe('statuses', () => {
  const allowed: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
    new: ['submitted', 'invalid'],
    submitted: ['partially_filled', 'filled', 'cancel_pending', 'canceled', 'update_submitted', 'invalid'],
    update_submitted: ['partially_filled', 'filled', 'cancel_pending', 'canceled', 'update_submitted', 'invalid'],
    partially_filled: ['partially_filled', 'filled', 'cancel_pending', 'canceled', 'update_submitted', 'invalid'],
    cancel_pending: ['canceled', 'partially_filled', 'filled'],
    filled: [],
    canceled: [],
    invalid: [],
  }
  test.each(orderStatuses.flatMap((from) => orderStatuses.map((to) => [from, to] as const)))('%s to %s', (from, to) => {
    expect(canMove(from, to)).toBe(allowed[from].includes(to))
    const order: OrderState = { ...orderOf('market', 1), status: from }
    expect(moveOrder(order, to).status).toBe(allowed[from].includes(to) ? to : from)
  })

  test('a late fill changes no closed order', () => {
    const order: OrderState = { ...orderOf('market', 2), status: 'canceled' }
    expect(countExecution(order, decimal(1))).toBe(order)
  })

  test('executions add up to filled', () => {
    const half = countExecution(orderOf('market', 2), decimal(1))
    expect([half.status, countExecution(half, decimal(1)).status]).toEqual(['partially_filled', 'filled'])
  })
})

describe('requests', () => {
  const with_ = (status: OrderStatus): OrderState => ({ ...orderOf('limit', 10, { limitPrice: 50 }), status })
  test.each(orderStatuses)('cancel and update of an order that is %s', (status) => {
    const isRefused = status === 'new' || isClosedOrder(status)
    expect('refusal' in requestCancel(with_(status))).toBe(isRefused)
    expect('refusal' in requestUpdate(with_(status), { limitPrice: decimal(51) }, equity)).toBe(isRefused)
  })

  test('a closed order takes a new tag and keeps its status', () => {
    const outcome = requestUpdate(with_('filled'), { tag: 'seen' }, equity)
    expect(outcome).toMatchObject({ order: { status: 'filled', terms: { tag: 'seen' } } })
  })

  test('an update is rounded to tick and lot', () => {
    const outcome = requestUpdate(
      with_('submitted'),
      { limitPrice: decimal('50.018'), quantity: decimal('9.9') },
      equity,
    )
    const terms = 'order' in outcome ? outcome.order.terms : undefined
    expect(terms && [decimalText(terms.limitPrice ?? ZERO), decimalText(terms.quantity)]).toEqual(['50.02', '9'])
  })

  test('a cancel waits at once and a failed one goes back to where it was', () => {
    const outcome = requestCancel(with_('partially_filled'))
    const pending = 'order' in outcome ? outcome.order : undefined
    expect(pending?.status).toBe('cancel_pending')
    expect(pending && failCancel(pending).status).toBe('partially_filled')
  })

  test('an order filled while its cancel was pending stays filled when the cancel fails', () => {
    const outcome = requestCancel(with_('submitted'))
    if ('order' in outcome) expect(failCancel(countExecution(outcome.order, decimal(10))).status).toBe('filled')
  })
})

describe('the value of an order of 10 at a price of 100, rate 2', () => {
  test.each<[OrderType, number, object, string]>([
    ['market', 10, {}, '2000'],
    ['market_on_open', -10, {}, '-2000'],
    ['limit', 10, { limitPrice: 90 }, '1800'],
    ['limit', 10, { limitPrice: 110 }, '2000'],
    ['limit', -10, { limitPrice: 110 }, '-2200'],
    ['stop_limit', -10, { limitPrice: 90, stopPrice: 95 }, '-2000'],
    ['limit_if_touched', 10, { limitPrice: 95, triggerPrice: 96 }, '1900'],
    ['stop_market', 10, { stopPrice: 105 }, '2000'],
    ['stop_market', -10, { stopPrice: 105 }, '-2100'],
    ['trailing_stop', 10, { stopPrice: 95, trailingAmount: 1 }, '1900'],
  ])('%s of %d', (type, quantity, prices, expected) => {
    const seen = { price: decimal(100), rateOf: () => decimal(2) }
    expect(decimalText(orderValue(orderOf(type, quantity, prices), equity, seen))).toBe(expected)
  })
})

describe('maker or taker at bid 99 and ask 101', () => {
  const snapshot = { bid: decimal(99), ask: decimal(101), last: decimal(100) }
  test.each<[string, OrderState, boolean, boolean]>([
    ['market', orderOf('market', 1), true, false],
    ['a buy limit below the ask', orderOf('limit', 1, { limitPrice: 100 }), false, true],
    ['a buy limit at the ask', orderOf('limit', 1, { limitPrice: 101 }), true, false],
    ['a sell limit at the bid', orderOf('limit', -1, { limitPrice: 99 }), true, false],
    ['a post-only limit through the ask', orderOf('limit', 1, { limitPrice: 102, postOnly: true }), true, true],
    ['a stop', orderOf('stop_market', 1, { stopPrice: 102 }), false, false],
  ])('%s', (_, order, marketable, maker) => {
    expect([isMarketable({ ...order, snapshot }), isMaker({ ...order, snapshot })]).toEqual([marketable, maker])
  })

  test('a limit without a snapshot is a maker', () => {
    expect(isMaker(orderOf('limit', 1, { limitPrice: 500 }))).toBe(true)
  })
})

describe('pre-checks, the first failure wins', () => {
  const market = marketWith({ tradeBar: tradeBar([100, 100, 100, 100], mondayMs) })
  const unknown: Submission = {
    terms: orderOf('market', 10).terms,
    market,
    isWarmingUp: false,
    isTradable: true,
    orderCount: 0,
    maxOrders: 10_000,
    rateOf: () => decimal(1),
    hasCurrency: () => true,
  }
  const good: Submission = { ...unknown, security: equity }
  const empty = marketWith({ price: decimal(100) })
  const future = { ...equity, assetClass: 'future' as const }
  const terms = (quantity: string, type: OrderType = 'market'): OrderTerms => orderOf(type, quantity).terms
  const crypto = { ...equity, assetClass: 'crypto' as const, baseCurrency: 'BTC' }
  test.each<[string, Submission, string | undefined]>([
    ['a good order passes', good, undefined],
    ['warming up', { ...unknown, isWarmingUp: true }, 'warmingUp'],
    ['an unknown instrument', { ...unknown, terms: terms('0') }, 'unknownInstrument'],
    ['quantity 0', { ...good, terms: terms('0'), isTradable: false }, 'orderQuantityZero'],
    ['less than a lot', { ...good, terms: terms('-0.5'), isTradable: false }, 'orderQuantityLessThanLotSize'],
    ['not tradable', { ...good, isTradable: false, market: marketWith({}) }, 'nonTradableSecurity'],
    [
      'market on open of a future',
      { ...good, security: future, terms: terms('1', 'market_on_open'), market: marketWith({}) },
      'marketOnOpenNotAllowedForFutures',
    ],
    ['no price', { ...good, market: marketWith({}), hasCurrency: () => false }, 'securityPriceZero'],
    [
      'no cash in the quote currency',
      { ...good, hasCurrency: () => false, rateOf: () => ZERO },
      'quoteCurrencyRequired',
    ],
    ['a rate of 0', { ...good, rateOf: () => ZERO }, 'conversionRateZero'],
    [
      'no cash in the base currency',
      { ...good, security: crypto, hasCurrency: (name) => name === 'USD' },
      'baseCurrencyRequired',
    ],
    ['no data', { ...good, market: empty, orderCount: 10_000 }, 'securityHasNoData'],
    ['too many orders', { ...good, orderCount: 10_000 }, 'exceededMaximumOrders'],
  ])('%s', (_, submission, code) => {
    const refusal = judgeSubmission(submission)
    expect(refusal?.code).toBe(code)
    if (refusal) expect(refusal.message).toContain('o1')
  })
})

describe('auction orders', () => {
  const daily = marketWith({ feeds: [{ ...tradeFeed, resolutionMs: dayMs }] })
  const minute = marketWith({})
  test.each<[string, OrderType, number, MarketView, string | undefined]>([
    ['market on open within the session', 'market_on_open', at(10), minute, 'marketOnOpenNotAllowedDuringRegularHours'],
    ['market on open on daily data', 'market_on_open', at(10), daily, undefined],
    ['market on open before the session', 'market_on_open', at(8), minute, undefined],
    ['market on open at the close', 'market_on_open', at(16), minute, undefined],
    [
      'market on open of a market that never closes',
      'market_on_open',
      at(8),
      marketWith({ hours: alwaysOpen }),
      'marketOnOpenNotAllowed',
    ],
    ['market on close at 15:44:30', 'market_on_close', at(16) - 930_000, minute, undefined],
    ['market on close at 15:44:31', 'market_on_close', at(16) - 929_000, minute, 'marketOnCloseOrderTooLate'],
    ['market on close after the close', 'market_on_close', at(16), minute, undefined],
    [
      'market on close of a market that never closes',
      'market_on_close',
      at(8),
      marketWith({ hours: alwaysOpen }),
      'marketOnCloseNotAllowed',
    ],
  ])('%s', (_, type, nowMs, market, code) => {
    expect(judgeAuction(orderOf(type, 1).terms, { market, nowMs })?.code).toBe(code)
  })

  test.each<[string, SecurityClass, number, MarketView, boolean, OrderType]>([
    ['a closed session makes it market on open', 'equity', at(8), minute, false, 'market_on_open'],
    ['of a future it stays', 'future', at(8), minute, false, 'market'],
    ['an open session leaves it', 'equity', at(10), minute, false, 'market'],
    ['daily data make it market on close', 'equity', at(10), daily, false, 'market_on_close'],
    ['daily data near the close make it market on open', 'equity', at(15.9), daily, false, 'market_on_open'],
    ['live it stays also on daily data', 'equity', at(10), daily, true, 'market'],
    [
      'an always-open market leaves it',
      'crypto',
      at(8),
      marketWith({ hours: alwaysOpen, feeds: daily.feeds }),
      false,
      'market',
    ],
  ])('a market order: %s', (_, assetClass, nowMs, market, isLive, type) => {
    expect(convertedType(orderOf('market', 1).terms, { assetClass }, { market, nowMs, isLive })).toBe(type)
  })
})

describe('time in force', () => {
  const lunch = { ...sessionHours }
  test.each<[string, Partial<OrderTerms>, SecurityClass, number | undefined]>([
    ['GTC never ends', { timeInForce: 'GTC' }, 'equity', undefined],
    ['DAY ends at the close of the day', { timeInForce: 'DAY', createdMs: at(10) }, 'equity', at(16)],
    ['DAY sent after the close ends with the next day', { timeInForce: 'DAY', createdMs: at(17) }, 'option', at(16, 1)],
    ['DAY sent on a Saturday ends on Monday', { timeInForce: 'DAY', createdMs: at(12, 5) }, 'future', at(16, 7)],
    ['GTD ends with its date', { timeInForce: 'GTD', createdMs: at(10), goodTillMs: at(1, 2) }, 'equity', at(16, 2)],
    [
      'GTD on a Sunday ends on Monday',
      { timeInForce: 'GTD', createdMs: at(10), goodTillMs: at(1, 6) },
      'equity',
      at(16, 7),
    ],
    ['DAY of crypto ends at midnight', { timeInForce: 'DAY', createdMs: at(23) }, 'crypto', at(24)],
    [
      'GTD of crypto ends after its date',
      { timeInForce: 'GTD', createdMs: at(1), goodTillMs: at(5, 2) },
      'cryptoFuture',
      at(0, 3),
    ],
    ['DAY of forex at 17:00:00 ends at once', { timeInForce: 'DAY', createdMs: at(17) }, 'forex', at(17)],
    [
      'DAY of forex at 17:00:01 ends the next day',
      { timeInForce: 'DAY', createdMs: at(17) + 1000 },
      'forex',
      at(17, 1),
    ],
    [
      'GTD of forex ends at 17:00 of its date',
      { timeInForce: 'GTD', createdMs: at(1), goodTillMs: at(3, 2) },
      'cfd',
      at(17, 2),
    ],
    [
      'GTD of forex sent after 17:00 of its date ends a day later',
      { timeInForce: 'GTD', createdMs: at(18, 2), goodTillMs: at(3, 2) },
      'forex',
      at(17, 3),
    ],
    [
      'an auction order knows no last date',
      { timeInForce: 'GTD', type: 'market_on_open', goodTillMs: at(1, 2) },
      'equity',
      undefined,
    ],
  ])('%s', (_, change, assetClass, expiry) => {
    const terms = { ...orderOf('limit', 1, { limitPrice: 1 }).terms, ...change }
    expect(expiryOf(terms, { assetClass }, { hours: lunch })).toBe(expiry)
    if (expiry === undefined) return
    const expired = (nowMs: number) => isExpired(terms, { assetClass }, { clocks: { hours: lunch }, nowMs })
    expect([expired(expiry - 1), expired(expiry)]).toEqual([false, true])
  })
})

describe('a split of an open order', () => {
  const order = orderOf('stop_limit', 5, { limitPrice: 100, stopPrice: 90, trailingAmount: 3 })
  const shown = ({ terms, stopPrice, status }: OrderState) => ({
    quantity: decimalText(terms.quantity),
    limit: decimalText(terms.limitPrice ?? ZERO),
    stop: decimalText(stopPrice ?? ZERO),
    trailing: decimalText(terms.trailingAmount ?? ZERO),
    status,
  })
  test.each([
    ['two for one', '0.5', 'adjust', { quantity: '10', limit: '50', stop: '45', trailing: '1.5', status: 'submitted' }],
    ['one for two', '2', 'adjust', { quantity: '2', limit: '200', stop: '180', trailing: '6', status: 'submitted' }],
    ['one for two where that cancels', '2', 'cancel', { status: 'canceled' }],
    ['two for one where reverse splits cancel', '0.5', 'cancel', { status: 'submitted', quantity: '10' }],
  ] as const)('%s', (_, factor, rule, expected) => {
    expect(shown(splitOrder(order, decimal(factor), rule))).toMatchObject(expected)
  })

  test('a percentage stays', () => {
    const percent = orderOf('trailing_stop', 5, { stopPrice: 90, trailingAmount: '0.1', trailingAsPercentage: true })
    expect(shown(splitOrder(percent, decimal('0.5'), 'adjust'))).toMatchObject({ trailing: '0.1', stop: '45' })
  })
})

test('filled quantity never exceeds the order through any executions within what is left', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.integer({ min: 1, max: 10 })), (size, parts) => {
      let order = orderOf('market', size)
      for (const part of parts) {
        const left = size - Number(decimalText(order.filledQuantity))
        order = countExecution(order, decimal(Math.min(part, Math.max(left, 1))))
        expect(Number(decimalText(order.filledQuantity))).toBeLessThanOrEqual(size)
      }
    }),
  )
})
