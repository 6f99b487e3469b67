import { compare, decimal, decimalText, type OrderType } from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MarketView, TradeTick } from '../model/market-view.ts'
import type { OrderState } from '../model/order-terms.ts'
import type { SlippageModel } from '../slippage/slippage-model.ts'
import {
  alwaysOpen,
  equity,
  indexFuture,
  marketWith,
  minuteMs,
  mondayMs,
  orderOf,
  quoteBar,
  quoteFeed,
  spotCrypto,
  tickFeed,
  tradeBar,
  tradeFeed,
  type Ohlc,
} from '../testing/samples.ts'
import { attemptFill, sizeForVolume } from './attempt-fill.ts'
import { fillModel, type FillModel } from './fill-model.ts'

const hourMs = 3_600_000
const tenMs = mondayMs + 10 * hourMs
const none: SlippageModel = { kind: 'none' }
type Kind = FillModel['kind']

function attempt(
  order: OrderState,
  market: MarketView,
  { kind, slippage = none, nowMs = tenMs }: { kind: Kind; slippage?: SlippageModel; nowMs?: number },
) {
  const security = kind === 'equity' ? equity : kind === 'future' ? indexFuture : spotCrypto
  const { order: after, execution } = attemptFill(order, { security, market, model: fillModel(kind), slippage, nowMs })
  return {
    price: execution && decimalText(execution.price),
    quantity: execution && decimalText(execution.quantity),
    warning: execution?.warning,
    isTriggered: after.isTriggered,
    stop: after.stopPrice && decimalText(after.stopPrice),
    after,
  }
}

const barMarket = (prices: Ohlc, change: Partial<MarketView> = {}) =>
  marketWith({ tradeBar: tradeBar(prices, tenMs - minuteMs), ...change })

/** Bar O 50, H 52, L 49, C 51. */
const worked = barMarket([50, 52, 49, 51])

describe('the worked fills', () => {
  test.each<[string, OrderState, string | undefined, string | undefined]>([
    ['buy limit 49.5', orderOf('limit', 1, { limitPrice: '49.5' }), '49.5', '49.5'],
    ['buy limit 49', orderOf('limit', 1, { limitPrice: 49 }), undefined, undefined],
    ['buy limit 53', orderOf('limit', 1, { limitPrice: 53 }), '52', '50'],
    ['sell limit 50.5', orderOf('limit', -1, { limitPrice: '50.5' }), '50.5', '50.5'],
    ['sell limit 48', orderOf('limit', -1, { limitPrice: 48 }), '49', '50'],
    ['buy stop 51.5', orderOf('stop_market', 1, { stopPrice: '51.5' }), '51.5', '51.5'],
    ['buy stop 49.5', orderOf('stop_market', 1, { stopPrice: '49.5' }), '51', '50'],
    ['buy stop 52', orderOf('stop_market', 1, { stopPrice: 52 }), undefined, '52'],
    ['sell stop 49', orderOf('stop_market', -1, { stopPrice: 49 }), undefined, '49'],
    ['sell stop 51.5', orderOf('stop_market', -1, { stopPrice: '51.5' }), '51', '50'],
  ])('%s', (_, order, byDefault, byEquity) => {
    expect(attempt(order, worked, { kind: 'immediate' }).price).toBe(byDefault)
    expect(attempt(order, worked, { kind: 'equity' }).price).toBe(byEquity)
  })

  test.each<Kind>(['immediate', 'equity'])(
    'buy stop limit 51.5 / 50.5 of %s triggers, then fills on the next bar',
    (kind) => {
      const order = orderOf('stop_limit', 1, { stopPrice: '51.5', limitPrice: '50.5' })
      const first = attempt(order, worked, { kind })
      expect(first).toMatchObject({ price: undefined, isTriggered: true })
      const next = barMarket([51, 51, 49, 50])
      expect(attempt(first.after, next, { kind }).price).toBe('50.5')
    },
  )

  test.each<[Kind, string, OrderState]>(
    (['immediate', 'equity'] as const).flatMap((kind): [Kind, string, OrderState][] => [
      [kind, '50', orderOf('trailing_stop', -1, { stopPrice: 48, trailingAmount: 2 })],
      [
        kind,
        '49.4',
        orderOf('trailing_stop', -1, { stopPrice: 48, trailingAmount: '0.05', trailingAsPercentage: true }),
      ],
    ]),
  )('a sell trailing stop of %s moves to %s and does not fill', (kind, stop, order) => {
    expect(attempt(order, worked, { kind })).toMatchObject({ price: undefined, stop })
  })

  test.each([
    ['49.6', '49.5', undefined],
    ['49.45', '49.5', '49.45'],
  ])('buy limit if touched 49 / 49.5 at bid 49.4 and ask %s', (ask, byDefault, byEquity) => {
    const quotes = quoteBar(['49.4', '49.4', '49.4', '49.4'], [ask, ask, ask, ask], tenMs - minuteMs)
    const market = barMarket([50, 52, 49, 51], { quoteBar: quotes, feeds: [tradeFeed, quoteFeed] })
    const order = orderOf('limit_if_touched', 1, { triggerPrice: 49, limitPrice: '49.5' })
    expect(attempt(order, market, { kind: 'immediate' }).price).toBe(byDefault)
    expect(attempt(order, market, { kind: 'equity' }).price).toBe(byEquity)
  })

  test('sell stop 100 on a bar O 98 H 101 L 97 C 99: equity at the open, default at the close', () => {
    const order = orderOf('stop_market', -1, { stopPrice: 100 })
    const market = barMarket([98, 101, 97, 99])
    expect(attempt(order, market, { kind: 'equity' }).price).toBe('98')
    expect(attempt(order, market, { kind: 'immediate' }).price).toBe('99')
  })
})

describe('slippage moves', () => {
  const slippage: SlippageModel = { kind: 'constant', fraction: decimal('0.01') }
  test.each<[string, OrderState, string, string]>([
    ['a market buy up', orderOf('market', 1), '51.51', '51.51'],
    ['a market sell down', orderOf('market', -1), '50.49', '50.49'],
    [
      'a stop: default from the close, equity from the stop',
      orderOf('stop_market', 1, { stopPrice: '51.5' }),
      '51.51',
      '52.01',
    ],
    ['no limit', orderOf('limit', 1, { limitPrice: '49.5' }), '49.5', '49.5'],
  ])('%s', (_, order, byDefault, byEquity) => {
    expect(attempt(order, worked, { kind: 'immediate', slippage }).price).toBe(byDefault)
    expect(attempt(order, worked, { kind: 'equity', slippage }).price).toBe(byEquity)
  })
})

describe('trailing stops', () => {
  test('a buy stop follows a falling market and fills inclusively', () => {
    const order = orderOf('trailing_stop', 1, { stopPrice: 55, trailingAmount: 2 })
    const first = attempt(order, worked, { kind: 'immediate' })
    expect(first).toMatchObject({ price: undefined, stop: '51' })
    expect(attempt(first.after, barMarket([50, 51, 50, 50]), { kind: 'immediate' }).price).toBe('51')
  })

  test('a stop never retreats', () => {
    const bars = fc.array(fc.tuple(fc.integer({ min: 20, max: 80 }), fc.integer({ min: 0, max: 10 })), {
      maxLength: 20,
    })
    fc.assert(
      fc.property(bars, fc.constantFrom(1, -1), fc.boolean(), (prices, side, asPercentage) => {
        const amount = asPercentage ? '0.05' : 2
        let order = orderOf('trailing_stop', side, {
          stopPrice: side > 0 ? 200 : 1,
          trailingAmount: amount,
          trailingAsPercentage: asPercentage,
        })
        for (const [low, width] of prices) {
          const before = order.stopPrice
          order = attempt(order, barMarket([low, low + width, low, low]), { kind: 'immediate' }).after
          if (before && order.stopPrice) expect(compare(order.stopPrice, before) * side).toBeLessThanOrEqual(0)
        }
      }),
    )
  })
})

describe('look-back', () => {
  const types: readonly OrderType[] = ['limit', 'stop_market', 'stop_limit', 'trailing_stop', 'limit_if_touched']
  test.each(types.flatMap((type) => (['immediate', 'equity'] as const).map((kind) => [type, kind] as const)))(
    'a %s of %s neither fills nor moves on a bar that ends at its submission',
    (type, kind) => {
      const order = orderOf(type, 1, {
        limitPrice: 60,
        stopPrice: 50,
        triggerPrice: 60,
        trailingAmount: '0.1',
        createdMs: tenMs,
      })
      expect(attempt(order, worked, { kind })).toMatchObject({ price: undefined, isTriggered: false, stop: '50' })
    },
  )

  test('quotes alone never fill an equity limit or stop', () => {
    const quotes = quoteBar([40, 60, 40, 50], [41, 61, 41, 51], tenMs - minuteMs)
    const market = marketWith({ quoteBar: quotes, feeds: [quoteFeed], price: decimal(50) })
    expect(attempt(orderOf('limit', 1, { limitPrice: 55 }), market, { kind: 'equity' }).price).toBeUndefined()
    expect(attempt(orderOf('stop_market', 1, { stopPrice: 55 }), market, { kind: 'equity' }).price).toBeUndefined()
    expect(attempt(orderOf('limit', 1, { limitPrice: 55 }), market, { kind: 'immediate' }).price).toBe('55')
  })
})

describe('which price a market order gets', () => {
  const quotes = quoteBar([48, 49, 47, '48.5'], [50, 51, 49, '50.5'], tenMs - minuteMs)
  const tick = (price: number): TradeTick => ({ kind: 'trade', price: decimal(price), size: decimal(1), atMs: tenMs })
  test.each<[string, number, Partial<MarketView>, Kind, string]>([
    ['the ask of quotes', 1, { quoteBar: quotes, feeds: [tradeFeed, quoteFeed] }, 'immediate', '50.5'],
    ['the bid of quotes', -1, { quoteBar: quotes, feeds: [tradeFeed, quoteFeed] }, 'immediate', '48.5'],
    ['trades where quotes have no feed', 1, { quoteBar: quotes }, 'immediate', '51'],
    [
      'the last tick first',
      1,
      { ticks: [tick(47)], quoteBar: quotes, feeds: [tickFeed, quoteFeed] },
      'immediate',
      '47',
    ],
    [
      'the newer trade bar by latest price',
      1,
      { quoteBar: { ...quotes, endMs: tenMs - 1 }, feeds: [tradeFeed, quoteFeed] },
      'latest-price',
      '51',
    ],
    [
      'quotes by latest price where both end together',
      1,
      { quoteBar: quotes, feeds: [tradeFeed, quoteFeed] },
      'latest-price',
      '50.5',
    ],
    [
      'of equities a young quote before a newer trade',
      1,
      { quoteBar: { ...quotes, endMs: tenMs - hourMs / 2 }, feeds: [tradeFeed, quoteFeed] },
      'equity',
      '50.5',
    ],
    [
      'of equities the trade once the quote is older than an hour',
      1,
      { quoteBar: { ...quotes, endMs: tenMs - 2 * hourMs }, feeds: [tradeFeed, quoteFeed] },
      'equity',
      '51',
    ],
  ])('%s', (_, quantity, change, kind, price) => {
    const order = orderOf('market', quantity, { createdMs: tenMs })
    expect(attempt(order, barMarket([50, 52, 49, 51], change), { kind }).price).toBe(price)
  })

  test('no feed at all is an error of the equity model', () => {
    const market = barMarket([50, 52, 49, 51], { feeds: [] })
    expect(() => attempt(orderOf('market', 1), market, { kind: 'equity' })).toThrow('finds no price')
  })

  test('a resting order meets a new daily bar at its open', () => {
    const feeds = [{ ...tradeFeed, resolutionMs: 24 * hourMs }]
    const bar = tradeBar([50, 52, 49, 51], mondayMs, mondayMs + 16 * hourMs)
    const market = marketWith({ tradeBar: bar, feeds, hours: alwaysOpen })
    const order = orderOf('market', 1, { createdMs: mondayMs - hourMs })
    expect(attempt(order, market, { kind: 'immediate', nowMs: bar.endMs }).price).toBe('50')
  })
})

describe('stale prices', () => {
  const late = tenMs + 2 * hourMs
  test.each<[string, Partial<MarketView>, string | undefined, string | undefined]>([
    ['hourly data waits', { feeds: [{ ...tradeFeed, resolutionMs: hourMs }] }, undefined, undefined],
    ['minute data waits', {}, undefined, undefined],
    ['a tick feed fills and warns', { feeds: [tradeFeed, tickFeed] }, '51', 'stale-price'],
  ])('%s', (_, change, price, warning) => {
    const order = orderOf('market', 1, { createdMs: late })
    const seen = attempt(order, barMarket([50, 52, 49, 51], change), { kind: 'immediate', nowMs: late })
    expect(seen).toMatchObject({ price, warning })
  })

  test('a price of exactly an hour is fresh', () => {
    const order = orderOf('market', 1, { createdMs: tenMs + hourMs })
    expect(attempt(order, worked, { kind: 'immediate', nowMs: tenMs + hourMs }).price).toBe('51')
  })
})

describe('hours', () => {
  const preMs = mondayMs + 8 * hourMs
  const extended = [{ ...tradeFeed, hasExtendedHours: true }]
  const market = (feeds = extended) => marketWith({ tradeBar: tradeBar([50, 52, 49, 51], preMs - minuteMs), feeds })
  test.each<[OrderType, Kind, boolean]>([
    ['market', 'immediate', false],
    ['market', 'equity', false],
    ['market', 'future', true],
    ['limit', 'immediate', true],
    ['limit', 'equity', true],
    ['stop_limit', 'immediate', true],
    ['limit_if_touched', 'equity', true],
    ['stop_market', 'immediate', false],
    ['stop_market', 'equity', false],
    ['stop_market', 'future', true],
    ['trailing_stop', 'future', false],
  ])('in extended hours a %s order of %s fills: %s', (type, kind, fills) => {
    const order = orderOf(type, 1, { limitPrice: 55, stopPrice: 50, triggerPrice: 55, trailingAmount: 1 })
    expect(attempt(order, market(), { kind, nowMs: preMs }).price !== undefined).toBe(fills)
  })

  test('a limit waits for the session where the feed has no extended hours', () => {
    const order = orderOf('limit', 1, { limitPrice: 55 })
    expect(attempt(order, market([tradeFeed]), { kind: 'equity', nowMs: preMs }).price).toBeUndefined()
  })

  test('the bar that ends at the close still fills, the instant after it does not', () => {
    const closeMs = mondayMs + 16 * hourMs
    const last = marketWith({ tradeBar: tradeBar([50, 52, 49, 51], closeMs - minuteMs) })
    const order = orderOf('market', 1, { createdMs: closeMs - minuteMs })
    expect(attempt(order, last, { kind: 'equity', nowMs: closeMs }).price).toBe('51')
    expect(attempt(order, last, { kind: 'equity', nowMs: closeMs + 1 }).price).toBeUndefined()
  })

  test('a daily bar fills until the end of its date', () => {
    const bar = tradeBar([50, 52, 49, 51], mondayMs + 9.5 * hourMs, mondayMs + 16 * hourMs)
    const daily = marketWith({ tradeBar: bar, feeds: [{ ...tradeFeed, resolutionMs: 24 * hourMs }] })
    const order = orderOf('limit', 1, { limitPrice: '49.5' })
    expect(attempt(order, daily, { kind: 'equity', nowMs: mondayMs + 23 * hourMs }).price).toBe('49.5')
    expect(attempt(order, daily, { kind: 'equity', nowMs: mondayMs + 25 * hourMs }).price).toBeUndefined()
  })
})

describe('auctions', () => {
  const openMs = mondayMs + 9.5 * hourMs
  const dayMs = 24 * hourMs
  const openBar = (startMs: number) => marketWith({ tradeBar: tradeBar([50, 52, 49, 51], startMs) })

  test.each<[string, number, number, string | undefined, string | undefined]>([
    ['sent before the open fills at the first bar of the session', mondayMs + 8 * hourMs, openMs, '50', '50'],
    ['sent during the session waits for the next date', openMs + minuteMs, openMs + 2 * minuteMs, undefined, undefined],
    ['sent during the session fills on the next date', openMs + minuteMs, openMs + dayMs, '50', '50'],
  ])('market on open %s', (_, createdMs, startMs, byDefault, byEquity) => {
    const order = orderOf('market_on_open', 1, { createdMs })
    const nowMs = startMs + minuteMs
    expect(attempt(order, openBar(startMs), { kind: 'immediate', nowMs }).price).toBe(byDefault)
    expect(attempt(order, openBar(startMs), { kind: 'equity', nowMs }).price).toBe(byEquity)
  })

  test('an equity market on open skips a bar of before the session', () => {
    const order = orderOf('market_on_open', 1, { createdMs: mondayMs + 8 * hourMs })
    const early = openBar(openMs - minuteMs)
    expect(attempt(order, early, { kind: 'equity', nowMs: openMs }).price).toBeUndefined()
  })

  test('with ticks it takes the official print, or after a minute the first of the session', () => {
    const order = orderOf('market_on_open', 1, { createdMs: mondayMs + 8 * hourMs })
    const print = (price: number, atMs: number): TradeTick => ({
      kind: 'trade',
      price: decimal(price),
      size: decimal(1),
      atMs,
    })
    const ticks = (...list: TradeTick[]) => marketWith({ ticks: list, feeds: [tickFeed], price: decimal(50) })
    const early = ticks(print(50, openMs + 1))
    expect(attempt(order, early, { kind: 'equity', nowMs: openMs + 1 }).price).toBeUndefined()
    expect(attempt(order, early, { kind: 'equity', nowMs: openMs + minuteMs }).price).toBe('50')
    const official = ticks(print(50, openMs + 1), { ...print(51, openMs + 2), auction: 'open' })
    expect(attempt(order, official, { kind: 'equity', nowMs: openMs + 2 }).price).toBe('51')
  })

  test.each<Kind>(['immediate', 'equity'])(
    'market on close of %s fills once the close has come, on the newest data',
    (kind) => {
      const order = orderOf('market_on_close', 1, { createdMs: mondayMs + 12 * hourMs })
      const closeMs = mondayMs + 16 * hourMs
      expect(attempt(order, worked, { kind, nowMs: closeMs - 1 }).price).toBeUndefined()
      expect(attempt(order, worked, { kind, nowMs: closeMs }).price).toBe('51')
    },
  )

  test.each<OrderType>(['market_on_open', 'market_on_close'])('%s is an error on an always-open market', (type) => {
    const market = barMarket([50, 52, 49, 51], { hours: alwaysOpen })
    expect(() => attempt(orderOf(type, 1), market, { kind: 'immediate' })).toThrow('never closes')
  })
})

describe('volume', () => {
  test.each([
    ['0.1', 1000, 250, '100'],
    ['0.1', 1000, -250, '-100'],
    ['0.1', 1000, 50, '50'],
    ['2', 100, 500, '200'],
    ['0.1', 5, 500, '0'],
  ])('a share of %s of volume %d lets an order of %d fill %s', (fraction, volume, desired, filled) => {
    const limit = { fraction: decimal(fraction), lotSize: decimal(1) }
    expect(decimalText(sizeForVolume(decimal(desired), decimal(volume), limit))).toBe(filled)
  })

  test('an order fills no more than its share of the bar', () => {
    const model = { ...fillModel('equity'), maxVolumeFraction: decimal('0.1') }
    const context = { security: equity, market: worked, model, slippage: none, nowMs: tenMs }
    const { execution } = attemptFill(orderOf('market', 500), context)
    expect(execution && decimalText(execution.quantity)).toBe('100')
  })
})

test('a closed order gets nothing', () => {
  const order: OrderState = { ...orderOf('market', 1), status: 'canceled' }
  expect(attempt(order, worked, { kind: 'equity' }).price).toBeUndefined()
})

test('more slippage never improves a fill', () => {
  const types = fc.constantFrom<OrderType>('market', 'limit', 'stop_market', 'stop_limit', 'trailing_stop')
  const kinds = fc.constantFrom<Kind>('immediate', 'equity')
  const prices = fc.array(fc.integer({ min: 40, max: 60 }), { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(
      types,
      kinds,
      prices,
      fc.constantFrom(1, -1),
      fc.integer({ min: 0, max: 500 }),
      (type, kind, four, side, bps) => {
        const [open = 50, close = 50] = four
        const market = barMarket([open, Math.max(...four), Math.min(...four), close])
        const order = orderOf(type, side, { limitPrice: 50, stopPrice: 50, trailingAmount: 2 })
        const priceWith = (fraction: number) =>
          attempt(order, market, { kind, slippage: { kind: 'bps', bps: decimal(fraction) } }).price
        const [less, more] = [priceWith(bps), priceWith(bps + 10)]
        expect(less === undefined).toBe(more === undefined)
        if (less !== undefined && more !== undefined) {
          expect(compare(decimal(more), decimal(less)) * side).toBeGreaterThanOrEqual(0)
        }
      },
    ),
  )
})
