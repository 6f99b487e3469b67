import { isZero, plus, type Decimal } from '@qmtl/contracts'
import { emptyBalance, type Balance, type Book, type Position } from './book.ts'

/** What is added to each figure of a balance; absent figures stay. */
export type BalanceChange = Partial<Balance>

/** The book with one currency's balance changed (`undefined` is the book's own), and these positions. */
export function moveBalance(
  book: Book,
  currency: string | undefined,
  change: BalanceChange,
  positions: ReadonlyMap<string, Position> = book.positions,
): Book {
  const { openingCash, currency: own, foreign } = book
  if (currency === undefined || currency === own) {
    const cash = added(book.cash, change.cash)
    const realisedPnl = added(book.realisedPnl, change.realisedPnl)
    const fees = added(book.fees, change.fees)
    const income = added(book.income, change.income)
    return { openingCash, cash, realisedPnl, fees, income, currency: own, foreign, positions }
  }
  const balances = new Map(foreign)
  balances.set(currency, changed(foreign.get(currency) ?? emptyBalance, change))
  return { ...book, foreign: balances, positions }
}

function changed(balance: Balance, change: BalanceChange): Balance {
  return {
    cash: added(balance.cash, change.cash),
    realisedPnl: added(balance.realisedPnl, change.realisedPnl),
    fees: added(balance.fees, change.fees),
    income: added(balance.income, change.income),
  }
}

function added(figure: Decimal, change: Decimal | undefined): Decimal {
  return change === undefined || isZero(change) ? figure : plus(figure, change)
}
