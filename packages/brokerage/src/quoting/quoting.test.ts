import { compare, decimal, decimalText, type Decimal } from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attemptFill } from '../fills/attempt-fill.ts'
import { fillModel } from '../fills/fill-model.ts'
import type { MarketView } from '../model/market-view.ts'
import type { OrderState } from '../model/order-terms.ts'
import {
  alwaysOpen,
  equity,
  marketWith,
  mondayMs,
  orderOf,
  quoteBar,
  quoteFeed,
  spotCrypto,
  tickFeed,
  tradeBar,
  tradeFeed,
} from '../testing/samples.ts'
import { joinQueue } from './queue-place.ts'
import { planQuotes, type QuoteIntent } from './quote-plan.ts'

const side = (price: string | number, size: string | number) => ({ price: decimal(price), size: decimal(size) })

function shown(intent: Omit<QuoteIntent, 'instrument'>, open: readonly OrderState[] = [], keepWithinTicks = 0) {
  const plan = planQuotes({ instrument: equity.id, ...intent }, { security: equity, open, keepWithinTicks })
  if ('refusal' in plan) return plan.refusal.code
  const places = plan.places.map(({ quantity, limitPrice }) => `${decimalText(quantity)} @ ${decimalText(limitPrice)}`)
  return { cancels: plan.cancels, places, keeps: plan.keeps }
}

describe('a two-sided quote', () => {
  const bid = orderOf('limit', 5, { id: 'b', limitPrice: '99.50' })
  const ask = orderOf('limit', -5, { id: 'a', limitPrice: '100.50' })
  test.each([
    [
      'is placed with a bid rounded down and an ask rounded up',
      { bid: side('99.507', 5), ask: side('100.501', '5.9') },
      [],
      0,
      { cancels: [], places: ['5 @ 99.5', '-5 @ 100.51'], keeps: [] },
    ],
    [
      'stays where it rests',
      { bid: side('99.5', 5), ask: side('100.5', 5) },
      [bid, ask],
      0,
      { cancels: [], places: [], keeps: ['b', 'a'] },
    ],
    [
      'moves the side that changed alone',
      { bid: side('99.4', 5), ask: side('100.5', 5) },
      [bid, ask],
      0,
      { cancels: ['b'], places: ['5 @ 99.4'], keeps: ['a'] },
    ],
    [
      'stays while near enough',
      { bid: side('99.48', 5), ask: side('100.47', 5) },
      [bid, ask],
      2,
      { cancels: ['a'], places: ['-5 @ 100.47'], keeps: ['b'] },
    ],
    [
      'is replaced by a smaller one',
      { bid: side('99.5', 3) },
      [bid],
      0,
      { cancels: ['b'], places: ['3 @ 99.5'], keeps: [] },
    ],
    [
      'keeps its place though more is wanted',
      { bid: side('99.5', 9) },
      [bid],
      0,
      { cancels: [], places: [], keeps: ['b'] },
    ],
    ['is withdrawn by an empty intent', {}, [bid, ask], 0, { cancels: ['b', 'a'], places: [], keeps: [] }],
    [
      'leaves orders that are being cancelled',
      {},
      [{ ...bid, status: 'cancel_pending' as const }],
      0,
      { cancels: [], places: [], keeps: [] },
    ],
    ['is refused crossed', { bid: side('100', 1), ask: side('100', 1) }, [], 0, 'postOnlyWouldTake'],
    ['is refused below a lot', { bid: side('100', '0.5') }, [], 0, 'orderQuantityLessThanLotSize'],
  ])('%s', (_, intent, open, ticks, expected) => expect(shown(intent, open, ticks)).toEqual(expected))

  test('a plan carried out leaves nothing to do, and never quotes better than wanted', () => {
    const prices = fc.integer({ min: 9_000, max: 11_000 }).map((value) => decimal(`${value}e-3`))
    fc.assert(
      fc.property(prices, prices, fc.integer({ min: 1, max: 9 }), (one, other, size) => {
        const [low, high] = compare(one, other) < 0 ? [one, other] : [other, one]
        const intent = {
          instrument: equity.id,
          bid: { price: low, size: decimal(size) },
          ask: { price: high, size: decimal(size) },
        }
        const plan = planQuotes(intent, { security: equity, open: [], keepWithinTicks: 0 })
        if ('refusal' in plan) return
        const open = plan.places.map(({ quantity, limitPrice }, index) =>
          orderOf('limit', decimalText(quantity), { id: `q${index}`, limitPrice: decimalText(limitPrice) }),
        )
        expect(planQuotes(intent, { security: equity, open, keepWithinTicks: 0 })).toMatchObject({
          cancels: [],
          places: [],
        })
        const [bid, ask] = plan.places
        expect(bid && compare(bid.limitPrice, low)).toBeLessThanOrEqual(0)
        expect(ask && compare(ask.limitPrice, high)).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('the queue at a price of 100', () => {
  const model = { ...fillModel('immediate'), queue: { kind: 'behind-the-quote', touchShare: decimal('0.5') } as const }
  const quotes = (bid: number, ask: number, startMs = mondayMs) =>
    quoteBar([bid, bid, bid, bid], [ask, ask, ask, ask], startMs - 60_000, startMs)
  // Bids of 300, asks of 500.
  const joined = (price: number, quantity = 10): OrderState => {
    const market = marketWith({ quoteBar: quotes(100, 102), feeds: [quoteFeed], hours: alwaysOpen })
    const order = orderOf('limit', quantity, { limitPrice: price })
    return { ...order, queue: joinQueue(order.terms, market) }
  }
  const market = (change: Partial<MarketView>) => marketWith({ feeds: [tradeFeed], hours: alwaysOpen, ...change })
  const low = (price: number, volume: number, startMs = mondayMs) =>
    market({ tradeBar: tradeBar([price + 1, price + 2, price, price + 1], startMs, startMs + 60_000, volume) })
  const step = (order: OrderState, seen: MarketView) => {
    const result = attemptFill(order, {
      security: spotCrypto,
      market: seen,
      model,
      slippage: { kind: 'none' },
      nowMs: mondayMs + 60_000,
    })
    const text = (value: Decimal | undefined) => value && decimalText(value)
    return {
      filled: text(result.execution?.quantity),
      price: text(result.execution?.price),
      ahead: text(result.order.queue?.ahead),
      order: result.order,
    }
  }

  test.each([
    ['at the bid behind its size', 100, '300'],
    ['inside the spread in front', 101, '0'],
    ['below the bid behind at least its size', 99, '300'],
  ])('a buy joins %s', (_, price, ahead) => {
    const { queue } = joined(price)
    expect(queue && decimalText(queue.ahead)).toBe(ahead)
  })

  test.each([
    ['a bar that stays above', low(101, 9999), undefined, '300'],
    ['a touch of less than what is ahead', low(100, 400), undefined, '100'],
    ['a touch of a little more', low(100, 608), '4', '0'],
    ['a touch of much more', low(100, 9999), '10', '0'],
    ['a bar through the price', low(99, 1), '10', '300'],
    ['an ask that comes to it', market({ quoteBar: quotes(99, 100, mondayMs + 1), feeds: [quoteFeed] }), '10', '300'],
  ])('%s', (_, seen, filled, ahead) => {
    expect(step(joined(100), seen)).toMatchObject({ filled, ahead, ...(filled === undefined ? {} : { price: '100' }) })
  })

  test('a smaller quote at the price moves the order up', () => {
    const smaller = { ...quotes(100, 102, mondayMs + 1), bidSize: decimal(50) }
    expect(step(joined(100), market({ quoteBar: smaller, feeds: [quoteFeed] })).ahead).toBe('50')
  })

  test('prints at the price count one after the other, and each once', () => {
    const print = (size: number, atMs: number) =>
      ({ kind: 'trade', price: decimal(100), size: decimal(size), atMs }) as const
    const slice = (...ticks: ReturnType<typeof print>[]) => market({ ticks, feeds: [tickFeed] })
    const first = step(joined(100), slice(print(200, mondayMs + 1), print(50, mondayMs + 2)))
    expect(first).toMatchObject({ filled: undefined, ahead: '50' })
    expect(step(first.order, slice(print(200, mondayMs + 1), print(50, mondayMs + 2))).ahead).toBe('50')
    expect(step(first.order, slice(print(54, mondayMs + 3)))).toMatchObject({ filled: '4', ahead: '0' })
  })

  test('a bar counts once', () => {
    const first = step(joined(100), low(100, 400))
    expect(step(first.order, low(100, 400)).ahead).toBe('100')
    expect(step(first.order, low(100, 400, mondayMs + 60_000)).filled).toBe('10')
  })

  test('a queued order never fills before one without a queue would', () => {
    fc.assert(
      fc.property(fc.integer({ min: 98, max: 102 }), fc.integer({ min: 0, max: 2000 }), (price, volume) => {
        const seen = low(price, volume)
        const { filled } = step(joined(100), seen)
        if (filled !== undefined) expect(price).toBeLessThanOrEqual(100)
      }),
    )
  })
})
