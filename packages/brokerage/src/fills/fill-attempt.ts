import type { Decimal } from '@qmtl/contracts'
import type { MarketView, PriceSpan } from '../model/market-view.ts'
import type { OrderState } from '../model/order-terms.ts'
import type { Security } from '../model/security.ts'
import type { SlippageModel } from '../slippage/slippage-model.ts'
import { slipped, slippagePerUnit } from '../slippage/slip.ts'
import type { FillModel } from './fill-model.ts'

/** What an order is held against at an instant. */
export interface FillContext {
  readonly security: Security
  readonly market: MarketView
  readonly model: FillModel
  readonly slippage: SlippageModel
  /** Epoch milliseconds UTC. */
  readonly nowMs: number
}

/** The price an order gets now. */
export interface Quotation {
  readonly price: Decimal
  /** The price is old and the order fills all the same. */
  readonly warning?: 'stale-price' | undefined
  /** Unsigned; at most this much of the order trades. Absent: all that is left. */
  readonly size?: Decimal | undefined
}

/** What came of an attempt: a price or none, and the order with its trigger and stop as they are now. */
export interface PriceAttempt {
  readonly order: OrderState
  readonly quotation?: Quotation
}

export function noPrice(order: OrderState): PriceAttempt {
  return { order }
}

export function priced(order: OrderState, price: Decimal): PriceAttempt {
  return { order, quotation: { price } }
}

/** The price made worse by the slippage model. */
export function slippedFor(order: OrderState, price: Decimal, context: FillContext): Decimal {
  const { slippage, security, market } = context
  const perUnit = slippagePerUnit(slippage, { order, security, market }, price)
  return slipped(price, order.terms.quantity, perUnit)
}

/** Prices usable for an order that must not look back: those that end after it. */
export function afterOrder(span: PriceSpan | undefined, order: OrderState): PriceSpan | undefined {
  return span && span.endMs > order.terms.createdMs ? span : undefined
}
