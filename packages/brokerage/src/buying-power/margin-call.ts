import {
  absolute,
  compare,
  decimal,
  isZero,
  minimum,
  minus,
  negate,
  ONE,
  plus,
  sign,
  times,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'
import type { Position } from '../ledger/book.ts'
import type { Portfolio } from '../model/account.ts'
import { marginNumbers, type MarginNumbers } from './affordability.ts'
import type { FeeOf } from './cash-model.ts'
import { maintenanceMargin } from './margins.ts'
import { unrealisedProfit } from './portfolio-value.ts'
import { sizeForMarginChange } from './target-size.ts'

export interface MarginCallSettings {
  /** Used margin may exceed the value by this fraction before anything is sold. Default 0.10. */
  readonly buffer: Decimal
  /** Remaining margin of at most this fraction of the value warns. Default 0.05. */
  readonly warningFraction: Decimal
}

export const marginCallDefaults: MarginCallSettings = { buffer: decimal('0.10'), warningFraction: decimal('0.05') }

/** A market order that a margin call asks for. */
export interface MarginCallOrder {
  readonly instrument: string
  /** Signed against the position, not zero. */
  readonly quantity: Decimal
}

export interface MarginCall {
  readonly isWarning: boolean
  /** Biggest unrealised loss first; after each fill ask `isMarginRestored`. */
  readonly orders: readonly MarginCallOrder[]
}

/**
 * Looks at the margin of an account. A small rest warns; without any, and beyond the buffer, every position is asked to
 * give back its share of what is missing, and the warning then says whether there is anything to sell. Cash accounts and
 * accounts without used margin have none of it. A position whose currency has no rate is left alone.
 */
export function callMargin(
  portfolio: Portfolio,
  feeOf: (instrument: string) => FeeOf,
  settings: MarginCallSettings = marginCallDefaults,
): MarginCall {
  const numbers = marginNumbers(portfolio)
  if (portfolio.account.type === 'cash' || sign(numbers.used) <= 0) return { isWarning: false, orders: [] }
  if (sign(numbers.remaining) > 0) {
    const isWarning = compare(numbers.remaining, times(numbers.value, settings.warningFraction)) <= 0
    return { isWarning, orders: [] }
  }
  const isBeyond = compare(numbers.used, times(numbers.value, plus(ONE, settings.buffer))) > 0
  const orders = isBeyond ? reductions(portfolio, numbers, feeOf) : []
  return { isWarning: orders.length > 0, orders }
}

/** True once no margin is missing: the rest of the orders of a call is not needed. */
export function isMarginRestored(portfolio: Portfolio): boolean {
  return sign(marginNumbers(portfolio).remaining) >= 0
}

function reductions(
  portfolio: Portfolio,
  { used, value }: MarginNumbers,
  feeOf: (instrument: string) => FeeOf,
): readonly MarginCallOrder[] {
  const missing = minus(used, value)
  return byLoss(portfolio).flatMap((position): MarginCallOrder[] => {
    const security = portfolio.securityOf(position.instrument)
    if (isZero(portfolio.rateOf(security.quoteCurrency))) return []
    const give = minimum(maintenanceMargin(position, security, portfolio), missing)
    const change = sign(position.quantity) > 0 ? negate(give) : give
    const question = { security, portfolio, feeOf: feeOf(security.id), minimumOrderMarginFraction: ZERO }
    const { quantity } = sizeForMarginChange(change, question)
    return isZero(quantity) ? [] : [{ instrument: security.id, quantity: reducing(quantity, position) }]
  })
}

/** Never more than the position: a call closes, it does not flip. */
function reducing(quantity: Decimal, { quantity: held }: Position): Decimal {
  return compare(absolute(quantity), absolute(held)) > 0 ? negate(held) : quantity
}

function byLoss(portfolio: Portfolio): readonly Position[] {
  const profitOf = (position: Position): Decimal => {
    const { price } = portfolio.marketOf(position.instrument)
    return unrealisedProfit(position, portfolio.securityOf(position.instrument), { price, rateOf: portfolio.rateOf })
  }
  return [...portfolio.account.book.positions.values()]
    .map((position) => ({ position, profit: profitOf(position) }))
    .toSorted((a, b) => compare(a.profit, b.profit))
    .map(({ position }) => position)
}
