import { bitfinexFees } from '../../fees/schedules/crypto-venues.ts'
import type { OrderRules } from '../../rules/order-rules.ts'
import type { BrokerDefinition } from '../broker-definition.ts'

/** Bitfinex as of 2024; minimum sizes are quantities. */
const rules: OrderRules = {
  kind: 'bitfinex',
  assetClasses: ['crypto'],
  orderTypes: [{ types: ['market', 'limit', 'stop_market', 'stop_limit'] }],
  checks: [{ kind: 'minimum-quantity' }],
  updates: { quantityCheck: { kind: 'minimum-quantity' } },
}

export const bitfinex: BrokerDefinition = {
  id: 'bitfinex',
  title: 'Bitfinex',
  accountTypes: ['margin', 'cash'],
  assetClasses: ['crypto'],
  rules,
  fees: bitfinexFees(),
  leverage: { crypto: '3.3' },
}
