import { plus, times, ZERO, type Decimal } from '@qmtl/contracts'

/**
 * What a fill moves. `asset`: the value is paid and the position is worth its market value. `contract`: nothing is paid at
 * entry, profits alone move cash. `inverse`: the same, counted in the coin that a coin-margined contract pays.
 * `exchange`: base currency against quote currency, as in forex and spot crypto; the position lives in the cash of both.
 */
export type Accounting = 'asset' | 'contract' | 'inverse' | 'exchange'

/** One execution as the ledger sees it: exact, and complete without a look at the instrument. */
export interface LedgerFill {
  readonly instrument: string
  /** Signed: positive buys, negative sells. */
  readonly quantity: Decimal
  /** Price per unit in quote currency. */
  readonly price: Decimal
  /** Contract multiplier: value = quantity × price × multiplier. */
  readonly multiplier: Decimal
  /** In the fee's currency; positive is a cost. */
  readonly fee: Decimal
  /** When it happened, epoch milliseconds UTC. */
  readonly tsMs: number
  /** Default `asset`. */
  readonly accounting?: Accounting | undefined
  /** Currency that values are paid in; absent: the book's own. Of an `inverse` contract its coin. */
  readonly currency?: string | undefined
  /** Absent: as `currency`. */
  readonly feeCurrency?: string | undefined
  /** What an `exchange` fill buys or sells. */
  readonly baseCurrency?: string | undefined
}

/** What a strategy holds of one instrument; a flat position does not exist. */
export interface Position {
  readonly instrument: string
  readonly multiplier: Decimal
  /** Signed, long is positive, never zero. */
  readonly quantity: Decimal
  /** Increases weight it by quantity, reductions keep it, a flip resets it; fees are not part of it. */
  readonly averagePrice: Decimal
  /** Signed value paid for the quantity still held; exact, so that realised profit adds up to the last digit. */
  readonly cost: Decimal
  /** Fees of the entries still held, in `currency`, to be charged to the trades that close them. */
  readonly entryFees: Decimal
  /** When the position was opened from flat, epoch milliseconds UTC. */
  readonly openedMs: number
  /** Default `asset`. */
  readonly accounting?: Accounting | undefined
  /** Currency of cost and profit; absent: the book's own. */
  readonly currency?: string | undefined
  /** Profit of a `contract` already paid out by daily settlement; absent: none. */
  readonly settledProfit?: Decimal | undefined
}

/** Money of one currency. */
export interface Balance {
  /** Settled cash. */
  readonly cash: Decimal
  /** Profit of what was closed, before fees. */
  readonly realisedPnl: Decimal
  readonly fees: Decimal
  /** Received less paid other than by fills: interest, borrow, funding, dividends, settlements on their way. */
  readonly income: Decimal
}

/** Cash and positions of one strategy: a fold of its fills and cash movements over its opening cash. */
export interface Book extends Balance {
  readonly openingCash: Decimal
  /** Currency of the balance itself; absent in a book that keeps one currency only, that of its fills. */
  readonly currency?: string | undefined
  /** Balances of all other currencies. */
  readonly foreign: ReadonlyMap<string, Balance>
  readonly positions: ReadonlyMap<string, Position>
}

const noPositions: ReadonlyMap<string, Position> = new Map()
const noBalances: ReadonlyMap<string, Balance> = new Map()
export const emptyBalance: Balance = { cash: ZERO, realisedPnl: ZERO, fees: ZERO, income: ZERO }

/** A book that has seen no fill. `currency` names its own money; a book without one keeps a single currency. */
export function openBook(openingCash: Decimal, currency?: string): Book {
  return {
    openingCash,
    cash: openingCash,
    realisedPnl: ZERO,
    fees: ZERO,
    income: ZERO,
    currency,
    foreign: noBalances,
    positions: noPositions,
  }
}

/** The balance of a currency; of the book's own when none is named. */
export function balanceOf(book: Book, currency: string | undefined): Balance {
  if (currency === undefined || currency === book.currency) return book
  return book.foreign.get(currency) ?? emptyBalance
}

/** Signed quantity held of an instrument; zero when flat. */
export function positionQuantity(book: Book, instrument: string): Decimal {
  return book.positions.get(instrument)?.quantity ?? ZERO
}

/** Current price of an instrument; called only for those that a book holds. */
export type PriceOf = (instrument: string) => Decimal

/** Signed market value: quantity × price × multiplier. */
export function positionValue(position: Position, price: Decimal): Decimal {
  return times(times(position.quantity, price), position.multiplier)
}

/** Cash plus the market value of every position, exact; of a book that keeps one currency. */
export function bookEquity(book: Book, priceOf: PriceOf): Decimal {
  let equity = book.cash
  for (const position of book.positions.values()) {
    equity = plus(equity, positionValue(position, priceOf(position.instrument)))
  }
  return equity
}
