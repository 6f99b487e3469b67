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
import { openBook, type Accounting, type Book, type LedgerFill, type Position } from './book.ts'
import { moveBalance, type BalanceChange } from './move-balance.ts'

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
 * Moves a book by one fill. Of an asset, cash moves by exactly −value − fee; of a contract by the profit of what was closed,
 * less what daily settlement has paid of it; an exchange moves the cash of both currencies. Realised profits sum exactly to
 * cash received less cash paid once the position is flat, because a full close takes the whole remaining cost. A fee taken
 * in the coin that is bought reduces what is received and counts at the price of the fill; a fee in any other currency than
 * that of the values is no part of `entryFees`. The fill must not be empty.
 */
export function applyFill(book: Book, raw: LedgerFill): AppliedFill {
  const fill = netOfBaseFee(raw)
  const held = book.positions.get(fill.instrument)
  const tradeFee = fill.feeCurrency === undefined || fill.feeCurrency === fill.currency ? fill.fee : ZERO
  if (!held) return { book: moved(book, fill, { rest: opened(fill, fill.quantity, tradeFee) }), closed: undefined }
  if (sign(held.quantity) === sign(fill.quantity)) {
    return { book: moved(book, fill, { rest: increased(held, fill, tradeFee) }), closed: undefined }
  }
  const reduction = reduced(held, fill, tradeFee)
  return { book: moved(book, fill, reduction), closed: reduction.closed }
}

/** The book that these fills, in order, make of an opening cash. */
export function rebuildBook(openingCash: Decimal, fills: Iterable<LedgerFill>): Book {
  let book = openBook(openingCash)
  for (const fill of fills) book = applyFill(book, fill).book
  return book
}

/** Signed value of a fill: quantity × price × multiplier; of an inverse contract −quantity × multiplier ÷ price, in coins. */
export function fillValue(fill: LedgerFill): Decimal {
  return valueAt(fill, fill.quantity, fill.price)
}

interface Terms {
  readonly accounting?: Accounting | undefined
  readonly multiplier: Decimal
}

function valueAt(terms: Terms, quantity: Decimal, price: Decimal): Decimal {
  if (terms.accounting === 'inverse') return negate(dividedBy(times(quantity, terms.multiplier), price))
  return times(times(quantity, price), terms.multiplier)
}

/** A fee that is taken from the coins bought: fewer of them, and a fee of their price. */
function netOfBaseFee(fill: LedgerFill): LedgerFill {
  const { feeCurrency, baseCurrency, accounting, quantity, fee } = fill
  const isSwap = accounting === undefined || accounting === 'asset' || accounting === 'exchange'
  if (!isSwap || feeCurrency === undefined || feeCurrency !== baseCurrency || sign(quantity) < 0) return fill
  const { instrument, price, multiplier, tsMs, currency } = fill
  const received = { quantity: minus(quantity, fee), fee: times(times(fee, price), multiplier) }
  return { instrument, price, multiplier, tsMs, accounting, currency, baseCurrency, ...received }
}

interface Outcome {
  readonly rest: Position | undefined
  readonly closed?: ClosedTrade
  /** Profit of the closed part that daily settlement has paid already. */
  readonly released?: Decimal
}

function moved(book: Book, fill: LedgerFill, outcome: Outcome): Book {
  const positions = new Map(book.positions)
  if (outcome.rest) positions.set(fill.instrument, outcome.rest)
  else positions.delete(fill.instrument)
  const next = moveBalance(book, fill.currency, changeOf(fill, outcome), positions)
  const paid = fill.feeCurrency === undefined || fill.feeCurrency === fill.currency ? next : charged(next, fill)
  return fill.accounting === 'exchange' ? moveBalance(paid, fill.baseCurrency, { cash: fill.quantity }) : paid
}

function changeOf(fill: LedgerFill, { closed, released }: Outcome): BalanceChange {
  const { accounting, feeCurrency, currency } = fill
  const realised = closed?.pnl ?? ZERO
  const fee = feeCurrency === undefined || feeCurrency === currency ? fill.fee : ZERO
  if (accounting !== 'contract' && accounting !== 'inverse') {
    return { cash: negate(plus(fillValue(fill), fee)), realisedPnl: realised, fees: fee }
  }
  const early = released ?? ZERO
  return { cash: minus(minus(realised, early), fee), realisedPnl: realised, fees: fee, income: negate(early) }
}

function charged(book: Book, fill: LedgerFill): Book {
  return moveBalance(book, fill.feeCurrency, { cash: negate(fill.fee), fees: fill.fee })
}

function opened(fill: LedgerFill, quantity: Decimal, entryFees: Decimal): Position {
  const { accounting, currency } = fill
  return {
    instrument: fill.instrument,
    multiplier: fill.multiplier,
    quantity,
    averagePrice: fill.price,
    cost: valueAt(fill, quantity, fill.price),
    entryFees,
    openedMs: fill.tsMs,
    accounting,
    currency,
    settledProfit: undefined,
  }
}

function increased(held: Position, fill: LedgerFill, fee: Decimal): Position {
  const quantity = plus(held.quantity, fill.quantity)
  const entryFees = plus(held.entryFees, fee)
  if (held.accounting === 'inverse') {
    const weighted = plus(times(held.averagePrice, held.quantity), times(fill.price, fill.quantity))
    const averagePrice = dividedBy(weighted, quantity)
    return { ...held, quantity, averagePrice, cost: valueAt(held, quantity, averagePrice), entryFees }
  }
  const cost = plus(held.cost, fillValue(fill))
  return { ...held, quantity, averagePrice: dividedBy(cost, times(quantity, held.multiplier)), cost, entryFees }
}

function reduced(held: Position, fill: LedgerFill, fee: Decimal): Outcome & { readonly closed: ClosedTrade } {
  const size = absolute(held.quantity)
  const filled = absolute(fill.quantity)
  const order = compare(filled, size)
  const settled = held.settledProfit ?? ZERO
  if (order === 0) {
    const whole = { quantity: size, cost: held.cost, fee: plus(held.entryFees, fee) }
    return { rest: undefined, closed: closedTrade(held, fill, whole), released: settled }
  }
  if (order > 0) {
    const exitFee = share(fee, size, filled)
    const closed = closedTrade(held, fill, { quantity: size, cost: held.cost, fee: plus(held.entryFees, exitFee) })
    const rest = opened(fill, plus(held.quantity, fill.quantity), minus(fee, exitFee))
    return { rest, closed, released: settled }
  }
  const cost = valueAt(held, negate(fill.quantity), held.averagePrice)
  const entryFee = share(held.entryFees, filled, size)
  const closed = closedTrade(held, fill, { quantity: filled, cost, fee: plus(entryFee, fee) })
  const quantity = plus(held.quantity, fill.quantity)
  const kept = share(settled, absolute(quantity), size)
  const rest = { ...held, quantity, cost: minus(held.cost, cost), entryFees: minus(held.entryFees, entryFee) }
  return isZero(kept)
    ? { rest, closed, released: settled }
    : { rest: { ...rest, settledProfit: kept }, closed, released: minus(settled, kept) }
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
  const exitValue = valueAt(held, isLong ? part.quantity : negate(part.quantity), fill.price)
  return {
    instrument: held.instrument,
    side: isLong ? 'long' : 'short',
    quantity: part.quantity,
    entryMs: held.openedMs,
    entryPrice: held.averagePrice,
    exitMs: fill.tsMs,
    exitPrice: fill.price,
    fee: part.fee,
    pnl: minus(exitValue, part.cost),
  }
}
