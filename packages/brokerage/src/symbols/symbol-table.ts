import { decimal, ONE, type Decimal } from '@qmtl/contracts'
import { calendarOf } from '../hours/market-calendars.ts'
import type { Security, SecurityClass } from '../model/security.ts'

/** Contract terms of an instrument, or of all of a market and class. */
export interface SymbolProperties {
  /** Market in lower case: `usa`, `cme`, `binance`. */
  readonly market: string
  /** Ticker, of a future its family; `[*]` stands for any. */
  readonly symbol: string
  readonly assetClass: SecurityClass
  readonly description: string
  readonly quoteCurrency: string
  /** Quote currency per point of price and unit of quantity. */
  readonly multiplier: Decimal
  /** Smallest step of a price, in quote currency. */
  readonly tickSize: Decimal
  /** Smallest step of a quantity. */
  readonly lotSize: Decimal
  /** Ticker at the market itself. */
  readonly marketTicker: string
  /** Smallest order: a notional at Binance venues, a quantity at others; absent: none. */
  readonly minimumOrderSize?: Decimal
  /** The exchange quotes prices multiplied by it. */
  readonly priceMagnifier: Decimal
  /** An option's strike is that of its ticker times it. */
  readonly strikeMultiplier: Decimal
}

/** Which instrument's terms are asked for. */
export interface SymbolKey {
  readonly market: string
  readonly symbol: string
  readonly assetClass: SecurityClass
}

/** Terms by market, class and ticker. */
export type SymbolTable = ReadonlyMap<string, SymbolProperties>

/** A symbol that stands for all of its market and class. */
export const anySymbol = '[*]'

/** A table of rows; a later row replaces an earlier one of the same instrument. */
export function createSymbolTable(rows: Iterable<SymbolProperties>): SymbolTable {
  return new Map([...rows].map((row) => [keyOf(row), row]))
}

/**
 * Terms of an instrument: its own row, else that of all of its market and class, else the default: a multiplier and a lot of 1, a tick
 * of 0.01, the account's currency and no minimum.
 */
export function symbolProperties(table: SymbolTable, key: SymbolKey, accountCurrency: string): SymbolProperties {
  const row = table.get(keyOf(key)) ?? table.get(keyOf({ ...key, symbol: anySymbol }))
  if (row) return row.symbol === anySymbol ? { ...row, symbol: key.symbol, marketTicker: key.symbol } : row
  return {
    ...key,
    description: '',
    quoteCurrency: accountCurrency,
    multiplier: ONE,
    tickSize: cent,
    lotSize: ONE,
    marketTicker: key.symbol,
    priceMagnifier: ONE,
    strikeMultiplier: ONE,
  }
}

/** What an instrument is besides its terms. */
export interface SecurityNaming extends SymbolKey {
  /** Calendar id; default that of the market, where one is known. */
  readonly calendar?: string
  /** Venue part of the id; default the market in upper case. */
  readonly venue?: string
}

/**
 * The instrument `SYMBOL.VENUE` with the terms of the table. The base currency of pairs is the symbol without the quote currency that
 * ends it. What no table of symbols knows (option terms, margins, perpetual or coin-margined) is for the caller to add. Throws
 * `E_INVALID_PARAMETER` where no calendar is named and none is known for the market.
 */
export function securityFrom(table: SymbolTable, naming: SecurityNaming, accountCurrency: string): Security {
  const { market, symbol, assetClass, venue = market.toUpperCase() } = naming
  const terms = symbolProperties(table, naming, accountCurrency)
  const { quoteCurrency, tickSize, lotSize, multiplier, minimumOrderSize } = terms
  const isPair = pairClasses.includes(assetClass) && symbol.endsWith(quoteCurrency) && symbol !== quoteCurrency
  return {
    id: `${symbol}.${venue}`,
    symbol,
    venue,
    assetClass,
    market,
    ticker: symbol,
    quoteCurrency,
    tickSize,
    lotSize,
    multiplier,
    calendar: naming.calendar ?? calendarOf(market, assetClass, symbol),
    ...(minimumOrderSize && { minimumOrderSize }),
    ...(isPair && { baseCurrency: symbol.slice(0, -quoteCurrency.length) }),
  }
}

const cent = decimal('0.01')
const pairClasses: readonly SecurityClass[] = ['crypto', 'forex', 'cryptoFuture']

function keyOf({ market, assetClass, symbol }: SymbolKey): string {
  return `${market} ${assetClass} ${symbol}`
}
