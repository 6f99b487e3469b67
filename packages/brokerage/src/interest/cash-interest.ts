import {
  absolute,
  compare,
  decimal,
  dividedBy,
  isZero,
  minimum,
  minus,
  negate,
  plus,
  sign,
  times,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'
import type { CashMovement } from '../model/money.ts'

const dayMs = 86_400_000

/** A rate per year, as a fraction, for the part of a balance up to `upTo` of its currency; the last tier needs no bound. */
export interface RateTier {
  readonly upTo?: Decimal
  readonly rate: Decimal
}

/** What cash of one currency receives, and what is owed of it pays; tiers ascend. */
export interface CashRates {
  readonly cash: readonly RateTier[]
  readonly borrow: readonly RateTier[]
  /** Days of the year of the currency's money market: 365 for GBP, HKD and others, 360 for most. */
  readonly daysOfYear: 360 | 365
}

/** Balances of an account, and what its cash earns and costs. */
export interface CashAccrualInput {
  /** Settled cash by currency, negative where owed. */
  readonly balances: ReadonlyMap<string, Decimal>
  /** A currency without rates bears nothing. */
  readonly rates: ReadonlyMap<string, CashRates>
  /** Epoch milliseconds UTC. */
  readonly nowMs: number
  /** UTC day up to which interest is paid, in days since 1970-01-01, as the last call gave it; absent: the first call. */
  readonly paidDay?: number
}

/** What moves, and the day to remember. */
export interface CashAccrual {
  readonly movements: readonly CashMovement[]
  readonly paidDay: number
}

/**
 * Interest of all cash, once per UTC date: the first call of a date moves that of all whole days since the last one, on the balances
 * as they are now; the very first only begins to count. Signs and rounding as in `cashInterest`; a currency that earns nothing is left
 * out.
 */
export function accrueCash({ balances, rates, nowMs, paidDay }: CashAccrualInput): CashAccrual {
  const today = Math.floor(nowMs / dayMs)
  if (paidDay === undefined || today <= paidDay) return { movements: [], paidDay: paidDay ?? today }
  const movements = [...balances].flatMap(([currency, balance]): readonly CashMovement[] => {
    const rate = rates.get(currency)
    const amount = rate ? cashInterest(balance, rate, today - paidDay) : ZERO
    return isZero(amount) ? [] : [{ currency, amount, reason: 'cash-interest', atMs: nowMs }]
  })
  return { movements, paidDay: today }
}

/**
 * Interest of a balance over so many whole days, in its currency: positive is received. Each part of the balance bears the rate of
 * its tier: Σ part × rate × days ÷ days of the year, divided once (34 digits, half to even). What lies beyond the last bound bears
 * nothing. QMTL's own model; no broker's rates come with it.
 */
export function cashInterest(balance: Decimal, rates: CashRates, days: number): Decimal {
  const isOwed = sign(balance) < 0
  const size = absolute(balance)
  let perYear = ZERO
  let reached = ZERO
  for (const { upTo, rate } of isOwed ? rates.borrow : rates.cash) {
    const end = upTo ? minimum(upTo, size) : size
    if (compare(end, reached) <= 0) continue
    perYear = plus(perYear, times(minus(end, reached), rate))
    reached = end
  }
  const amount = dividedBy(times(perYear, decimal(days)), decimal(rates.daysOfYear))
  return isOwed ? negate(amount) : amount
}
