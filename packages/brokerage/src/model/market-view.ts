import type { Decimal } from '@qmtl/contracts'
import type { TradingHours } from './trading-hours.ts'

/** Prices of a span `[startMs, endMs)`, epoch milliseconds UTC; usable at its end. A tick has `startMs` = `endMs`. */
export interface PriceSpan {
  readonly open: Decimal
  readonly high: Decimal
  readonly low: Decimal
  readonly close: Decimal
  readonly startMs: number
  readonly endMs: number
}

/** Trades of a span. */
export interface TradeBar extends PriceSpan {
  readonly volume: Decimal
}

/** Best bids and asks of a span, with the sizes of the last ones; a side without a quote has a close of zero. */
export interface QuoteBar {
  readonly bid: PriceSpan
  readonly ask: PriceSpan
  readonly bidSize: Decimal
  readonly askSize: Decimal
  readonly startMs: number
  readonly endMs: number
}

/** One trade print; the auctions of the primary exchange are marked. */
export interface TradeTick {
  readonly kind: 'trade'
  readonly price: Decimal
  readonly size: Decimal
  readonly atMs: number
  readonly auction?: 'open' | 'close'
}

/** One quote; a missing side is zero. */
export interface QuoteTick {
  readonly kind: 'quote'
  readonly bid: Decimal
  readonly ask: Decimal
  readonly bidSize: Decimal
  readonly askSize: Decimal
  readonly atMs: number
}

export type MarketTick = TradeTick | QuoteTick

/** A value of no other kind, such as custom data. */
export interface BareValue {
  readonly value: Decimal
  readonly atMs: number
}

/** A data feed of an instrument. `resolutionMs` is the span of its bars, 0 for ticks. */
export interface Feed {
  readonly type: 'trade-bar' | 'quote-bar' | 'tick' | 'value'
  readonly resolutionMs: number
  readonly hasExtendedHours: boolean
  /** Kept by the system itself (a conversion rate) and not asked for by a user. */
  readonly isInternal: boolean
}

/** Figures of the last sessions, for models of market impact: doubles, because such a model is an estimate. */
export interface DailyFacts {
  /** Standard deviation of the daily returns of the last 252 closes. */
  readonly volatility: number
  /** Mean volume of the last ten days. */
  readonly meanVolume: number
  /** Length of a regular session in seconds. */
  readonly sessionS: number
  /** Absent where fundamentals are not known. */
  readonly sharesOutstanding?: number
}

/**
 * What is known of one instrument's market at an instant: the newest of each kind of data, never of bars that only repeat
 * an old value to fill a gap, and the prices that follow from it.
 */
export interface MarketView {
  readonly tradeBar?: TradeBar
  readonly quoteBar?: QuoteBar
  /** Ticks of the newest slice, in order. */
  readonly ticks?: readonly MarketTick[]
  readonly value?: BareValue
  /** Current price: trade close, tick price or mid of quotes; zero before the first data. */
  readonly price: Decimal
  /** Last quoted sides; the price where there was no quote. */
  readonly bid: Decimal
  readonly ask: Decimal
  /** A quote was received, so that trades no longer stand for bid and ask. */
  readonly hasQuotes?: boolean
  readonly feeds: readonly Feed[]
  readonly hours: TradingHours
  readonly daily?: DailyFacts
}

/** Units of the account currency per unit of a currency: 1 for the account currency, 0 before the first data. */
export type RateOf = (currency: string) => Decimal
