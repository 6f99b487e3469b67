import type { FeeSchedule } from '../fees/fee-schedule.ts'
import type { AccountType } from '../model/account.ts'
import type { PairLeverage } from '../model/broker-profile.ts'
import type { SecurityClass } from '../model/security.ts'
import type { OrderRules } from '../rules/order-rules.ts'

/**
 * What sets a broker apart, as data; the rest follows from account type and asset class. A broker is one such record in a file of its
 * own and a row in the table of brokers.
 */
export interface BrokerDefinition {
  /** Kebab-case, by which configurations name the profile. */
  readonly id: string
  /** Whose it is, in words. */
  readonly title: string
  /** Offered account types, the default first. */
  readonly accountTypes: readonly [AccountType, ...AccountType[]]
  /** Classes that are traded there; no other has models. */
  readonly assetClasses: readonly SecurityClass[]
  readonly rules: OrderRules
  readonly fees: FeeSchedule
  /** Leverage in a margin account, at least 1, where it differs from the default profile. Cash accounts have 1. */
  readonly leverage?: Readonly<Partial<Record<SecurityClass, string>>>
  /** Leverage of single pairs of spot crypto in a margin account. */
  readonly pairLeverage?: readonly PairLeverage[]
  /** Perpetual contracts pay funding. */
  readonly paysFunding?: boolean
  /** Default `adjust`. */
  readonly onReverseSplit?: 'adjust' | 'cancel'
}
