import type { Decimal } from '@qmtl/contracts'

/** A fee: never negative. Without a currency nothing is charged at all. */
export interface Fee {
  readonly amount: Decimal
  readonly currency: string | undefined
}

export type CashReason =
  'fill' | 'fee' | 'settlement' | 'daily-settlement' | 'cash-interest' | 'borrow' | 'funding' | 'dividend' | 'split'

/** A change of one currency's settled cash. */
export interface CashMovement {
  readonly currency: string
  /** Signed: positive is received. */
  readonly amount: Decimal
  readonly reason: CashReason
  /** Epoch milliseconds UTC. */
  readonly atMs: number
  readonly instrument?: string
}

/** Money on its way: counts in the value of a portfolio, not in its buying power. */
export interface UnsettledCash {
  readonly currency: string
  readonly amount: Decimal
  /** Settles at the first scan at or after this instant, epoch milliseconds UTC. */
  readonly dueMs: number
}

/** What was traded in a month (`YYYY-MM`, UTC), for fees that fall with volume. */
export interface MonthlyVolumes {
  readonly month: string
  readonly optionContracts: Decimal
  readonly forexUsd: Decimal
}
