import { plus, ZERO } from '@qmtl/contracts'
import type { CashMovement } from '../model/money.ts'
import type { Book } from './book.ts'
import { moveBalance } from './move-balance.ts'

/**
 * Moves a book's cash by something that is no fill: interest, borrow, funding, a dividend, a settlement. What daily
 * settlement pays on a contract is remembered in its position, so that the fill that closes it does not pay it again.
 */
export function applyCash(book: Book, movement: CashMovement): Book {
  const { currency, amount, reason, instrument } = movement
  const next = moveBalance(book, currency, { cash: amount, income: amount })
  if (reason !== 'daily-settlement' || instrument === undefined) return next
  const held = book.positions.get(instrument)
  if (!held) return next
  const positions = new Map(next.positions)
  positions.set(instrument, { ...held, settledProfit: plus(held.settledProfit ?? ZERO, amount) })
  return { ...next, positions }
}
