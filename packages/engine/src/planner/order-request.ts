import {
  absolute,
  clientOrderIdOf,
  decimalText,
  formatInstant,
  sign,
  type Decimal,
  type OrderRequest,
} from '@qmtl/contracts'
import type { PlannedOrder } from './plan-orders.ts'

/** The decision an order comes from. */
export interface OrderDecision {
  readonly worldId: string
  readonly strategyId: string
  /** Open time of the bar decided on, epoch milliseconds UTC. */
  readonly barOpenMs: number
  /** Activation epoch the decision was made under. */
  readonly epoch: number
  /** Price of the instrument at the decision: the bar's close. */
  readonly price: Decimal
}

/**
 * The wire form of a planned order. Its id follows from world, strategy, instrument, bar and leg alone: a restarted runner
 * that decides a bar again repeats the id. What the first fill leaves over ends (`IOC`); the next bar plans anew.
 */
export function orderRequestOf(order: PlannedOrder, decision: OrderDecision): OrderRequest {
  const origin = {
    world_id: decision.worldId,
    strategy_id: decision.strategyId,
    instrument: order.instrument,
    bar_ts: formatInstant(decision.barOpenMs),
  }
  return {
    ...origin,
    client_order_id: clientOrderIdOf({ ...origin, leg: order.leg }),
    side: sign(order.quantity) > 0 ? 'buy' : 'sell',
    quantity: decimalText(absolute(order.quantity)),
    type: 'market',
    time_in_force: 'IOC',
    reduce_only: order.reduceOnly,
    epoch: decision.epoch,
    reference_price: decimalText(decision.price),
  }
}
