import {
  absolute,
  compare,
  decimal,
  dividedBy,
  minimum,
  minus,
  negate,
  plus,
  sign,
  times,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'

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
