import { decimalText } from '@qmtl/contracts'
import { digestText, feeModelText, textOf } from '../fees/fee-model-text.ts'
import type { BrokerProfile, PairLeverage, SecurityModels } from '../model/broker-profile.ts'

/** The models of one class, or what is replaced for one instrument, in words. */
export interface ProfileRow {
  /** An asset class, or an instrument id. */
  readonly of: string
  /** Model kind with its parameters, by part: `leverage(leverage 2, unaffordable refuse)`. Equal texts, equal behaviour. */
  readonly models: Readonly<Partial<Record<keyof SecurityModels, string>>>
}

/** A profile as a table for people, reports and fingerprints: a row per class, then one per instrument that differs. */
export interface ProfileTable {
  readonly id: string
  readonly accountType: string
  readonly requiredFreeFraction: string
  /** Whose they are, with a digest of all that they say. */
  readonly rules: string
  readonly onReverseSplit: string
  /** Pairs with a leverage of their own, `BTC in USD, EUR: 5`; absent where leverage goes by class alone. */
  readonly pairLeverage?: readonly string[]
  /** Name of the hook that has the last word. */
  readonly hook?: string
  readonly rows: readonly ProfileRow[]
}

export function describeProfile(profile: BrokerProfile): ProfileTable {
  const { id, accountType, requiredFreeFraction, rules, models, instruments, onReverseSplit, pairLeverage, hook } =
    profile
  return {
    id,
    accountType,
    requiredFreeFraction: decimalText(requiredFreeFraction),
    rules: digestText(rules.kind, rules),
    onReverseSplit,
    ...(pairLeverage && { pairLeverage: pairLeverage.map(pairText) }),
    ...(hook && { hook: hook.name }),
    rows: [...Object.entries(models), ...(instruments ?? [])].map(([of, parts]) => ({ of, models: textsOf(parts) })),
  }
}

function pairText({ bases, quotes, leverage }: PairLeverage): string {
  return `${bases.join(', ')} in ${quotes.join(', ')}: ${decimalText(leverage)}`
}

function textsOf(parts: Partial<SecurityModels>): ProfileRow['models'] {
  const { fees, ...others } = parts
  return {
    ...Object.fromEntries(Object.entries(others).map(([part, model]) => [part, modelText(model)])),
    ...(fees && { fees: feeModelText(fees) }),
  }
}

function modelText({ kind, ...parameters }: { readonly kind: string }): string {
  const texts = Object.entries(parameters).map(([name, value]) =>
    value instanceof Map ? digestText(`${value.size} ${name}`, value) : `${name} ${textOf(value)}`,
  )
  return texts.length === 0 ? kind : `${kind}(${texts.join(', ')})`
}
