import { compare, dividedBy, isZero, minus, quantizeDown, times, ZERO, type Decimal } from '@qmtl/contracts'
import type { Book, Position } from './book.ts'
import { moveBalance } from './move-balance.ts'

/** A split or reverse split: `factor` 0.5 is two for one, 10 is one for ten. */
export interface Split {
  readonly instrument: string
  readonly factor: Decimal
  /** Last price before the split: what a fraction of a share is paid out at, adjusted. */
  readonly price: Decimal
  /** Shares are held in multiples of this. */
  readonly lotSize: Decimal
}

/**
 * Applies a split to the position of an instrument: quantity ÷ factor, average price × factor, the cost unchanged. What is
 * less than a lot after it is paid out at the adjusted price and its share of the cost realised, so the value of the book
 * stays the same to the last digit.
 */
export function applySplit(book: Book, split: Split): Book {
  const held = book.positions.get(split.instrument)
  if (!held) return book
  const exact = dividedBy(held.quantity, split.factor)
  const quantity = quantizeDown(exact, split.lotSize)
  const averagePrice = times(held.averagePrice, split.factor)
  const positions = new Map(book.positions)
  const cashPrice = times(split.price, split.factor)
  const leftover = minus(exact, quantity)
  const cost = costOf(held, quantity, averagePrice, leftover)
  if (isZero(quantity)) positions.delete(split.instrument)
  else positions.set(split.instrument, { ...held, quantity, averagePrice, cost })
  if (compare(leftover, ZERO) === 0) return { ...book, positions }
  const paid = times(times(leftover, cashPrice), held.multiplier)
  const realisedPnl = minus(paid, minus(held.cost, cost))
  return moveBalance({ ...book, positions }, held.currency, { cash: paid, realisedPnl })
}

function costOf(held: Position, quantity: Decimal, averagePrice: Decimal, leftover: Decimal): Decimal {
  if (isZero(leftover)) return held.cost
  return times(times(quantity, averagePrice), held.multiplier)
}
