import type { MarketView } from '../model/market-view.ts'
import type { OrderState } from '../model/order-terms.ts'
import type { Security } from '../model/security.ts'

/** What slippage of an order depends on. */
export interface SlippageContext {
  readonly order: OrderState
  readonly security: Security
  readonly market: MarketView
}
