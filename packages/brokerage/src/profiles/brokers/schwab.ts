import { charlesSchwabFees } from '../../fees/schedules/stock-brokers.ts'
import { noAuctionOfFutures, type OrderRules } from '../../rules/order-rules.ts'
import type { BrokerDefinition } from '../broker-definition.ts'

/** Charles Schwab as of 2024. */
const rules: OrderRules = {
  kind: 'schwab',
  assetClasses: ['equity', 'option', 'indexOption'],
  orderTypes: [
    { types: ['market', 'limit', 'stop_market', 'stop_limit'] },
    { types: ['market_on_open', 'market_on_close', 'combo_market', 'combo_limit'] },
  ],
  checks: [noAuctionOfFutures],
}

export const schwab: BrokerDefinition = {
  id: 'schwab',
  title: 'Charles Schwab',
  accountTypes: ['margin', 'cash'],
  assetClasses: ['equity', 'option', 'indexOption'],
  rules,
  fees: charlesSchwabFees,
}
