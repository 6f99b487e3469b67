import type { Decimal } from '@qmtl/contracts'
import type { AssetClass, Instrument } from '@qmtl/market'

/** Classes of instruments that rules of brokers tell apart. */
export type SecurityClass =
  AssetClass | 'option' | 'indexOption' | 'index' | 'cfd' | 'cryptoFuture' | 'futureOption' | 'base'

/** What an option gives a right to. */
export interface OptionTerms {
  readonly right: 'call' | 'put'
  readonly style: 'american' | 'european'
  readonly settlement: 'physical' | 'cash'
  readonly strike: Decimal
  /** Id of the underlying instrument; its price values the margin of a short option. */
  readonly underlying: string
  /** Ticker of the underlying, by which fee tables look it up: `SPX`. */
  readonly underlyingTicker: string
  /** Units of the underlying per contract: 100. */
  readonly unit: Decimal
}

/** Money that a future asks for per contract, in quote currency. */
export interface FutureMargin {
  readonly initial: Decimal
  readonly maintenance: Decimal
}

/** Margins of a future: overnight, and lower ones within the regular session where a broker grants them. */
export interface FutureMargins {
  readonly overnight: FutureMargin
  readonly intraday?: FutureMargin
  /** Milliseconds before the regular close from which the overnight margins apply again. */
  readonly closingMs?: number
}

/** An instrument with every fact that a rule of a broker asks for. */
export interface Security extends Omit<Instrument, 'assetClass'> {
  readonly assetClass: SecurityClass
  /** Market in lower case, by which fee tables and properties look it up: `usa`, `cme`, `binance`. */
  readonly market: string
  /** Ticker without market: `SPY`, `EURUSD`, `BTCUSDT`; of a future its family: `ES`. */
  readonly ticker: string
  /** What a pair buys: spot crypto, forex, and the coin of a coin-margined contract. */
  readonly baseCurrency?: string
  /** Smallest order: a notional at Binance venues, a quantity at others. Absent: every size passes. */
  readonly minimumOrderSize?: Decimal
  /** The contract pays in its base coin, its notional is quantity × multiplier ÷ price. */
  readonly isCoinMargined?: boolean
  /** Without expiry: pays funding. */
  readonly isPerpetual?: boolean
  /** Prices are adjusted for splits and dividends, so that orders are not rounded to a tick. */
  readonly hasAdjustedPrices?: boolean
  readonly option?: OptionTerms
  readonly margins?: FutureMargins
}
