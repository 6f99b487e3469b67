import { plus } from '@qmtl/contracts'
import { emptyBalance, type Balance, type Book } from './book.ts'

/** What is added to each figure of a balance; absent figures stay. */
export type BalanceChange = Partial<Balance>

/** The book with one currency's balance changed; `undefined` is the book's own. */
export function moveBalance(book: Book, currency: string | undefined, change: BalanceChange): Book {
  if (currency === undefined || currency === book.currency) return { ...book, ...changed(book, change) }
  const foreign = new Map(book.foreign)
  foreign.set(currency, changed(book.foreign.get(currency) ?? emptyBalance, change))
  return { ...book, foreign }
}

function changed(balance: Balance, change: BalanceChange): Balance {
  return {
    cash: change.cash ? plus(balance.cash, change.cash) : balance.cash,
    realisedPnl: change.realisedPnl ? plus(balance.realisedPnl, change.realisedPnl) : balance.realisedPnl,
    fees: change.fees ? plus(balance.fees, change.fees) : balance.fees,
    income: change.income ? plus(balance.income, change.income) : balance.income,
  }
}
