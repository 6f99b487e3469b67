import { formatInstant, ZERO, type Decimal } from '@qmtl/contracts'
import { openBook } from '../ledger/book.ts'
import type { Account, AccountType } from '../model/account.ts'
import type { MonthlyVolumes } from '../model/money.ts'

/** An account with its opening cash and nothing else. */
export function openAccount(terms: {
  readonly type: AccountType
  readonly currency: string
  readonly cash: Decimal
}): Account {
  return {
    type: terms.type,
    currency: terms.currency,
    book: openBook(terms.cash, terms.currency),
    unsettled: [],
    orders: new Map(),
    clocks: new Map(),
    markedDays: new Map(),
    volumes: { month: '', optionContracts: ZERO, forexUsd: ZERO },
  }
}

/** The volumes of the month of an instant (UTC): those so far, or none in a new month. */
export function volumesAt(volumes: MonthlyVolumes, nowMs: number): MonthlyVolumes {
  const month = formatInstant(nowMs).slice(0, 7)
  return month === volumes.month ? volumes : { month, optionContracts: ZERO, forexUsd: ZERO }
}
