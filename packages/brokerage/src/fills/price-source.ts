import { decimal, dividedBy, isZero, maximum, minimum, plus, sign, type Decimal } from '@qmtl/contracts'
import type { BareValue, Feed, MarketTick, MarketView, PriceSpan, QuoteBar, TradeBar } from '../model/market-view.ts'

const two = decimal(2)

/** A bid or an ask. */
export type Side = 'bid' | 'ask'

/** What a buy pays and a sell receives. */
export function sideOf(quantity: Decimal): Side {
  return sign(quantity) > 0 ? 'ask' : 'bid'
}

/** Mid of a quote bar's last sides; the one side where the other is missing. */
export function midOf({ bid, ask }: QuoteBar): Decimal {
  if (isZero(bid.close)) return ask.close
  return isZero(ask.close) ? bid.close : dividedBy(plus(bid.close, ask.close), two)
}

/**
 * Prices for one side from the best data among the feeds: last tick, quote bar, trade bar, else the last known value of any
 * kind. Data of a type without a feed is not looked at. Undefined before the first data.
 */
export function immediatePrices(market: MarketView, side: Side): PriceSpan | undefined {
  const { feeds } = market
  return (
    (hasFeed(feeds, 'tick') ? tickPrices(market, side) : undefined) ??
    (hasFeed(feeds, 'quote-bar') ? quotePrices(market.quoteBar, side) : undefined) ??
    (hasFeed(feeds, 'trade-bar') && market.tradeBar ? completed(market.tradeBar) : undefined) ??
    lastValue(market)
  )
}

/** Prices from whichever of quote bar and trade bar is newer, quotes where they end together. */
export function latestPrices(market: MarketView, side: Side): PriceSpan | undefined {
  const quotes = quotePrices(market.quoteBar, side)
  const { tradeBar } = market
  if (!quotes) return tradeBar ? completed(tradeBar) : immediatePrices(market, side)
  return tradeBar && tradeBar.endMs > quotes.endMs ? completed(tradeBar) : quotes
}

export function hasFeed(feeds: readonly Feed[], type: Feed['type']): boolean {
  return feeds.some((feed) => feed.type === type)
}

export function userFeeds(feeds: readonly Feed[]): readonly Feed[] {
  return feeds.filter(({ isInternal }) => !isInternal)
}

const hourMs = 3_600_000

/** True where a user asked for data and all of it is hourly or daily. */
export function isCoarse({ feeds }: Pick<MarketView, 'feeds'>): boolean {
  const asked = userFeeds(feeds)
  return asked.length > 0 && asked.every(({ resolutionMs }) => resolutionMs >= hourMs)
}

/** One price as a span without length. */
export function spanAt(price: Decimal, atMs: number): PriceSpan {
  return { open: price, high: price, low: price, close: price, startMs: atMs, endMs: atMs }
}

/** Open, high and low that are missing (zero) become the close. */
export function completed(span: PriceSpan): PriceSpan {
  if (!isZero(span.open) && !isZero(span.high) && !isZero(span.low)) return span
  const { close } = span
  const known = (price: Decimal): Decimal => (isZero(price) ? close : price)
  return { ...span, open: known(span.open), high: known(span.high), low: known(span.low) }
}

/** The newest cached data of any kind; of equities trades alone. */
export function newestData(market: MarketView, tradesOnly: boolean): { startMs: number; endMs: number } | undefined {
  const ticks = (market.ticks ?? []).filter((tick) => !tradesOnly || tick.kind === 'trade')
  const spans: readonly ({ startMs: number; endMs: number } | undefined)[] = [
    market.tradeBar,
    tradesOnly ? undefined : market.quoteBar,
    pointOf(ticks.at(-1)),
    tradesOnly ? undefined : pointOf(market.value),
  ]
  let newest: { startMs: number; endMs: number } | undefined
  for (const span of spans) if (span && (!newest || span.endMs > newest.endMs)) newest = span
  return newest
}

function pointOf(data: MarketTick | BareValue | undefined): { startMs: number; endMs: number } | undefined {
  return data && { startMs: data.atMs, endMs: data.atMs }
}

function tickPrices({ ticks, price }: MarketView, side: Side): PriceSpan | undefined {
  const tick = ticks?.at(-1)
  if (!tick) return undefined
  if (tick.kind === 'trade') return spanAt(tick.price, tick.atMs)
  return spanAt(isZero(tick[side]) ? price : tick[side], tick.atMs)
}

function quotePrices(bar: QuoteBar | undefined, side: Side): PriceSpan | undefined {
  if (!bar || isZero(bar[side].close)) return undefined
  return completed({ ...bar[side], startMs: bar.startMs, endMs: bar.endMs })
}

function lastValue(market: MarketView): PriceSpan | undefined {
  const newest = newestData(market, false)
  if (!newest || isZero(market.price)) return undefined
  return spanAt(market.price, newest.endMs)
}

/** The trade ticks of the newest slice as one bar. */
export function tradeTickBar(ticks: readonly MarketTick[] | undefined): PriceSpan | undefined {
  const prices = (ticks ?? []).flatMap((tick) => (tick.kind === 'trade' ? [tick] : []))
  const [first] = prices
  const last = prices.at(-1)
  if (!first || !last) return undefined
  let { price: high, price: low } = first
  for (const { price } of prices) {
    high = maximum(high, price)
    low = minimum(low, price)
  }
  return { open: first.price, high, low, close: last.price, startMs: first.atMs, endMs: last.atMs }
}

/** The trades to which an equity order is held: ticks of the newest slice with a tick feed, else the last trade bar. */
export function tradedBar(market: MarketView): PriceSpan | TradeBar | undefined {
  const asked = userFeeds(market.feeds)
  const fromTicks = hasFeed(asked, 'tick') ? tradeTickBar(market.ticks) : undefined
  return fromTicks ?? (hasFeed(asked, 'trade-bar') ? market.tradeBar : undefined)
}
