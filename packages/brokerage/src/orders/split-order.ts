import { compare, dividedBy, ONE, quantizeDown, times, type Decimal } from '@qmtl/contracts'
import type { OrderState } from '../model/order-terms.ts'
import { moveOrder } from './order-status.ts'

/**
 * An open order after a split of its instrument (factor 0.5 is two for one): quantity ÷ factor toward zero, prices × factor,
 * as an absolute trailing amount; a percentage stays. With `cancel` a reverse split (factor above 1) ends the order.
 */
export function splitOrder(order: OrderState, factor: Decimal, onReverseSplit: 'adjust' | 'cancel'): OrderState {
  if (onReverseSplit === 'cancel' && compare(factor, ONE) > 0) return moveOrder(order, 'canceled')
  const { terms, stopPrice, filledQuantity } = order
  const scaled = (price: Decimal): Decimal => times(price, factor)
  const { limitPrice, triggerPrice, trailingAmount } = terms
  const isAbsolute = trailingAmount !== undefined && terms.trailingAsPercentage !== true
  return {
    ...order,
    filledQuantity: quantizeDown(dividedBy(filledQuantity, factor), ONE),
    ...(stopPrice && { stopPrice: scaled(stopPrice) }),
    terms: {
      ...terms,
      quantity: quantizeDown(dividedBy(terms.quantity, factor), ONE),
      ...(limitPrice && { limitPrice: scaled(limitPrice) }),
      ...(terms.stopPrice && { stopPrice: scaled(terms.stopPrice) }),
      ...(triggerPrice && { triggerPrice: scaled(triggerPrice) }),
      ...(isAbsolute && { trailingAmount: scaled(trailingAmount) }),
    },
  }
}
