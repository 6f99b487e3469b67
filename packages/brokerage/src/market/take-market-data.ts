import { dividedBy, decimal, isZero, plus, type Decimal } from '@qmtl/contracts'
import { midOf } from '../fills/price-source.ts'
import type { BareValue, Feed, MarketTick, MarketView, QuoteBar, TradeBar } from '../model/market-view.ts'
import type { SecurityClass } from '../model/security.ts'
import type { TradingHours } from '../model/trading-hours.ts'

/** What comes from a feed. `isFillForward` marks a bar that only repeats an old value to fill a gap. */
export type MarketDatum =
  | { readonly kind: 'trade-bar'; readonly bar: TradeBar; readonly isFillForward?: boolean }
  | { readonly kind: 'quote-bar'; readonly bar: QuoteBar; readonly isFillForward?: boolean }
  /** All ticks of a slice, in order; not empty. */
  | { readonly kind: 'ticks'; readonly ticks: readonly MarketTick[] }
  | { readonly kind: 'value'; readonly value: BareValue }

/** A market of which nothing was received yet. */
export function emptyMarket(feeds: readonly Feed[], hours: TradingHours): MarketView {
  return { price: zero, bid: zero, ask: zero, feeds, hours }
}

/**
 * The market after a datum: the newest of each kind, and the prices that follow. Bars that fill a gap change nothing. The
 * price is that of the newest data: trade close, tick price, mid of quotes; of equities quotes never set it, of others a
 * quote bar wins over a trade bar that ends with it. Bid and ask are the last quoted sides; without any quote the price.
 */
export function takeMarketData(market: MarketView, datum: MarketDatum, assetClass: SecurityClass): MarketView {
  switch (datum.kind) {
    case 'trade-bar':
      return datum.isFillForward === true ? market : withTradeBar(market, datum.bar, assetClass)
    case 'quote-bar':
      return datum.isFillForward === true ? market : withQuoteBar(market, datum.bar, assetClass)
    case 'ticks':
      return datum.ticks.reduce<MarketView>((seen, tick) => withTick(seen, tick, assetClass), {
        ...market,
        ticks: datum.ticks,
      })
    case 'value':
      return priced({ ...market, value: datum.value }, datum.value.value)
  }
}

const zero = decimal(0)
const two = decimal(2)

function withTradeBar(market: MarketView, bar: TradeBar, assetClass: SecurityClass): MarketView {
  const next = { ...market, tradeBar: bar }
  const isQuoted = assetClass !== 'equity' && market.quoteBar !== undefined && market.quoteBar.endMs >= bar.endMs
  return isQuoted ? next : priced(next, bar.close)
}

function withQuoteBar(market: MarketView, bar: QuoteBar, assetClass: SecurityClass): MarketView {
  const next = quoted({ ...market, quoteBar: bar }, bar.bid.close, bar.ask.close)
  const isOlder = market.tradeBar !== undefined && market.tradeBar.endMs > bar.endMs
  return assetClass === 'equity' || isOlder ? next : { ...next, price: midOf(bar) }
}

function withTick(market: MarketView, tick: MarketTick, assetClass: SecurityClass): MarketView {
  if (tick.kind === 'trade') return priced(market, tick.price)
  const next = quoted(market, tick.bid, tick.ask)
  const isWhole = !isZero(tick.bid) && !isZero(tick.ask)
  return assetClass === 'equity' || !isWhole ? next : { ...next, price: dividedBy(plus(tick.bid, tick.ask), two) }
}

/** A side that is missing keeps what was quoted before. */
function quoted(market: MarketView, bid: Decimal, ask: Decimal): MarketView {
  const isFirst = market.hasQuotes !== true
  const [oldBid, oldAsk] = isFirst ? [market.price, market.price] : [market.bid, market.ask]
  return { ...market, hasQuotes: true, bid: isZero(bid) ? oldBid : bid, ask: isZero(ask) ? oldAsk : ask }
}

function priced(market: MarketView, price: Decimal): MarketView {
  return market.hasQuotes === true ? { ...market, price } : { ...market, price, bid: price, ask: price }
}
