import { alpacaFees } from '../../fees/schedules/stock-brokers.ts'
import type { OrderRules } from '../../rules/order-rules.ts'
import type { BrokerDefinition } from '../broker-definition.ts'

const hourMs = 3_600_000

/** Alpaca as of 2024. */
const rules: OrderRules = {
  kind: 'alpaca',
  assetClasses: ['equity', 'option', 'crypto'],
  orderTypes: [
    { types: ['market', 'limit', 'stop_market', 'stop_limit', 'trailing_stop'], assetClasses: ['equity'] },
    { types: ['market_on_open', 'market_on_close'], assetClasses: ['equity'] },
    { types: ['market', 'limit'], assetClasses: ['option'] },
    { types: ['market', 'limit', 'stop_limit'], assetClasses: ['crypto'] },
  ],
  checks: [
    { kind: 'outside-hours', orderTypes: ['limit'], timesInForce: ['DAY'] },
    { kind: 'no-flip', orderTypes: ['market_on_open', 'market_on_close'] },
    {
      kind: 'market-on-open-window',
      window: { kind: 'fixed', fromMs: 19 * hourMs, toMs: 9 * hourMs + 28 * 60_000 },
    },
  ],
}

export const alpaca: BrokerDefinition = {
  id: 'alpaca',
  title: 'Alpaca',
  accountTypes: ['margin', 'cash'],
  assetClasses: ['equity', 'option', 'crypto'],
  rules,
  fees: alpacaFees(),
}
