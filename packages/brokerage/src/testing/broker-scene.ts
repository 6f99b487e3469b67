import { decimal, ONE, ZERO, type Decimal } from '@qmtl/contracts'
import { alwaysOpenHours } from '../hours/trading-hours-of.ts'
import type { MarketView } from '../model/market-view.ts'
import { newOrder } from '../model/order-questions.ts'
import type { OrderState, OrderTerms } from '../model/order-terms.ts'
import type { Security, SecurityClass } from '../model/security.ts'
import type { TradingHours } from '../model/trading-hours.ts'

type Amount = string | number

/** An instrument `TICKER.MARKET` in USD with a multiplier of 1, cents and whole lots, but for what is said. */
export function securityNamed(
  ticker: string,
  market: string,
  assetClass: SecurityClass,
  more: Partial<Security> = {},
): Security {
  return {
    id: `${ticker}.${market.toUpperCase()}`,
    symbol: ticker,
    venue: market.toUpperCase(),
    ticker,
    market,
    assetClass,
    quoteCurrency: 'USD',
    tickSize: decimal('0.01'),
    lotSize: ONE,
    multiplier: ONE,
    calendar: '24/7',
    ...more,
  }
}

/** A spot pair of this market, `BTCUSDT` being `BTC` in `USDT`. */
export function pairNamed(base: string, quote: string, market: string, more: Partial<Security> = {}): Security {
  return securityNamed(`${base}${quote}`, market, 'crypto', {
    baseCurrency: base,
    quoteCurrency: quote,
    lotSize: decimal('0.00000001'),
    ...more,
  })
}

/** A market that has quoted these prices; bid and ask are the price where not given. */
export function marketAt(price: Amount, quote: { bid?: Amount; ask?: Amount; hours?: TradingHours } = {}): MarketView {
  return {
    price: decimal(price),
    bid: decimal(quote.bid ?? price),
    ask: decimal(quote.ask ?? price),
    feeds: [],
    hours: quote.hours ?? alwaysOpenHours,
  }
}

/** Prices and flags of an order in a test, prices as text or number. */
export type OrderDetails = Omit<Partial<OrderTerms>, 'quantity' | 'limitPrice' | 'stopPrice' | 'triggerPrice'> & {
  readonly limitPrice?: Amount
  readonly stopPrice?: Amount
  readonly triggerPrice?: Amount
  /** Bid and ask at submission. */
  readonly snapshot?: readonly [bid: Amount, ask: Amount]
}

/** A submitted order, GTC and of 2024-07-15T15:00Z but for what is said. */
export function orderOf(type: OrderTerms['type'], quantity: Amount, details: OrderDetails = {}): OrderState {
  const { limitPrice, stopPrice, triggerPrice, snapshot, ...more } = details
  const terms: OrderTerms = {
    id: 'order-1',
    instrument: 'TEST.TEST',
    type,
    quantity: decimal(quantity),
    timeInForce: 'GTC',
    createdMs: Date.parse('2024-07-15T15:00:00Z'),
    ...(limitPrice !== undefined && { limitPrice: decimal(limitPrice) }),
    ...(stopPrice !== undefined && { stopPrice: decimal(stopPrice) }),
    ...(triggerPrice !== undefined && { triggerPrice: decimal(triggerPrice) }),
    ...more,
  }
  const seen = snapshot && { snapshot: { bid: decimal(snapshot[0]), ask: decimal(snapshot[1]), last: ZERO } }
  return { ...newOrder(terms), status: 'submitted', ...seen }
}

/** Rates to USD; a currency that is not named has none yet. */
export function ratesOf(rates: Readonly<Record<string, Amount>>): (currency: string) => Decimal {
  return (currency) => decimal(currency === 'USD' ? 1 : (rates[currency] ?? 0))
}
