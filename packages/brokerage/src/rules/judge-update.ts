import { compare, decimalText } from '@qmtl/contracts'
import type { OrderUpdate } from '../model/order-terms.ts'
import type { Refusal } from '../model/refusal.ts'
import type { OrderRules, UpdateRules } from './order-rules.ts'
import { refusalOf, type RuleContext } from './rule-context.ts'
import { checkForexSize, checkMinimumQuantity } from './size-checks.ts'

/**
 * Why a broker does not take the update of an order, or nothing where it does. `UpdateRejected`, but `OrderSizeLimit` where the new
 * quantity of a currency pair is outside the broker's bounds. The order of the context is the one before the update.
 */
export function judgeUpdate(rules: OrderRules, update: OrderUpdate, context: RuleContext): Refusal | undefined {
  const { updates } = rules
  if (!updates) return undefined
  return checkUpdatable(rules.kind, updates, context) ?? checkQuantity(updates, update, context)
}

function checkUpdatable(broker: string, updates: UpdateRules, context: RuleContext): Refusal | undefined {
  const { order, security } = context
  const { type, timeInForce } = order.terms
  const reject = (limit: readonly string[], seen: string): Refusal =>
    refusalOf(context, {
      code: 'UpdateRejected',
      what: `may be updated at ${broker} only where it is`,
      limit: limit.join(', '),
      seen,
    })
  if (updates.never === true) return reject(['not yet sent'], order.status)
  if (updates.assetClasses?.includes(security.assetClass) === false) {
    return reject(updates.assetClasses, security.assetClass)
  }
  if (updates.orderTypes?.includes(type) === false) return reject(updates.orderTypes, type)
  if (updates.timesInForce?.includes(timeInForce) === false) return reject(updates.timesInForce, timeInForce)
  if (updates.statuses?.includes(order.status) === false) return reject(updates.statuses, order.status)
  return undefined
}

function checkQuantity(updates: UpdateRules, update: OrderUpdate, context: RuleContext): Refusal | undefined {
  const { quantity } = update
  const { quantity: before } = context.order.terms
  if (quantity === undefined) return undefined
  if (updates.keepsQuantity === true && compare(quantity, before) !== 0) {
    return refusalOf(context, {
      code: 'UpdateRejected',
      what: 'keeps its quantity of',
      limit: before,
      seen: decimalText(quantity),
    })
  }
  if (updates.quantityCheck?.kind === 'forex-size') {
    return checkForexSize(updates.quantityCheck.bounds, quantity, context)
  }
  if (updates.quantityCheck?.kind !== 'minimum-quantity') return undefined
  const tooSmall = checkMinimumQuantity(quantity, context)
  return tooSmall && { ...tooSmall, code: 'UpdateRejected' }
}
