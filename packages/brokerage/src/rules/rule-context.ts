import { decimalText, type Decimal } from '@qmtl/contracts'
import type { MarketView } from '../model/market-view.ts'
import type { OrderState } from '../model/order-terms.ts'
import type { Refusal, RefusalCode } from '../model/refusal.ts'
import type { Security } from '../model/security.ts'

/** What rules read: the order, its market, and what is held of its instrument. */
export interface RuleContext {
  readonly order: OrderState
  readonly security: Security
  readonly market: MarketView
  /** Signed. */
  readonly positionQuantity: Decimal
  /** Epoch milliseconds UTC. */
  readonly nowMs: number
}

/** A refusal of the order: `what` is a clause such as `needs a notional above`, to which limit and value seen are added. */
export function refusalOf(
  { order, security }: Pick<RuleContext, 'order' | 'security'>,
  rule: {
    readonly code: RefusalCode
    readonly what: string
    readonly limit: Decimal | string
    readonly seen: Decimal | string
  },
): Refusal {
  const [limit, seen] = [textOf(rule.limit), textOf(rule.seen)]
  const message = `order ${order.terms.id} of ${security.id} ${rule.what} ${limit}, seen ${seen}`
  return { code: rule.code, limit, seen, message }
}

function textOf(value: Decimal | string): string {
  return typeof value === 'string' ? value : decimalText(value)
}
