import { bybitFees } from '../../fees/schedules/crypto-venues.ts'
import type { OrderRules } from '../../rules/order-rules.ts'
import type { BrokerDefinition } from '../broker-definition.ts'

/** Bybit as of 2024; minimum sizes are quantities. */
const rules: OrderRules = {
  kind: 'bybit',
  assetClasses: ['crypto', 'cryptoFuture', 'base'],
  orderTypes: [{ types: ['market', 'limit', 'stop_market', 'stop_limit', 'trailing_stop'] }],
  checks: [{ kind: 'minimum-quantity' }],
  updates: {
    assetClasses: ['cryptoFuture'],
    statuses: ['new', 'submitted', 'partially_filled', 'update_submitted'],
    quantityCheck: { kind: 'minimum-quantity' },
  },
}

export const bybit: BrokerDefinition = {
  id: 'bybit',
  title: 'Bybit',
  accountTypes: ['cash', 'margin'],
  assetClasses: ['crypto', 'cryptoFuture', 'base'],
  rules,
  fees: bybitFees(),
  leverage: { crypto: '10', cryptoFuture: '10' },
  paysFunding: true,
}
