import {
  absolute,
  compare,
  dividedBy,
  isZero,
  minus,
  negate,
  plus,
  quantizeDown,
  sign,
  times,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'
import { positionQuantity } from '../ledger/book.ts'
import type { Portfolio } from '../model/account.ts'
import type { Security } from '../model/security.ts'
import { marginNumbers, type MarginNumbers } from './affordability.ts'
import type { FeeOf } from './cash-model.ts'
import { initialMargin, maintenanceMargin } from './margins.ts'

export interface SizeQuestion {
  readonly security: Security
  readonly portfolio: Portfolio
  readonly feeOf: FeeOf
  /** Orders that move less margin than this fraction of the portfolio's value are not worth it; 0 sends all. */
  readonly minimumOrderMarginFraction: Decimal
}

/** A signed order size; zero has a reason. */
export interface Sizing {
  readonly quantity: Decimal
  readonly reason?: 'at-target' | 'too-small' | 'no-price' | 'below-a-lot'
}

/**
 * Size of the order after which the margin of a position is this signed fraction of the portfolio's value, fee included. A
 * size that its fee makes too large gives way to a smaller one until it fits, so it always settles.
 */
export function sizeForMargin(fraction: Decimal, question: SizeQuestion): Sizing {
  const { security, portfolio } = question
  const held = positionQuantity(portfolio.account.book, security.id)
  if (isZero(fraction)) return isZero(held) ? { quantity: ZERO, reason: 'at-target' } : { quantity: negate(held) }
  const unit = absolute(initialMargin(security.lotSize, security, portfolio))
  if (isZero(unit)) return { quantity: ZERO, reason: 'no-price' }
  const numbers = marginNumbers(portfolio)
  const target = targetOf(fraction, numbers, { fee: ZERO, portfolio })
  const current = initialMargin(held, security, portfolio)
  if (isTooSmall(minus(target, current), numbers, question)) return { quantity: ZERO, reason: 'too-small' }
  return settledSize(target, { ...question, fraction, numbers, held, lotMargin: unit })
}

interface Search extends SizeQuestion {
  readonly fraction: Decimal
  readonly numbers: MarginNumbers
  readonly held: Decimal
  readonly lotMargin: Decimal
}

function settledSize(first: Decimal, search: Search): Sizing {
  const { fraction, numbers, portfolio, security, held } = search
  let target = first
  for (;;) {
    const quantity = lotsToward(target, search)
    if (isZero(quantity)) return { quantity, reason: 'below-a-lot' }
    const fee = search.feeOf(quantity)
    target = targetOf(fraction, numbers, { fee, portfolio })
    const margin = initialMargin(plus(held, quantity), security, portfolio)
    if (compare(absolute(margin), absolute(target)) <= 0) return { quantity }
  }
}

/** −position + target ÷ unit margin, in lots toward −∞ for a long target and toward +∞ for a short one. */
function lotsToward(target: Decimal, search: Search): Decimal {
  const { held, lotMargin, security } = search
  const { lotSize } = security
  const exact = plus(negate(held), times(dividedBy(target, lotMargin), lotSize))
  let quantity = quantizeDown(exact, lotSize)
  const isLong = sign(target) > 0
  const isPast = isLong ? compare(quantity, exact) > 0 : compare(quantity, exact) < 0
  const back = isLong ? negate(lotSize) : lotSize
  if (isPast) quantity = plus(quantity, back)
  // Margins that are not proportional (written options) may still be beyond the target.
  while (!isZero(quantity) && isBeyond(plus(held, quantity), target, search)) quantity = plus(quantity, back)
  return quantity
}

function isBeyond(position: Decimal, target: Decimal, { security, portfolio }: Search): boolean {
  const margin = initialMargin(position, security, portfolio)
  return sign(target) > 0 ? compare(margin, target) > 0 : compare(margin, target) < 0
}

function targetOf(
  fraction: Decimal,
  { value }: MarginNumbers,
  { fee, portfolio }: { readonly fee: Decimal; readonly portfolio: Portfolio },
): Decimal {
  return times(minus(minus(value, fee), times(value, portfolio.requiredFreeFraction)), fraction)
}

function isTooSmall(change: Decimal, { value, remaining }: MarginNumbers, question: SizeQuestion): boolean {
  const { minimumOrderMarginFraction } = question
  if (sign(minimumOrderMarginFraction) <= 0 || sign(remaining) <= 0) return false
  return compare(absolute(change), times(value, minimumOrderMarginFraction)) < 0
}

/**
 * Size for a target of `fraction` of the portfolio's value held in the instrument: its margin is that share, less what
 * stays free, divided by the leverage.
 */
export function sizeForHoldings(
  fraction: Decimal,
  question: SizeQuestion & { readonly freePortfolioFraction: Decimal; readonly leverage: Decimal },
): Sizing {
  const invested = minus(fraction, times(fraction, question.freePortfolioFraction))
  return sizeForMargin(dividedBy(invested, question.leverage), question)
}

/** Size of the order that changes the margin a position binds by a signed amount of account currency. */
export function sizeForMarginChange(change: Decimal, question: SizeQuestion): Sizing {
  const { security, portfolio } = question
  const { value } = marginNumbers(portfolio)
  const position = portfolio.account.book.positions.get(security.id)
  const bound = position ? maintenanceMargin(position, security, portfolio) : ZERO
  const signed = position && sign(position.quantity) < 0 ? negate(bound) : bound
  return sizeForMargin(dividedBy(plus(signed, change), value), question)
}
