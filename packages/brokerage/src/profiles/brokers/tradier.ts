import { decimal } from '@qmtl/contracts'
import { tradierFees } from '../../fees/schedules/stock-brokers.ts'
import type { OrderRules } from '../../rules/order-rules.ts'
import type { BrokerDefinition } from '../broker-definition.ts'

const hourMs = 3_600_000
const minuteMs = 60_000

/** Tradier as of 2024; extended hours are those of its pre-market and post-market orders. */
const rules: OrderRules = {
  kind: 'tradier',
  assetClasses: ['equity', 'option', 'indexOption'],
  orderTypes: [{ types: ['market', 'limit', 'stop_market', 'stop_limit'] }],
  timesInForce: ['GTC', 'DAY'],
  checks: [
    { kind: 'short-sale', minimumPrice: decimal(5) },
    { kind: 'quantity-range', from: decimal(1), to: decimal(10_000_000) },
  ],
  extendedHours: {
    orderTypes: ['limit'],
    assetClasses: ['equity'],
    spans: [
      { fromMs: 4 * hourMs, toMs: 9 * hourMs + 24 * minuteMs },
      { fromMs: 16 * hourMs, toMs: 19 * hourMs + 55 * minuteMs },
    ],
  },
  updates: { keepsQuantity: true },
}

export const tradier: BrokerDefinition = {
  id: 'tradier',
  title: 'Tradier',
  accountTypes: ['margin', 'cash'],
  assetClasses: ['equity', 'option', 'indexOption'],
  rules,
  fees: tradierFees,
  onReverseSplit: 'cancel',
}
