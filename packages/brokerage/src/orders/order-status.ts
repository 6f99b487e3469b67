import { compare, isClosedOrder, plus, type Decimal, type OrderStatus } from '@qmtl/contracts'
import type { OrderState } from '../model/order-terms.ts'

const ends: readonly OrderStatus[] = ['canceled', 'invalid']
const fills: readonly OrderStatus[] = ['partially_filled', 'filled']

/** Where an order may go from each status; closed statuses lead nowhere. */
const moves: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  new: ['submitted', 'invalid'],
  submitted: [...fills, ...ends, 'cancel_pending', 'update_submitted'],
  update_submitted: [...fills, ...ends, 'cancel_pending', 'update_submitted'],
  partially_filled: [...fills, ...ends, 'cancel_pending', 'update_submitted'],
  cancel_pending: ['canceled', ...fills],
  filled: [],
  canceled: [],
  invalid: [],
}

/** True where an event may take an order from one status to another. A failed cancel goes back by `failCancel`. */
export function canMove(from: OrderStatus, to: OrderStatus): boolean {
  return moves[from].includes(to)
}

/** The order in another status; a late event leaves a closed order as it is, as does any that its status does not allow. */
export function moveOrder(order: OrderState, to: OrderStatus): OrderState {
  return canMove(order.status, to) ? { ...order, status: to } : order
}

/** Counts an execution; the order is filled once nothing is left. The quantity is signed and within what is left. */
export function countExecution(order: OrderState, quantity: Decimal): OrderState {
  const filledQuantity = plus(order.filledQuantity, quantity)
  const isWhole = compare(filledQuantity, order.terms.quantity) === 0
  const status = isWhole ? 'filled' : 'partially_filled'
  if (isClosedOrder(order.status)) return order
  return { ...order, status, filledQuantity }
}
