import { sign, type Decimal } from '@qmtl/contracts'
import type { MarketView } from '../model/market-view.ts'
import type { OrderState } from '../model/order-terms.ts'

/**
 * The premium per unit by which an option order is charged, in quote currency: its limit or stop price where it has one; else the bid
 * for buys and the ask for sells.
 */
export function optionPremium(order: OrderState, market: Pick<MarketView, 'bid' | 'ask'>): Decimal {
  return ownPrice(order) ?? (sign(order.terms.quantity) > 0 ? market.bid : market.ask)
}

function ownPrice({ terms, stopPrice }: OrderState): Decimal | undefined {
  switch (terms.type) {
    case 'stop_market':
    case 'trailing_stop':
      return stopPrice
    case 'combo_leg_limit':
      return terms.legs?.find(({ instrument }) => instrument === terms.instrument)?.limitPrice
    default:
      return terms.limitPrice
  }
}
