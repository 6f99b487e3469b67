import {
  absolute,
  compare,
  decimalText,
  dividedBy,
  isZero,
  maximum,
  minus,
  negate,
  plus,
  sign,
  times,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'
import { positionQuantity } from '../ledger/book.ts'
import type { Portfolio } from '../model/account.ts'
import { orderValue, remainingQuantity } from '../model/order-questions.ts'
import type { OrderState } from '../model/order-terms.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Security } from '../model/security.ts'
import { judgeCash, type FeeOf } from './cash-model.ts'
import { initialMargin, maintenanceMargin, usedMargin } from './margins.ts'
import { optionMargin } from './option-margin.ts'
import { portfolioValue, unsettledValue } from './portfolio-value.ts'

/** Figures of a margin account in account currency. */
export interface MarginNumbers {
  readonly value: Decimal
  /** Maintenance margins of all positions. */
  readonly used: Decimal
  /** Value less unsettled cash less used margin; may be negative. */
  readonly remaining: Decimal
}

export function marginNumbers(portfolio: Portfolio): MarginNumbers {
  const value = portfolioValue(portfolio)
  const used = usedMargin(portfolio)
  const unsettled = unsettledValue(portfolio.account, portfolio.rateOf)
  return { value, used, remaining: minus(minus(value, unsettled), used) }
}

/**
 * Margin that an order in this direction may use, never negative. Against an opposite position its maintenance margin and
 * the initial margin of its size are there as well: a flip is financed twice.
 */
export function availableMargin(security: Security, direction: -1 | 0 | 1, portfolio: Portfolio): Decimal {
  const { value, remaining } = marginNumbers(portfolio)
  const position = portfolio.account.book.positions.get(security.id)
  const freed =
    position && sign(position.quantity) === -direction
      ? plus(
          maintenanceMargin(position, security, portfolio),
          absolute(initialMargin(position.quantity, security, portfolio)),
        )
      : ZERO
  return maximum(minus(plus(remaining, freed), times(value, portfolio.requiredFreeFraction)), ZERO)
}

/**
 * Refuses what is left of an order when it needs more than there is: margin with the fee, or cash. An order of nothing and
 * one that only reduces a position pass always; equality passes.
 */
export function judgeBuyingPower(
  order: OrderState,
  portfolio: Portfolio,
  fees: { readonly fee: Decimal; readonly feeOf: FeeOf },
): Refusal | undefined {
  const security = portfolio.securityOf(order.terms.instrument)
  if (portfolio.buyingPowerOf(security).kind === 'cash') return judgeCash(order, security, { portfolio, ...fees })
  const { quantity } = order.terms
  const held = positionQuantity(portfolio.account.book, security.id)
  const isReducing = sign(held) === -sign(quantity) && compare(absolute(quantity), absolute(held)) <= 0
  if (isZero(quantity) || isReducing) return undefined
  const required = requiredMargin(order, security, { portfolio, fee: fees.fee })
  const available = availableMargin(security, sign(quantity), portfolio)
  if (compare(required, available) <= 0) return undefined
  const [limit, seen] = [decimalText(available), decimalText(required)]
  return {
    code: 'insufficientBuyingPower',
    limit,
    seen,
    message: `order ${order.terms.id} of ${decimalText(quantity)} ${security.id} needs a margin of ${seen} ${portfolio.account.currency}; ${limit} is free`,
  }
}

/** |initial margin and fee| of what is left of an order. */
function requiredMargin(
  order: OrderState,
  security: Security,
  { portfolio, fee }: { readonly portfolio: Portfolio; readonly fee: Decimal },
): Decimal {
  const { quantity } = order.terms
  const margin = orderMargin(order, security, portfolio)
  const whole = absolute(plus(margin, sign(quantity) < 0 ? negate(fee) : fee))
  if (isZero(order.filledQuantity)) return whole
  return dividedBy(times(whole, remainingQuantity(order)), quantity)
}

/** Options count the value of the order; all others the whole order at the current price. */
function orderMargin(order: OrderState, security: Security, portfolio: Portfolio): Decimal {
  const { quantity } = order.terms
  if (portfolio.buyingPowerOf(security).kind !== 'option') return initialMargin(quantity, security, portfolio)
  const { price } = portfolio.marketOf(security.id)
  const premium = orderValue(order, security, { price, rateOf: portfolio.rateOf })
  if (sign(quantity) > 0) return premium
  return minus(premium, absolute(optionMargin(quantity, security, { portfolio, premium: ZERO })))
}
