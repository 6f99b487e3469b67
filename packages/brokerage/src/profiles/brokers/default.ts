import { defaultFees } from '../../fees/schedules/stock-brokers.ts'
import { noAuctionOfFutures, type OrderRules } from '../../rules/order-rules.ts'
import type { BrokerDefinition } from '../broker-definition.ts'
import { securityClasses } from '../../symbols/security-classes.ts'

/** The base rule and nothing else. */
const rules: OrderRules = { kind: 'default', checks: [noAuctionOfFutures] }

export const defaultCash: BrokerDefinition = {
  id: 'default-cash',
  title: 'Default, cash account',
  accountTypes: ['cash'],
  assetClasses: securityClasses,
  rules,
  fees: defaultFees,
}

export const defaultMargin: BrokerDefinition = {
  ...defaultCash,
  id: 'default-margin',
  title: 'Default, margin account',
  accountTypes: ['margin'],
}
