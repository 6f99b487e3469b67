import { decimal, ONE, ZERO, type OrderType } from '@qmtl/contracts'
import type { BuyingPowerModel } from '../buying-power/buying-power-model.ts'
import { applyFill } from '../ledger/apply-fill.ts'
import { openBook, type LedgerFill } from '../ledger/book.ts'
import { moveBalance } from '../ledger/move-balance.ts'
import type { AccountType, Portfolio } from '../model/account.ts'
import { newOrder } from '../model/order-questions.ts'
import type { Feed, MarketView, PriceSpan, QuoteBar, TradeBar } from '../model/market-view.ts'
import type { OrderState, OrderTerms } from '../model/order-terms.ts'
import type { Security } from '../model/security.ts'
import type { TradingHours } from '../model/trading-hours.ts'

const dayMs = 86_400_000
export const minuteMs = 60_000

/** Hours of a market that never closes, its days those of UTC. */
export const alwaysOpen: TradingHours = {
  isAlwaysOpen: true,
  isOpen: () => true,
  isOpenBetween: () => true,
  nextOpen: () => Number.POSITIVE_INFINITY,
  nextClose: () => Number.POSITIVE_INFINITY,
  localDay: (atMs) => Math.floor(atMs / dayMs),
  localTimeMs: (atMs) => atMs % dayMs,
  instantOf: (day, timeMs) => day * dayMs + timeMs,
  hasSession: () => true,
  lastClose: (day) => (day + 1) * dayMs,
  firstOpen: (day) => day * dayMs,
}

const openMs = 9.5 * 3_600_000
const closeMs = 16 * 3_600_000
const earlyMs = 4 * 3_600_000
const lateMs = 20 * 3_600_000

/** Sessions of 09:30 to 16:00 UTC on every weekday, extended from 04:00 to 20:00. */
export const sessionHours: TradingHours = {
  isAlwaysOpen: false,
  isOpen(atMs, extended) {
    const time = atMs % dayMs
    return (
      hasSession(Math.floor(atMs / dayMs)) &&
      time >= (extended ? earlyMs : openMs) &&
      time < (extended ? lateMs : closeMs)
    )
  },
  isOpenBetween(fromMs, toMs, extended) {
    if (fromMs === toMs) return sessionHours.isOpen(fromMs, extended)
    for (let day = Math.floor(fromMs / dayMs); day * dayMs < toMs; day++) {
      const start = day * dayMs
      const [from, to] = [start + (extended ? earlyMs : openMs), start + (extended ? lateMs : closeMs)]
      if (hasSession(day) && from < toMs && to > fromMs) return true
    }
    return false
  },
  nextOpen: (afterMs, extended) => nextAt(afterMs, extended ? earlyMs : openMs),
  nextClose: (afterMs, extended) => nextAt(afterMs, extended ? lateMs : closeMs),
  localDay: (atMs) => Math.floor(atMs / dayMs),
  localTimeMs: (atMs) => atMs % dayMs,
  instantOf: (day, timeMs) => day * dayMs + timeMs,
  hasSession: (day) => hasSession(day),
  lastClose: (day, extended) => (hasSession(day) ? day * dayMs + (extended ? lateMs : closeMs) : undefined),
  firstOpen: (day, extended) => (hasSession(day) ? day * dayMs + (extended ? earlyMs : openMs) : undefined),
}

function hasSession(day: number): boolean {
  const weekday = (day + 4) % 7
  return weekday >= 1 && weekday <= 5
}

function nextAt(afterMs: number, timeMs: number): number {
  for (let day = Math.floor(afterMs / dayMs); ; day++) {
    if (hasSession(day) && day * dayMs + timeMs > afterMs) return day * dayMs + timeMs
  }
}

/** Monday 2024-01-08 00:00 UTC. */
export const mondayMs = Date.parse('2024-01-08T00:00:00Z')

export const equity: Security = {
  id: 'SPY.XNYS',
  symbol: 'SPY',
  venue: 'XNYS',
  assetClass: 'equity',
  market: 'usa',
  ticker: 'SPY',
  quoteCurrency: 'USD',
  tickSize: decimal('0.01'),
  lotSize: ONE,
  multiplier: ONE,
  calendar: 'XNYS',
}

export const spotCrypto: Security = {
  ...equity,
  id: 'BTC-USD.SIM',
  symbol: 'BTC-USD',
  venue: 'SIM',
  assetClass: 'crypto',
  market: 'sim',
  ticker: 'BTCUSD',
  baseCurrency: 'BTC',
  lotSize: decimal('0.00000001'),
  calendar: '24/7',
}

export const indexFuture: Security = {
  ...equity,
  id: 'ES.CME',
  symbol: 'ES',
  venue: 'CME',
  assetClass: 'future',
  market: 'cme',
  ticker: 'ES',
  multiplier: decimal(50),
  tickSize: decimal('0.25'),
}

export const tradeFeed: Feed = { type: 'trade-bar', resolutionMs: minuteMs, hasExtendedHours: false, isInternal: false }
export const quoteFeed: Feed = { ...tradeFeed, type: 'quote-bar' }
export const tickFeed: Feed = { ...tradeFeed, type: 'tick', resolutionMs: 0 }

/** Open, high, low and close of a span, as text or numbers. */
export type Ohlc = readonly [string | number, string | number, string | number, string | number]

export function spanOf([open, high, low, close]: Ohlc, startMs: number, endMs: number): PriceSpan {
  return { open: decimal(open), high: decimal(high), low: decimal(low), close: decimal(close), startMs, endMs }
}

export function tradeBar(prices: Ohlc, startMs: number, endMs = startMs + minuteMs, volume = 1000): TradeBar {
  return { ...spanOf(prices, startMs, endMs), volume: decimal(volume) }
}

export function quoteBar(bid: Ohlc, ask: Ohlc, startMs: number, endMs = startMs + minuteMs): QuoteBar {
  const sizes = { bidSize: decimal(300), askSize: decimal(500) }
  return { bid: spanOf(bid, startMs, endMs), ask: spanOf(ask, startMs, endMs), ...sizes, startMs, endMs }
}

/** A market that trades one bar, with what else is given. */
export function marketWith(change: Partial<MarketView>): MarketView {
  const price = change.price ?? change.tradeBar?.close ?? ZERO
  return { price, bid: price, ask: price, feeds: [tradeFeed], hours: sessionHours, ...change }
}

type Prices = Readonly<Partial<Record<'limitPrice' | 'stopPrice' | 'triggerPrice' | 'trailingAmount', string | number>>>

/** A submitted order; prices as text or numbers. */
export function orderOf(
  type: OrderType,
  quantity: string | number,
  {
    limitPrice,
    stopPrice,
    triggerPrice,
    trailingAmount,
    ...rest
  }: Partial<Omit<OrderTerms, keyof Prices>> & Prices = {},
): OrderState {
  const terms: OrderTerms = {
    id: 'o1',
    instrument: equity.id,
    type,
    quantity: decimal(quantity),
    timeInForce: 'GTC',
    createdMs: mondayMs,
    ...(limitPrice === undefined ? {} : { limitPrice: decimal(limitPrice) }),
    ...(stopPrice === undefined ? {} : { stopPrice: decimal(stopPrice) }),
    ...(triggerPrice === undefined ? {} : { triggerPrice: decimal(triggerPrice) }),
    ...(trailingAmount === undefined ? {} : { trailingAmount: decimal(trailingAmount) }),
    ...rest,
  }
  return { ...newOrder(terms), status: 'submitted' }
}

/** An account that holds and sees what is given; every currency is worth 1 unless said otherwise. */
export function portfolioOf(given: {
  readonly cash?: string | number
  readonly type?: AccountType
  readonly fills?: readonly LedgerFill[]
  readonly foreign?: Readonly<Record<string, string | number>>
  readonly orders?: readonly OrderState[]
  readonly unsettled?: string | number
  readonly securities?: readonly Security[]
  readonly markets?: Readonly<Record<string, MarketView>>
  readonly rates?: Readonly<Record<string, string | number>>
  readonly buyingPower: BuyingPowerModel
  readonly free?: string
  readonly nowMs?: number
}): Portfolio {
  let book = openBook(decimal(given.cash ?? 0), 'USD')
  for (const [currency, amount] of Object.entries(given.foreign ?? {})) {
    book = moveBalance(book, currency, { cash: decimal(amount) })
  }
  for (const fill of given.fills ?? []) book = applyFill(book, fill).book
  const securities = given.securities ?? [equity]
  return {
    account: {
      type: given.type ?? 'margin',
      currency: 'USD',
      book,
      unsettled:
        given.unsettled === undefined ? [] : [{ currency: 'USD', amount: decimal(given.unsettled), dueMs: mondayMs }],
      orders: new Map((given.orders ?? []).map((order) => [order.terms.id, order])),
      clocks: new Map(),
      markedDays: new Map(),
      volumes: { month: '2024-01', optionContracts: ZERO, forexUsd: ZERO },
    },
    securityOf(id) {
      const found = securities.find((security) => security.id === id)
      if (!found) throw new RangeError(`no sample of ${id}`)
      return found
    },
    marketOf: (id) => given.markets?.[id] ?? marketWith({}),
    rateOf: (currency) => decimal(given.rates?.[currency] ?? 1),
    buyingPowerOf: () => given.buyingPower,
    requiredFreeFraction: decimal(given.free ?? 0),
    nowMs: given.nowMs ?? mondayMs + 12 * 3_600_000,
  }
}

/** A fill of an equity without a fee. */
export function fillOf(quantity: string | number, price: string | number, rest: Partial<LedgerFill> = {}): LedgerFill {
  const plain = { instrument: equity.id, multiplier: ONE, fee: ZERO, tsMs: mondayMs }
  return { ...plain, quantity: decimal(quantity), price: decimal(price), ...rest }
}

/** A market at one price. */
export function marketAt(price: string | number, change: Partial<MarketView> = {}): MarketView {
  return marketWith({ price: decimal(price), bid: decimal(price), ask: decimal(price), ...change })
}
