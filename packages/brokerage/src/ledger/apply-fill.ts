import {
  absolute,
  compare,
  dividedBy,
  isZero,
  minus,
  negate,
  plus,
  sign,
  times,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'
import { openBook, type Book, type LedgerFill, type Position } from './book.ts'

/** The part of a position that one fill closed. */
export interface ClosedTrade {
  readonly instrument: string
  readonly side: 'long' | 'short'
  /** Unsigned. */
  readonly quantity: Decimal
  readonly entryMs: number
  readonly entryPrice: Decimal
  readonly exitMs: number
  readonly exitPrice: Decimal
  /** Entry and exit fees of this quantity. */
  readonly fee: Decimal
  /** Profit before fees. */
  readonly pnl: Decimal
}

export interface AppliedFill {
  readonly book: Book
  /** What the fill closed, if it reduced or flipped a position. */
  readonly closed: ClosedTrade | undefined
}

/**
 * Moves a book by one fill. Cash moves by exactly −value − fee; realised profits sum exactly to cash received less cash
 * paid once the position is flat, because a full close takes the whole remaining cost. The fill must not be empty.
 */
export function applyFill(book: Book, fill: LedgerFill): AppliedFill {
  const held = book.positions.get(fill.instrument)
  if (!held) return { book: moved(book, fill, opened(fill, fill.quantity, fill.fee), ZERO), closed: undefined }
  if (sign(held.quantity) === sign(fill.quantity)) {
    return { book: moved(book, fill, increased(held, fill), ZERO), closed: undefined }
  }
  const { rest, closed } = reduced(held, fill)
  return { book: moved(book, fill, rest, closed.pnl), closed }
}

/** The book that these fills, in order, make of an opening cash. */
export function rebuildBook(openingCash: Decimal, fills: Iterable<LedgerFill>): Book {
  let book = openBook(openingCash)
  for (const fill of fills) book = applyFill(book, fill).book
  return book
}

function moved(book: Book, fill: LedgerFill, position: Position | undefined, realised: Decimal): Book {
  const positions = new Map(book.positions)
  if (position) positions.set(fill.instrument, position)
  else positions.delete(fill.instrument)
  return {
    openingCash: book.openingCash,
    cash: minus(minus(book.cash, fillValue(fill)), fill.fee),
    realisedPnl: plus(book.realisedPnl, realised),
    fees: plus(book.fees, fill.fee),
    positions,
  }
}

/** Signed value of a fill: quantity × price × multiplier. */
export function fillValue(fill: LedgerFill): Decimal {
  return times(times(fill.quantity, fill.price), fill.multiplier)
}

function opened(fill: LedgerFill, quantity: Decimal, entryFees: Decimal): Position {
  return {
    instrument: fill.instrument,
    multiplier: fill.multiplier,
    quantity,
    averagePrice: fill.price,
    cost: times(times(quantity, fill.price), fill.multiplier),
    entryFees,
    openedMs: fill.tsMs,
  }
}

function increased(held: Position, fill: LedgerFill): Position {
  const quantity = plus(held.quantity, fill.quantity)
  const cost = plus(held.cost, fillValue(fill))
  return {
    ...held,
    quantity,
    averagePrice: dividedBy(cost, times(quantity, held.multiplier)),
    cost,
    entryFees: plus(held.entryFees, fill.fee),
  }
}

function reduced(held: Position, fill: LedgerFill): { rest: Position | undefined; closed: ClosedTrade } {
  const size = absolute(held.quantity)
  const filled = absolute(fill.quantity)
  const order = compare(filled, size)
  if (order === 0) {
    const whole = { quantity: size, cost: held.cost, fee: plus(held.entryFees, fill.fee) }
    return { rest: undefined, closed: closedTrade(held, fill, whole) }
  }
  if (order > 0) {
    const exitFee = share(fill.fee, size, filled)
    const closed = closedTrade(held, fill, { quantity: size, cost: held.cost, fee: plus(held.entryFees, exitFee) })
    return { rest: opened(fill, plus(held.quantity, fill.quantity), minus(fill.fee, exitFee)), closed }
  }
  const cost = times(times(negate(fill.quantity), held.averagePrice), held.multiplier)
  const entryFee = share(held.entryFees, filled, size)
  const closed = closedTrade(held, fill, { quantity: filled, cost, fee: plus(entryFee, fill.fee) })
  const rest = {
    ...held,
    quantity: plus(held.quantity, fill.quantity),
    cost: minus(held.cost, cost),
    entryFees: minus(held.entryFees, entryFee),
  }
  return { rest, closed }
}

/** amount × part ÷ whole; the caller keeps amount − share for the rest, so no digit is lost or made. */
function share(amount: Decimal, part: Decimal, whole: Decimal): Decimal {
  return isZero(amount) ? ZERO : dividedBy(times(amount, part), whole)
}

function closedTrade(
  held: Position,
  fill: LedgerFill,
  part: { readonly quantity: Decimal; readonly cost: Decimal; readonly fee: Decimal },
): ClosedTrade {
  const isLong = sign(held.quantity) > 0
  const exitSize = times(times(part.quantity, fill.price), fill.multiplier)
  return {
    instrument: held.instrument,
    side: isLong ? 'long' : 'short',
    quantity: part.quantity,
    entryMs: held.openedMs,
    entryPrice: held.averagePrice,
    exitMs: fill.tsMs,
    exitPrice: fill.price,
    fee: part.fee,
    pnl: minus(isLong ? exitSize : negate(exitSize), part.cost),
  }
}
