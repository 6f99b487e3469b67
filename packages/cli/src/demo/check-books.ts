import { decimalText, type Decimal, type Fill } from '@qmtl/contracts'
import { bookEquity, checkBalance, ledgerFillOf, type Book } from '@qmtl/brokerage'
import type { Instrument } from '@qmtl/market'
import type { DemoBook } from './demo-report.ts'

export interface BookCheck {
  readonly books: ReadonlyMap<string, Book>
  readonly fills: readonly Fill[]
  readonly names: ReadonlyMap<string, string>
  readonly instrumentOf: (id: string) => Instrument
  readonly priceOf: (instrument: string) => Decimal
}

/** Holds the books against the recorded fills, to the last digit, and sums them up. */
export function checkBooks(check: BookCheck): { readonly balanced: boolean; readonly books: readonly DemoBook[] } {
  const { books, fills, names, instrumentOf, priceOf } = check
  const byStrategy = new Map([...books.keys()].map((id) => [id, fills.filter((fill) => fill.strategy_id === id)]))
  const ledgerFills = new Map(
    [...byStrategy].map(([id, own]) => [id, own.map((fill) => ledgerFillOf(fill, instrumentOf(fill.instrument)))]),
  )
  const rows = [...books].map(([id, book]): DemoBook => ({
    strategy_id: id,
    name: names.get(id) ?? id,
    cash: decimalText(book.cash),
    equity: decimalText(bookEquity(book, priceOf)),
    fees: decimalText(book.fees),
    fills: byStrategy.get(id)?.length ?? 0,
  }))
  return { balanced: checkBalance(books, ledgerFills).balanced, books: rows }
}
