import { coinbaseFees } from '../../fees/schedules/coinbase.ts'
import type { OrderRules } from '../../rules/order-rules.ts'
import type { BrokerDefinition } from '../broker-definition.ts'

/** Coinbase as of 2022; stop orders until it withdrew them on 2019-03-23 at 01:00 UTC. Minimum sizes are quantities. */
const rules: OrderRules = {
  kind: 'coinbase',
  assetClasses: ['crypto'],
  orderTypes: [
    { types: ['market', 'limit', 'stop_limit'] },
    { types: ['stop_market'], submittedBeforeMs: Date.parse('2019-03-23T01:00:00Z') },
  ],
  checks: [{ kind: 'no-broker-id' }, { kind: 'minimum-quantity' }],
  updates: {
    orderTypes: ['limit'],
    timesInForce: ['GTC'],
    statuses: ['new', 'submitted', 'partially_filled', 'update_submitted'],
    quantityCheck: { kind: 'minimum-quantity' },
  },
}

export const coinbase: BrokerDefinition = {
  id: 'coinbase',
  title: 'Coinbase',
  accountTypes: ['cash'],
  assetClasses: ['crypto'],
  rules,
  fees: coinbaseFees(),
}
