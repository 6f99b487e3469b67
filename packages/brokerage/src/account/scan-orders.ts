import {
  absolute,
  compare,
  decimalText,
  isClosedOrder,
  minus,
  negate,
  plus,
  QmtlError,
  sign,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'
import { judgeBuyingPower } from '../buying-power/affordability.ts'
import { attemptFill, type Execution, type FillAttempt } from '../fills/attempt-fill.ts'
import { positionQuantity } from '../ledger/book.ts'
import type { Account } from '../model/account.ts'
import type { Fee } from '../model/money.ts'
import { remainingQuantity } from '../model/order-questions.ts'
import type { OrderState } from '../model/order-terms.ts'
import type { Refusal } from '../model/refusal.ts'
import { countExecution, moveOrder } from '../orders/order-status.ts'
import { isExpired } from '../orders/time-in-force.ts'
import { canExecute } from '../rules/clock-checks.ts'
import { bookFill, ledgerFill } from './book-execution.ts'
import type { OrderEvent } from './order-event.ts'
import {
  feeIn,
  feeQuestions,
  marketIn,
  portfolioIn,
  sceneOf,
  securityIn,
  type OrderScene,
  type TradingContext,
} from './trading-context.ts'

export interface Scan {
  readonly account: Account
  /** In order of submission of their orders. */
  readonly events: readonly OrderEvent[]
}

/**
 * Holds every open order against the market of a slice, in order of submission: time in force, the broker's leave to
 * execute, buying power at current prices, then the fill model, fee, settlement and position. An order whose model throws
 * stays as it was; the next scan may succeed.
 */
export function scanOrders(account: Account, context: TradingContext): Scan {
  const orders = new Map(account.orders)
  let next: Account = { ...account, orders }
  let isChanged = false
  const events: OrderEvent[] = []
  for (const order of account.orders.values()) {
    const step = attempted(next, order, context)
    if (step.event) events.push(step.event)
    if (step.order === order) continue
    isChanged = true
    next = step.account
    if (isClosedOrder(step.order.status)) orders.delete(order.terms.id)
    else orders.set(order.terms.id, step.order)
  }
  return { account: isChanged ? next : account, events }
}

/** One order after its turn; the map of open orders follows in the scan. */
interface Step {
  readonly account: Account
  readonly order: OrderState
  readonly event?: OrderEvent
}

function attempted(account: Account, order: OrderState, context: TradingContext): Step {
  try {
    const security = securityIn(context, order.terms.instrument)
    const market = marketIn(context, order.terms.instrument)
    return scanOrder(sceneOf(order, { account, security, market, context }))
  } catch (error) {
    if (!(error instanceof QmtlError)) throw error
    return { account, order, event: { kind: 'failed', order, error } }
  }
}

function scanOrder(scene: OrderScene): Step {
  const { account, order, security, market, context } = scene
  const { nowMs, profile, newYork } = context
  const clocks = newYork ? { hours: market.hours, newYork } : { hours: market.hours }
  if (isExpired(order.terms, security, { clocks, nowMs })) return ended(scene, 'canceled', 'expired')
  const held = positionQuantity(account.book, security.id)
  if (!canExecute(profile.rules, { order, security, market, positionQuantity: held, nowMs })) return { account, order }
  const cut = withinPosition(order, held)
  if (!cut) return ended(scene, 'canceled', reduceOnlyRefusal(order, held))
  const asked = cut === order ? scene : sceneOf(cut, scene)
  const fee = feeIn(asked)
  const refusal = judgeBuyingPower(cut, portfolioIn(account, context), feeQuestions(asked, fee))
  if (refusal) return ended(scene, 'invalid', refusal)
  const { models, context: seen } = asked
  const attempt = attemptFill(cut, {
    security,
    market,
    model: models.fill,
    slippage: models.slippage,
    nowMs: seen.nowMs,
  })
  return executed(asked, attempt, fee)
}

function executed(scene: OrderScene, { order, execution }: FillAttempt, asked: Fee): Step {
  const { timeInForce } = order.terms
  const isWhole = execution !== undefined && compare(execution.quantity, remainingQuantity(order)) === 0
  if (execution && (isWhole || timeInForce !== 'FOK')) {
    // A stop that moved may change what the order costs.
    const isSame = order === scene.order
    return filled(isSame ? scene : sceneOf(order, scene), execution, isSame ? asked : undefined)
  }
  if (timeInForce === 'IOC' || timeInForce === 'FOK') return ended(sceneOf(order, scene), 'canceled', 'unfilled')
  return { account: scene.account, order }
}

function filled(scene: OrderScene, execution: Execution, known: Fee | undefined): Step {
  const counted = countExecution(scene.order, execution.quantity)
  const after = scene.order.terms.timeInForce === 'IOC' ? moveOrder(counted, 'canceled') : counted
  const fee = counted.status === 'filled' ? (known ?? feeIn(scene)) : unpaid
  const fill = ledgerFill(execution, scene.security, { fee, nowMs: scene.context.nowMs })
  const { account, applied } = bookFill(scene, fill)
  const { closed } = applied
  const { warning } = execution
  return { account, order: after, event: { kind: 'filled', order: after, fill, fee, closed, warning } }
}

/** Fees are charged once, when an order is filled. */
const unpaid: Fee = { amount: ZERO, currency: undefined }

function ended(scene: OrderScene, status: 'canceled' | 'invalid', reason: 'expired' | 'unfilled' | Refusal): Step {
  const order: OrderState = { ...scene.order, status }
  return { account: scene.account, order, event: { kind: 'ended', order, reason } }
}

/** A reduce-only order no larger than the position it meets; undefined where there is none on the other side. */
function withinPosition(order: OrderState, held: Decimal): OrderState | undefined {
  const { quantity, reduceOnly } = order.terms
  if (reduceOnly !== true) return order
  if (sign(held) !== -sign(quantity)) return undefined
  const beyond = minus(absolute(remainingQuantity(order)), absolute(held))
  if (sign(beyond) <= 0) return order
  const cut = sign(quantity) > 0 ? negate(beyond) : beyond
  return { ...order, terms: { ...order.terms, quantity: plus(quantity, cut) } }
}

function reduceOnlyRefusal({ terms }: OrderState, held: Decimal): Refusal {
  const [limit, seen] = ['a position on the other side', decimalText(held)]
  const message = `reduce-only order ${terms.id} of ${decimalText(terms.quantity)} ${terms.instrument} needs ${limit}; seen ${seen}`
  return { code: 'reduceOnlyWouldIncrease', limit, seen, message }
}
