import { compare, decimal, maximum, minimum, minus, negate, parseInstant, sign, times, ZERO } from '@qmtl/contracts'
import type { Decimal, Order } from '@qmtl/contracts'
import type { RateOf } from './market-view.ts'
import type { OrderState, OrderTerms } from './order-terms.ts'
import type { Security } from './security.ts'

/** Exact terms of a recorded order: text becomes decimals, the side a sign. Throws `E_INVALID_DECIMAL`. */
export function orderTermsOf(order: Order): OrderTerms {
  const size = decimal(order.quantity)
  return {
    id: order.client_order_id,
    instrument: order.instrument,
    quantity: order.side === 'buy' ? size : negate(size),
    type: order.type,
    ...pricesOf(order),
    ...(order.legs && { legs: order.legs.map(legOf) }),
    timeInForce: order.time_in_force,
    ...(order.good_till !== undefined && { goodTillMs: parseInstant(order.good_till) }),
    ...flagsOf(order),
    ...(order.tag !== undefined && { tag: order.tag }),
    createdMs: parseInstant(order.created_at),
  }
}

function pricesOf(order: Order): Partial<OrderTerms> {
  return {
    ...(order.limit_price !== undefined && { limitPrice: decimal(order.limit_price) }),
    ...(order.stop_price !== undefined && { stopPrice: decimal(order.stop_price) }),
    ...(order.trigger_price !== undefined && { triggerPrice: decimal(order.trigger_price) }),
    ...(order.trailing_amount !== undefined && { trailingAmount: decimal(order.trailing_amount) }),
    ...(order.trailing_as_percentage === true && { trailingAsPercentage: true }),
  }
}

function flagsOf(order: Order): Partial<OrderTerms> {
  return {
    ...(order.post_only === true && { postOnly: true }),
    ...(order.hidden === true && { hidden: true }),
    ...(order.reduce_only === true && { reduceOnly: true }),
    ...(order.fee_in_base === true && { feeInBase: true }),
    ...(order.fee_in_quote === true && { feeInQuote: true }),
    ...(order.outside_regular_trading_hours === true && { outsideRegularTradingHours: true }),
  }
}

function legOf(leg: NonNullable<Order['legs']>[number]) {
  const limit = leg.limit_price === undefined ? {} : { limitPrice: decimal(leg.limit_price) }
  return { instrument: leg.instrument, ratio: decimal(leg.ratio), ...limit }
}

/** An order before anything happened to it. */
export function newOrder(terms: OrderTerms): OrderState {
  // Every member is named: orders of one shape are several times as fast to copy.
  return {
    terms,
    status: 'new',
    filledQuantity: ZERO,
    snapshot: undefined,
    isTriggered: false,
    stopPrice: terms.stopPrice,
    queue: undefined,
    brokerId: undefined,
    statusBeforeCancel: undefined,
  }
}

/** What is still to fill, signed as the order. */
export function remainingQuantity(order: OrderState): Decimal {
  return minus(order.terms.quantity, order.filledQuantity)
}

/**
 * True for an order that would trade at once against the prices of its submission: market orders always, a limit order
 * that reaches the other side's quote, no other. Without a snapshot a limit order is not marketable.
 */
export function isMarketable({ terms, snapshot }: OrderState): boolean {
  if (terms.type === 'market' || terms.type === 'combo_market') return true
  if (terms.type !== 'limit' || !snapshot || !terms.limitPrice) return false
  return sign(terms.quantity) > 0
    ? compare(terms.limitPrice, snapshot.ask) >= 0
    : compare(terms.limitPrice, snapshot.bid) <= 0
}

/** True for an order that pays the maker's fee: only limit orders, those that are not marketable or post only. */
export function isMaker(order: OrderState): boolean {
  return order.terms.type === 'limit' && (order.terms.postOnly === true || !isMarketable(order))
}

/**
 * Signed value of a whole order in account currency: quantity × price × rate × multiplier. A limit or stop bounds the
 * current price: the lower of both for buys, the higher for sells.
 */
export function orderValue(order: OrderState, security: Security, seen: { price: Decimal; rateOf: RateOf }): Decimal {
  const rate = seen.rateOf(security.quoteCurrency)
  const price = valuePrice(order, seen.price)
  return times(times(times(order.terms.quantity, price), rate), security.multiplier)
}

function valuePrice({ terms, stopPrice }: OrderState, price: Decimal): Decimal {
  const bound = boundOf(terms, stopPrice)
  if (!bound) return price
  return sign(terms.quantity) > 0 ? minimum(bound, price) : maximum(bound, price)
}

function boundOf(terms: OrderTerms, stopPrice: Decimal | undefined): Decimal | undefined {
  switch (terms.type) {
    case 'limit':
    case 'stop_limit':
    case 'limit_if_touched':
      return terms.limitPrice
    case 'stop_market':
    case 'trailing_stop':
      return stopPrice
    default:
      return undefined
  }
}
