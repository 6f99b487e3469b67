import {
  absolute,
  compare,
  decimalText,
  dividedBy,
  isClosedOrder,
  isZero,
  maximum,
  minus,
  negate,
  plus,
  quantizeDown,
  sign,
  times,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'
import { balanceOf } from '../ledger/book.ts'
import type { Portfolio } from '../model/account.ts'
import { remainingQuantity } from '../model/order-questions.ts'
import type { OrderState } from '../model/order-terms.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Security } from '../model/security.ts'

/** Fee in account currency of a market order of this signed quantity. */
export type FeeOf = (quantity: Decimal) => Decimal

export interface CashQuestion {
  readonly portfolio: Portfolio
  /** Fee of the order in account currency. */
  readonly fee: Decimal
  readonly feeOf: FeeOf
}

/**
 * Refuses an order of a pair in a cash account that its own currencies do not pay: sells need free base cash, buys free
 * quote cash (a limit buy with its fee, a market buy up to the size that the cash buys after fees). Open limit and stop
 * orders reserve what they may take. Without a rate of the quote currency nothing is affordable.
 */
export function judgeCash(order: OrderState, security: Security, question: CashQuestion): Refusal | undefined {
  const quantity = remainingQuantity(order)
  if (isZero(quantity)) return undefined
  if (sign(quantity) < 0) return judgeSell(order, security, question.portfolio)
  const { portfolio } = question
  const free = freeCash(security.quoteCurrency, order, portfolio)
  const price = cashPrice(order, portfolio.marketOf(security.id).price)
  const need = times(quantity, price)
  const hasRate = !isZero(portfolio.rateOf(security.quoteCurrency))
  const limit = hasRate ? buyLimit(order, security, { ...question, free, price }) : ZERO
  return compare(need, limit) <= 0 ? undefined : shortOf(order, { need, limit, currency: security.quoteCurrency })
}

function judgeSell(order: OrderState, security: Security, portfolio: Portfolio): Refusal | undefined {
  const need = absolute(remainingQuantity(order))
  const currency = security.baseCurrency ?? security.quoteCurrency
  const limit = freeCash(currency, order, portfolio)
  return compare(need, limit) <= 0 ? undefined : shortOf(order, { need, limit, currency })
}

interface BuyQuestion extends CashQuestion {
  readonly free: Decimal
  readonly price: Decimal
}

/** What the quantity × price of a buy may come to, in quote currency. */
function buyLimit(order: OrderState, security: Security, { portfolio, fee, feeOf, free, price }: BuyQuestion): Decimal {
  const rate = portfolio.rateOf(security.quoteCurrency)
  const { type } = order.terms
  if (type === 'limit') return minus(free, dividedBy(fee, rate))
  if (isPriced(type)) return free
  const worth = plus(times(free, rate), baseWorth(security, portfolio))
  const size = sizeForValue(worth, security, { portfolio, feeOf })
  return times(absolute(size), price)
}

function isPriced(type: OrderState['terms']['type']): boolean {
  return type === 'stop_limit' || type === 'limit_if_touched' || type === 'stop_market' || type === 'trailing_stop'
}

/** The price that an order counts at. */
function cashPrice({ terms, stopPrice }: OrderState, price: Decimal): Decimal {
  switch (terms.type) {
    case 'limit':
    case 'stop_limit':
    case 'limit_if_touched':
      return terms.limitPrice ?? price
    case 'stop_market':
    case 'trailing_stop':
      return stopPrice ?? price
    default:
      return price
  }
}

/** Settled cash of a currency less what other open orders have reserved of it. */
function freeCash(currency: string, order: OrderState, portfolio: Portfolio): Decimal {
  return minus(balanceOf(portfolio.account.book, currency).cash, reservedCash(currency, order, portfolio))
}

function reservedCash(currency: string, order: OrderState, { account, securityOf }: Portfolio): Decimal {
  let reserved = ZERO
  for (const other of account.orders.values()) {
    const reserves = other.terms.type === 'limit' || other.terms.type === 'stop_market'
    if (!reserves || other.terms.id === order.terms.id || isClosedOrder(other.status)) continue
    reserved = plus(reserved, reservationOf(other, securityOf(other.terms.instrument), currency))
  }
  return reserved
}

function reservationOf(order: OrderState, security: Security, currency: string): Decimal {
  const quantity = remainingQuantity(order)
  if (sign(quantity) < 0) return security.baseCurrency === currency ? absolute(quantity) : ZERO
  return security.quoteCurrency === currency ? times(quantity, cashPrice(order, ZERO)) : ZERO
}

function baseWorth({ baseCurrency }: Security, { account, rateOf }: Portfolio): Decimal {
  if (baseCurrency === undefined) return ZERO
  return times(balanceOf(account.book, baseCurrency).cash, rateOf(baseCurrency))
}

/**
 * Signed size of the market order that brings a pair to a value in account currency, its fee within the budget. Zero closes
 * the whole base balance, a negative value is zero: nothing is sold short. Open orders and available cash play no part.
 */
export function sizeForValue(
  value: Decimal,
  security: Security,
  { portfolio, feeOf }: { readonly portfolio: Portfolio; readonly feeOf: FeeOf },
): Decimal {
  const { rateOf, account } = portfolio
  if (sign(value) < 0) return ZERO
  const base = security.baseCurrency ?? ''
  if (isZero(value)) return negate(balanceOf(account.book, base).cash)
  const held = baseWorth(security, portfolio)
  const isBuy = compare(value, held) > 0
  const market = portfolio.marketOf(security.id)
  const unit = times(times(isBuy ? market.ask : market.bid, security.multiplier), rateOf(security.quoteCurrency))
  if (isZero(unit)) return ZERO
  const signed = (size: Decimal): Decimal => (isBuy ? size : negate(size))
  const budget = absolute(minus(value, held))
  return signed(sizeWithin(budget, unit, { lotSize: security.lotSize, feeOf: (size) => feeOf(signed(size)) }))
}

function sizeWithin(
  budget: Decimal,
  unit: Decimal,
  { lotSize, feeOf }: { readonly lotSize: Decimal; readonly feeOf: FeeOf },
): Decimal {
  let size = quantizeDown(dividedBy(budget, unit), lotSize)
  while (sign(size) > 0) {
    const cost = plus(times(size, unit), feeOf(size))
    if (compare(cost, budget) <= 0) return size
    const excess = dividedBy(minus(cost, budget), dividedBy(cost, size))
    size = quantizeDown(minus(size, maximum(lotSize, excess)), lotSize)
  }
  return ZERO
}

/** Base units that can be bought or sold in a direction, before reservations and fees; zero without a price. */
export function cashBuyingPower(security: Security, direction: -1 | 1, { account, marketOf }: Portfolio): Decimal {
  if (direction < 0) return balanceOf(account.book, security.baseCurrency).cash
  const { price } = marketOf(security.id)
  if (isZero(price)) return ZERO
  return dividedBy(balanceOf(account.book, security.quoteCurrency).cash, times(price, security.multiplier))
}

function shortOf(
  { terms }: OrderState,
  { need, limit, currency }: { readonly need: Decimal; readonly limit: Decimal; readonly currency: string },
): Refusal {
  const [seen, free] = [decimalText(need), decimalText(limit)]
  return {
    code: 'insufficientBuyingPower',
    limit: free,
    seen,
    message: `order ${terms.id} of ${decimalText(terms.quantity)} ${terms.instrument} needs ${seen} ${currency}; ${free} is free`,
  }
}
