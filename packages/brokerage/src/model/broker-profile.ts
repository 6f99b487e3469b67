import type { Decimal } from '@qmtl/contracts'
import type { BuyingPowerModel } from '../buying-power/buying-power-model.ts'
import type { FeeSchedule } from '../fees/fee-schedule.ts'
import type { FillModel } from '../fills/fill-model.ts'
import type { InterestModel, ShortableModel } from '../interest/interest-model.ts'
import type { OrderRules } from '../rules/order-rules.ts'
import type { SettlementModel } from '../settlement/settlement-model.ts'
import type { SlippageModel } from '../slippage/slippage-model.ts'
import type { AccountType, Portfolio } from './account.ts'
import type { OrderState } from './order-terms.ts'
import type { Refusal } from './refusal.ts'
import type { Security, SecurityClass } from './security.ts'

/** The models that act on orders and positions of one instrument; all of them data, so that a run can name them. */
export interface SecurityModels {
  readonly fill: FillModel
  readonly slippage: SlippageModel
  readonly fees: FeeSchedule
  readonly settlement: SettlementModel
  readonly buyingPower: BuyingPowerModel
  readonly interest: InterestModel
  readonly shortable: ShortableModel
}

/** A user's last word, by a name that fingerprints and reports carry. */
export interface ProfileHook {
  readonly name: string
  /** The models in the end, from those of the profile. Pure. */
  readonly chooseModels?: (security: Security, models: SecurityModels) => SecurityModels
  /** Asked at submission after every rule of the broker has passed; its refusals have the code `hook`. Pure. */
  readonly judgeOrder?: (order: OrderState, portfolio: Portfolio) => Refusal | undefined
}

/** Leverage of the pairs of these base currencies in any of these quote currencies. */
export interface PairLeverage {
  readonly bases: readonly string[]
  readonly quotes: readonly string[]
  /** At least 1. */
  readonly leverage: Decimal
}

/** A broker or venue as data: an account, and what happens to orders and money in it. */
export interface BrokerProfile {
  /** `default`, `interactive-brokers`, `binance`, … */
  readonly id: string
  readonly accountType: AccountType
  readonly requiredFreeFraction: Decimal
  readonly rules: OrderRules
  /** A class that is absent is not traded there. */
  readonly models: Readonly<Partial<Record<SecurityClass, SecurityModels>>>
  /** Leverage of spot crypto by pair, in place of its class's; a pair that fits no row has 1. Absent: all have their class's. */
  readonly pairLeverage?: readonly PairLeverage[]
  /** What a reverse split does to open orders. */
  readonly onReverseSplit: 'adjust' | 'cancel'
  /** Replacements for single instruments, by id. */
  readonly instruments?: ReadonlyMap<string, Partial<SecurityModels>>
  readonly hook?: ProfileHook
}
