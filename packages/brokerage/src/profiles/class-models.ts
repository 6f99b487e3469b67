import { decimal } from '@qmtl/contracts'
import type { BuyingPowerModel } from '../buying-power/buying-power-model.ts'
import { fillModel, type FillModel } from '../fills/fill-model.ts'
import type { InterestModel } from '../interest/interest-model.ts'
import type { AccountType } from '../model/account.ts'
import type { SecurityModels } from '../model/broker-profile.ts'
import type { SecurityClass } from '../model/security.ts'
import { nextDaySettlement, type SettlementModel } from '../settlement/settlement-model.ts'
import type { BrokerDefinition } from './broker-definition.ts'

/** Leverage of margin accounts where a broker says no other; 1 for the classes that are not here. */
const defaultLeverage: Readonly<Partial<Record<SecurityClass, string>>> = {
  equity: '2',
  forex: '50',
  cfd: '50',
  cryptoFuture: '25',
}

/** The models of a class in an account of this type at this broker, before anything that a user replaces. */
export function classModels(
  broker: BrokerDefinition,
  accountType: AccountType,
  assetClass: SecurityClass,
): SecurityModels {
  const leverage = broker.leverage?.[assetClass] ?? defaultLeverage[assetClass] ?? '1'
  return {
    fill: fillOf(assetClass),
    slippage: { kind: 'none' },
    fees: broker.fees,
    settlement: settlementOf(accountType, assetClass),
    buyingPower: buyingPowerOf(accountType, assetClass, leverage),
    interest: interestOf(broker, assetClass),
    shortable: { kind: 'unlimited' },
  }
}

function fillOf(assetClass: SecurityClass): FillModel {
  switch (assetClass) {
    case 'equity':
      return fillModel('equity')
    case 'future':
      return fillModel('future')
    case 'futureOption':
      return fillModel('future-option')
    default:
      return fillModel('immediate')
  }
}

function settlementOf(accountType: AccountType, assetClass: SecurityClass): SettlementModel {
  switch (assetClass) {
    case 'future':
    case 'futureOption':
      return { kind: 'future-daily' }
    case 'equity':
    case 'option':
      return accountType === 'cash' ? nextDaySettlement : { kind: 'immediate' }
    default:
      return { kind: 'immediate' }
  }
}

function buyingPowerOf(accountType: AccountType, assetClass: SecurityClass, marginLeverage: string): BuyingPowerModel {
  const leverage = decimal(accountType === 'cash' ? '1' : marginLeverage)
  const unaffordable = 'refuse'
  switch (assetClass) {
    case 'future':
      return { kind: 'future', unaffordable }
    case 'option':
    case 'indexOption':
      return { kind: 'option', unaffordable }
    case 'futureOption':
      return { kind: 'future-option', unaffordable }
    case 'cryptoFuture':
      return { kind: 'crypto-future', leverage, unaffordable }
    case 'crypto':
    case 'forex':
      return accountType === 'cash' ? { kind: 'cash', unaffordable } : { kind: 'leverage', leverage, unaffordable }
    default:
      return { kind: 'leverage', leverage, unaffordable }
  }
}

function interestOf(broker: BrokerDefinition, assetClass: SecurityClass): InterestModel {
  const isFunded = broker.paysFunding === true && assetClass === 'cryptoFuture'
  return { kind: isFunded ? 'perpetual-funding' : 'none' }
}
