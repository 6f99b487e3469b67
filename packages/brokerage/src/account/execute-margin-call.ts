import { isMarginRestored, type MarginCall } from '../buying-power/margin-call.ts'
import type { Account } from '../model/account.ts'
import type { OrderEvent } from './order-event.ts'
import { scanOrders, type Scan } from './scan-orders.ts'
import { submitOrder } from './submit-order.ts'
import { portfolioIn, type TradingContext } from './trading-context.ts'

/**
 * Carries out the orders of a margin call, one after the other, as market orders with ids `prefix-1`, `prefix-2`, …; after
 * each fill it stops once no margin is missing. Other open orders are left alone.
 */
export function executeMarginCall(
  account: Account,
  call: MarginCall,
  at: { readonly prefix: string; readonly context: TradingContext },
): Scan {
  const { prefix, context } = at
  let next = account
  const events: OrderEvent[] = []
  for (const [index, { instrument, quantity }] of call.orders.entries()) {
    const terms = {
      id: `${prefix}-${index + 1}`,
      instrument,
      quantity,
      type: 'market',
      timeInForce: 'GTC',
      createdMs: context.nowMs,
    } as const
    const taken = submitOrder({ ...next, orders: new Map() }, terms, context)
    if (taken.refusal) continue
    const scan = scanOrders(taken.account, context)
    events.push(...scan.events)
    next = { ...scan.account, orders: new Map([...next.orders, ...scan.account.orders]) }
    if (isMarginRestored(portfolioIn(next, context))) break
  }
  return { account: next, events }
}
