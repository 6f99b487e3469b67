import {
  compare,
  createCauseList,
  decimal,
  decimalText,
  ONE,
  QmtlError,
  sign,
  suggestName,
  type CauseList,
  type Decimal,
} from '@qmtl/contracts'
import type { BuyingPowerModel } from '../buying-power/buying-power-model.ts'
import type { FeeSchedule } from '../fees/fee-schedule.ts'
import type { AccountType } from '../model/account.ts'
import type { BrokerProfile, ProfileHook, SecurityModels } from '../model/broker-profile.ts'
import type { SecurityClass } from '../model/security.ts'
import type { OrderRules } from '../rules/order-rules.ts'
import type { BrokerDefinition } from './broker-definition.ts'
import { securityClasses } from '../symbols/security-classes.ts'
import { brokers } from './broker-table.ts'
import { classModels } from './class-models.ts'

/** What a user changes of a profile. The more special wins: instrument over class over fees over the broker's own; the hook is last. */
export interface ProfileOptions {
  /** Default: the first that the broker offers. */
  readonly accountType?: AccountType | undefined
  /** Fraction of the account's value that no order may use, from 0 to below 1. Default 0. */
  readonly requiredFreeFraction?: string | number | undefined
  /** Fees of all classes. */
  readonly fees?: FeeSchedule | undefined
  readonly rules?: OrderRules | undefined
  /** Replacements by asset class, of classes that the broker trades. */
  readonly classes?: Readonly<Partial<Record<SecurityClass, Partial<SecurityModels>>>> | undefined
  /** Replacements by instrument id. */
  readonly instruments?: Readonly<Record<string, Partial<SecurityModels>>> | undefined
  readonly hook?: ProfileHook | undefined
}

/** Ids that `brokerProfile` knows. */
export const profileIds: readonly string[] = brokers.map(({ id }) => id)

/**
 * The profile of a broker by its id, with what a user changes. Throws `E_INVALID_PARAMETER` for an unknown id, for an account type
 * that the broker does not offer, a free fraction outside [0, 1), a leverage below 1 and a replacement for a class that is not traded
 * there: all causes at once.
 */
export function brokerProfile(id: string, options: ProfileOptions = {}): BrokerProfile {
  const broker = brokers.find((one) => one.id === id)
  if (broker) return profileOf(broker, options)
  throw new QmtlError('E_INVALID_PARAMETER', `'${id}' is no broker profile; ${suggestName(id, profileIds)}`)
}

/** The profile of a broker that one defines oneself. Throws like `brokerProfile`. */
export function profileOf(broker: BrokerDefinition, options: ProfileOptions = {}): BrokerProfile {
  const accountType = options.accountType ?? broker.accountTypes[0]
  const requiredFreeFraction = decimal(options.requiredFreeFraction ?? 0)
  const models = modelsByClass(broker, accountType, options)
  const causes = createCauseList()
  checkAccount(broker, accountType, causes)
  checkFreeFraction(requiredFreeFraction, causes)
  checkClasses(broker, options, causes)
  checkLeverage(models, options, causes)
  causes.throwAll('E_INVALID_PARAMETER')
  return {
    id: broker.id,
    accountType,
    requiredFreeFraction,
    rules: options.rules ?? broker.rules,
    models,
    onReverseSplit: broker.onReverseSplit ?? 'adjust',
    ...pairLeverageOf(broker, accountType, options),
    ...(options.instruments && { instruments: new Map(Object.entries(options.instruments)) }),
    ...(options.hook && { hook: options.hook }),
  }
}

function modelsByClass(
  broker: BrokerDefinition,
  accountType: AccountType,
  options: ProfileOptions,
): BrokerProfile['models'] {
  const entries = broker.assetClasses.map((assetClass) => {
    const ofBroker = classModels(broker, accountType, assetClass)
    return [
      assetClass,
      { ...ofBroker, ...(options.fees && { fees: options.fees }), ...options.classes?.[assetClass] },
    ] as const
  })
  return Object.fromEntries(entries)
}

/** A user's buying power for the class replaces the broker's by pair. */
function pairLeverageOf(
  { pairLeverage }: BrokerDefinition,
  accountType: AccountType,
  { classes }: ProfileOptions,
): Pick<BrokerProfile, 'pairLeverage'> {
  const isReplaced = classes?.crypto?.buyingPower !== undefined
  return accountType === 'margin' && pairLeverage && !isReplaced ? { pairLeverage } : {}
}

function checkAccount(broker: BrokerDefinition, accountType: AccountType, causes: CauseList): void {
  if (broker.accountTypes.includes(accountType)) return
  const offered = broker.accountTypes.join(' or ')
  causes.add({ path: '/accountType', message: `${broker.id} offers ${offered} accounts alone`, value: accountType })
}

function checkFreeFraction(fraction: Decimal, causes: CauseList): void {
  if (sign(fraction) >= 0 && compare(fraction, ONE) < 0) return
  const value = decimalText(fraction)
  causes.add({ path: '/requiredFreeFraction', message: 'must be from 0 to below 1', value })
}

function checkClasses(broker: BrokerDefinition, { classes = {} }: ProfileOptions, causes: CauseList): void {
  for (const assetClass of securityClasses) {
    if (!classes[assetClass] || broker.assetClasses.includes(assetClass)) continue
    const traded = broker.assetClasses.join(', ')
    causes.add({ path: `/classes/${assetClass}`, message: `is not traded at ${broker.id}, which has ${traded}` })
  }
}

function checkLeverage(models: BrokerProfile['models'], { instruments = {} }: ProfileOptions, causes: CauseList): void {
  const places = [
    ...securityClasses.map((assetClass) => [`/classes/${assetClass}`, models[assetClass]?.buyingPower] as const),
    ...Object.entries(instruments).map(([id, one]) => [`/instruments/${id}`, one.buyingPower] as const),
  ]
  for (const [path, model] of places) {
    for (const leverage of model ? leveragesOf(model) : []) {
      if (compare(leverage, ONE) >= 0) continue
      causes.add({ path: `${path}/buyingPower`, message: 'leverage must be at least 1', value: decimalText(leverage) })
    }
  }
}

function leveragesOf(model: BuyingPowerModel) {
  if ('leverage' in model) return [model.leverage]
  return model.kind === 'pattern-day-trading' ? [model.closedLeverage, model.openLeverage] : []
}
