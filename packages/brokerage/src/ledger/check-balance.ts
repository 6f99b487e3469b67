import { compare, decimalText, minus, plus, ZERO, type Decimal } from '@qmtl/contracts'
import { fillValue } from './apply-fill.ts'
import type { Book, LedgerFill } from './book.ts'

/** One figure that should agree and does not. */
export interface Imbalance {
  /** Whose figure: a strategy, or `account` for the sum of all. */
  readonly owner: string
  /** `cash`, or the instrument whose quantity differs. */
  readonly figure: string
  /** What the fills give, decimal text. */
  readonly expected: string
  /** What the book says, decimal text. */
  readonly seen: string
}

export interface BalanceCheck {
  readonly balanced: boolean
  readonly imbalances: readonly Imbalance[]
}

/**
 * Holds books against their fills to the last digit: each book's cash change is −Σ value − Σ fees, its positions are Σ
 * quantity, and the books sum to the account that all fills together make. Both maps are keyed by strategy; a strategy
 * with fills and no book is an imbalance.
 */
export function checkBalance(
  books: ReadonlyMap<string, Book>,
  fills: ReadonlyMap<string, readonly LedgerFill[]>,
): BalanceCheck {
  const owners = new Set([...books.keys(), ...fills.keys()])
  const imbalances: Imbalance[] = []
  for (const owner of owners) {
    const book = books.get(owner)
    imbalances.push(...compared(owner, totalsOf(fills.get(owner) ?? []), book ? bookTotals([book]) : totalsOf([])))
  }
  imbalances.push(...compared('account', totalsOf([...fills.values()].flat()), bookTotals([...books.values()])))
  return { balanced: imbalances.length === 0, imbalances }
}

interface Totals {
  readonly cashChange: Decimal
  readonly quantities: ReadonlyMap<string, Decimal>
}

function totalsOf(fills: readonly LedgerFill[]): Totals {
  let cashChange = ZERO
  const quantities = new Map<string, Decimal>()
  for (const fill of fills) {
    cashChange = minus(cashChange, plus(fillValue(fill), fill.fee))
    quantities.set(fill.instrument, plus(quantities.get(fill.instrument) ?? ZERO, fill.quantity))
  }
  return { cashChange, quantities }
}

function bookTotals(books: readonly Book[]): Totals {
  let cashChange = ZERO
  const quantities = new Map<string, Decimal>()
  for (const book of books) {
    cashChange = plus(cashChange, minus(book.cash, book.openingCash))
    for (const { instrument, quantity } of book.positions.values()) {
      quantities.set(instrument, plus(quantities.get(instrument) ?? ZERO, quantity))
    }
  }
  return { cashChange, quantities }
}

function compared(owner: string, expected: Totals, seen: Totals): Imbalance[] {
  const imbalances: Imbalance[] = []
  const compareFigure = (figure: string, wanted: Decimal, actual: Decimal) => {
    if (compare(wanted, actual) === 0) return
    imbalances.push({ owner, figure, expected: decimalText(wanted), seen: decimalText(actual) })
  }
  compareFigure('cash', expected.cashChange, seen.cashChange)
  for (const instrument of new Set([...expected.quantities.keys(), ...seen.quantities.keys()])) {
    compareFigure(instrument, expected.quantities.get(instrument) ?? ZERO, seen.quantities.get(instrument) ?? ZERO)
  }
  return imbalances
}
