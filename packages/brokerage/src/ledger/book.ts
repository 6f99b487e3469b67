import { plus, times, ZERO, type Decimal } from '@qmtl/contracts'

/** One execution as the ledger sees it: exact, and complete without a look at the instrument. */
export interface LedgerFill {
  readonly instrument: string
  /** Signed: positive buys, negative sells. */
  readonly quantity: Decimal
  /** Price per unit in quote currency. */
  readonly price: Decimal
  /** Contract multiplier: value = quantity × price × multiplier. */
  readonly multiplier: Decimal
  /** In quote currency; positive is a cost. */
  readonly fee: Decimal
  /** When it happened, epoch milliseconds UTC. */
  readonly tsMs: number
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
  /** Fees of the entries still held, to be charged to the trades that close them. */
  readonly entryFees: Decimal
  /** When the position was opened from flat, epoch milliseconds UTC. */
  readonly openedMs: number
}

/** Cash and positions of one strategy: a fold of its fills over its opening cash. */
export interface Book {
  readonly openingCash: Decimal
  /** Quote currency; every fill moves it by −value − fee. */
  readonly cash: Decimal
  /** Profit of what was closed, before fees. */
  readonly realisedPnl: Decimal
  readonly fees: Decimal
  readonly positions: ReadonlyMap<string, Position>
}

/** A book that has seen no fill. */
export function openBook(openingCash: Decimal): Book {
  return { openingCash, cash: openingCash, realisedPnl: ZERO, fees: ZERO, positions: new Map() }
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

/** Cash plus the market value of every position, exact. */
export function bookEquity(book: Book, priceOf: PriceOf): Decimal {
  let equity = book.cash
  for (const position of book.positions.values()) {
    equity = plus(equity, positionValue(position, priceOf(position.instrument)))
  }
  return equity
}
