import { decimalText, isClosedOrder } from '@qmtl/contracts'
import type { OrderState, OrderUpdate } from '../model/order-terms.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Security } from '../model/security.ts'
import { roundOrder, roundQuantity } from '../symbols/rounding.ts'

/** A request that was taken, with the order after it, or why it was not. */
export type RequestOutcome = { readonly order: OrderState } | { readonly refusal: Refusal }

/** Asks for the end of an order: it waits for the venue's word. Refused before the order is at the venue and once it is closed. */
export function requestCancel(order: OrderState): RequestOutcome {
  const refusal = judgeStatus(order, 'cancel')
  if (refusal) return { refusal }
  if (order.status === 'cancel_pending') return { order }
  return { order: { ...order, status: 'cancel_pending', statusBeforeCancel: order.status } }
}

/** The venue could not cancel: back to the status of before, unless a fill has closed the order meanwhile. */
export function failCancel(order: OrderState): OrderState {
  const { statusBeforeCancel } = order
  if (order.status !== 'cancel_pending' || !statusBeforeCancel) return order
  return { ...order, status: statusBeforeCancel, statusBeforeCancel: undefined }
}

/**
 * The order with an update, its new values rounded, in status `update_submitted`; the broker's rules and buying power judge
 * it next, and a refusal of theirs leaves the old order in force. A closed order takes a new tag and nothing else.
 */
export function requestUpdate(order: OrderState, update: OrderUpdate, security: Security): RequestOutcome {
  const { tag, ...changes } = update
  const tagged = tag === undefined ? order : { ...order, terms: { ...order.terms, tag } }
  if (Object.keys(changes).length === 0) {
    return order.status === 'new' ? { refusal: refusalOf(order, 'update') } : { order: tagged }
  }
  const refusal = judgeStatus(order, 'update')
  if (refusal) return { refusal }
  const terms = roundOrder({ ...tagged.terms, ...changes }, security)
  const quantity = roundQuantity(terms.quantity, security.lotSize)
  const stop = update.stopPrice === undefined ? {} : { stopPrice: terms.stopPrice ?? update.stopPrice }
  return { order: { ...order, terms: { ...terms, quantity }, ...stop, status: 'update_submitted' } }
}

function judgeStatus(order: OrderState, request: 'cancel' | 'update'): Refusal | undefined {
  return order.status === 'new' || isClosedOrder(order.status) ? refusalOf(order, request) : undefined
}

function refusalOf({ terms, status }: OrderState, request: 'cancel' | 'update'): Refusal {
  const limit = status === 'new' ? 'an order at the venue' : 'an open order'
  return {
    code: status === 'new' ? 'invalidNewOrderStatus' : 'invalidOrderStatus',
    limit,
    seen: status,
    message: `${request} of order ${terms.id} (${decimalText(terms.quantity)} ${terms.instrument}) needs ${limit}; it is ${status}`,
  }
}
