import {
  absolute,
  compare,
  decimal,
  minus,
  negate,
  ONE,
  plus,
  quantizeDown,
  quantizeNearest,
  sign,
  times,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'
import type { OrderTerms } from '../model/order-terms.ts'
import type { Security } from '../model/security.ts'

const cent = decimal('0.01')
const hundredthOfCent = decimal('0.0001')
const missingShare = decimal('0.000001')

/** What decides the step of a price. */
export type TickTerms = Pick<Security, 'assetClass' | 'tickSize' | 'hasAdjustedPrices'>

/**
 * The step that binds a price of an order, in quote currency: of equities 0.0001 below a price of 1 and 0.01 from there on (Rule 612
 * of Regulation NMS, as of 2005), and 0, which is none, on adjusted prices; of all others the tick of the instrument.
 */
export function effectiveTick(security: TickTerms, price: Decimal): Decimal {
  if (security.assetClass !== 'equity') return security.tickSize
  if (security.hasAdjustedPrices === true) return ZERO
  return compare(price, ONE) < 0 ? hundredthOfCent : cent
}

/** The multiple of the tick nearest to a price, half to even. A tick that is not positive leaves the price alone. */
export function roundPrice(price: Decimal, tickSize: Decimal): Decimal {
  return quantizeNearest(price, tickSize)
}

/** Prices of an order, or of an update of one. */
type OrderPrices = Partial<
  Pick<OrderTerms, 'limitPrice' | 'stopPrice' | 'triggerPrice' | 'trailingAmount' | 'trailingAsPercentage'>
>

/**
 * The order, or the update of one, with limit, stop and trigger price and an absolute trailing amount each rounded to its own
 * effective tick, half to even; a trailing percentage is no price and stays.
 */
export function roundOrder<Order extends OrderPrices>(order: Order, security: TickTerms): Order {
  const rounded = (price: Decimal): Decimal => roundPrice(price, effectiveTick(security, price))
  const { limitPrice, stopPrice, triggerPrice, trailingAmount } = order
  if (!limitPrice && !stopPrice && !triggerPrice && !trailingAmount) return order
  return {
    ...order,
    ...(limitPrice && { limitPrice: rounded(limitPrice) }),
    ...(stopPrice && { stopPrice: rounded(stopPrice) }),
    ...(triggerPrice && { triggerPrice: rounded(triggerPrice) }),
    ...(trailingAmount && order.trailingAsPercentage !== true && { trailingAmount: rounded(trailingAmount) }),
  }
}

/** A signed quantity of an order cut toward zero to a multiple of the lot. A lot that is not positive cuts nothing. */
export function roundQuantity(quantity: Decimal, lotSize: Decimal): Decimal {
  return quantizeDown(quantity, lotSize)
}

/**
 * A signed quantity that sizing worked out, as a multiple of the lot: cut toward zero, but where less than one millionth of a lot is
 * missing to the next multiple away from zero, that one. Undoes the last digits that a division loses: 9.9999999 is 10, 9.99999 is 9.
 */
export function roundSizing(quantity: Decimal, lotSize: Decimal): Decimal {
  const size = absolute(quantity)
  const down = quantizeDown(size, lotSize)
  const next = plus(down, lotSize)
  const isNearlyNext = compare(minus(next, size), times(lotSize, missingShare)) < 0
  const rounded = isNearlyNext ? next : down
  return sign(quantity) < 0 ? negate(rounded) : rounded
}
