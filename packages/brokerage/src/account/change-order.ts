import type { Account } from '../model/account.ts'
import type { OrderState, OrderUpdate } from '../model/order-terms.ts'
import type { Refusal } from '../model/refusal.ts'
import { requestCancel, requestUpdate } from '../orders/order-requests.ts'
import { positionQuantity } from '../ledger/book.ts'
import { judgeBuyingPower } from '../buying-power/affordability.ts'
import { judgeUpdate } from '../rules/judge-update.ts'
import { feeQuestions, marketIn, portfolioIn, sceneOf, securityIn, type TradingContext } from './trading-context.ts'

/** The account after a request, with the order; a refused request leaves both as they were. */
export interface ChangeOutcome {
  readonly account: Account
  readonly order: OrderState
  readonly refusal?: Refusal
}

/** Asks for the end of an open order: it is `cancel_pending` at once and ends with the venue's word. */
export function cancelOrder(account: Account, order: OrderState): ChangeOutcome {
  const outcome = requestCancel(order)
  if ('refusal' in outcome) return { account, order, refusal: outcome.refusal }
  return { account: replaced(account, outcome.order), order: outcome.order }
}

/** Changes an open order where status, broker and buying power allow the changed one; else the original stays in force. */
export function updateOrder(
  account: Account,
  order: OrderState,
  request: { readonly update: OrderUpdate; readonly context: TradingContext },
): ChangeOutcome {
  const { update, context } = request
  const security = securityIn(context, order.terms.instrument)
  const outcome = requestUpdate(order, update, security)
  if ('refusal' in outcome) return { account, order, refusal: outcome.refusal }
  const market = marketIn(context, security.id)
  const held = positionQuantity(account.book, security.id)
  const { profile, nowMs } = context
  const scene = sceneOf(outcome.order, { account, security, market, context })
  const refusal =
    judgeUpdate(profile.rules, update, { order, security, market, positionQuantity: held, nowMs }) ??
    judgeBuyingPower(outcome.order, portfolioIn(account, context), feeQuestions(scene))
  if (refusal) return { account, order, refusal }
  return { account: replaced(account, outcome.order), order: outcome.order }
}

function replaced(account: Account, order: OrderState): Account {
  if (!account.orders.has(order.terms.id)) return account
  const orders = new Map(account.orders)
  orders.set(order.terms.id, order)
  return { ...account, orders }
}
