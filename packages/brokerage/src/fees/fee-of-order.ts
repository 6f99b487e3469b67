import {
  absolute,
  assertNever,
  compare,
  decimalText,
  dividedBy,
  isZero,
  maximum,
  minimum,
  ONE,
  plus,
  QmtlError,
  sign,
  times,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'
import type { MarketView, RateOf } from '../model/market-view.ts'
import type { Fee, MonthlyVolumes } from '../model/money.ts'
import { orderValue } from '../model/order-questions.ts'
import type { OrderState } from '../model/order-terms.ts'
import type { Security } from '../model/security.ts'
import { fitsRow } from './fee-row.ts'
import {
  feeRate,
  type FeeCurrency,
  type FeeSchedule,
  type FeeTable,
  type OptionPremiumFee,
  type PercentFee,
  type PerUnitFee,
  type TieredFee,
} from './fee-schedule.ts'
import { makerTakerFee } from './maker-taker-fee.ts'
import { optionPremium } from './option-premium.ts'

/** What the fee of an order depends on. */
export interface FeeContext {
  readonly order: OrderState
  readonly security: Security
  readonly market: MarketView
  readonly rateOf: RateOf
  /** Of the month so far, without this order. */
  readonly volumes: MonthlyVolumes
  readonly accountCurrency: string
}

const noFee: Fee = { amount: ZERO, currency: undefined }

/**
 * The fee of a whole order, charged once, when it becomes filled: an amount of at least 0 and its currency, unrounded; none at all
 * where the currency is undefined. A fee in the base currency of a spot buy is taken from the coins received. Throws
 * `E_INVALID_PARAMETER` for an order that the schedule does not know (another class or market) and `E_DATA_MISSING` where a rate that
 * it needs is not known yet.
 */
export function feeOfOrder(schedule: FeeSchedule, context: FeeContext): Fee {
  switch (schedule.kind) {
    case 'none':
      return noFee
    case 'constant':
      return { amount: absolute(schedule.amount), currency: currencyOf(schedule.currency, context) }
    case 'percent':
      return percentFee(schedule, context)
    case 'per-unit':
      return perUnitFee(schedule, context)
    case 'option-premium':
      return optionPremiumFee(schedule, context)
    case 'maker-taker':
      return makerTakerFee(schedule, context)
    case 'tiered':
      return feeOfOrder(tierOf(schedule, context), context)
    case 'composite':
      return sumOf(schedule.parts.map((part) => feeOfOrder(part, context)))
    case 'first-of':
      return feeOfOrder(rowOf(schedule, context), context)
    default:
      return assertNever(schedule)
  }
}

function percentFee(schedule: PercentFee, context: FeeContext): Fee {
  const { order, security, market } = context
  const currency = currencyOf(schedule.currency ?? 'quote', context)
  const isOrderValue = schedule.of !== 'market-value'
  const value = isOrderValue
    ? quoteValue(context)
    : times(times(order.terms.quantity, market.price), security.multiplier)
  const amount = times(absolute(inCurrency(value, currency, context)), feeRate(schedule))
  return { amount: maximum(amount, schedule.minimum ?? ZERO), currency }
}

function perUnitFee(schedule: PerUnitFee, context: FeeContext): Fee {
  const perUnit = schedule.charges.reduce(plus, ZERO)
  const amount = times(absolute(context.order.terms.quantity), perUnit)
  const currency = currencyOf(schedule.currency, context)
  const least = schedule.minimum ?? ZERO
  if (compare(amount, least) < 0) return { amount: least, currency }
  if (schedule.maximumFraction === undefined) return { amount, currency }
  return { amount: minimum(amount, times(absolute(quoteValue(context)), schedule.maximumFraction)), currency }
}

function optionPremiumFee(schedule: OptionPremiumFee, context: FeeContext): Fee {
  const tier = firstUpTo(schedule.tiers, context.volumes.optionContracts)
  const premium = optionPremium(context.order, context.market)
  const band = tier?.bands.find(({ premiumFrom }) => compare(premium, premiumFrom) >= 0) ?? tier?.bands.at(-1)
  const amount = times(absolute(context.order.terms.quantity), band?.perContract ?? ZERO)
  return { amount: maximum(amount, schedule.minimum), currency: currencyOf(schedule.currency, context) }
}

function tierOf({ tiers, volume }: TieredFee, { volumes }: FeeContext): FeeSchedule {
  return firstUpTo(tiers, volumes[volume])?.schedule ?? { kind: 'none' }
}

function firstUpTo<Tier extends { readonly upTo?: Decimal }>(
  tiers: readonly Tier[],
  volume: Decimal,
): Tier | undefined {
  return tiers.find(({ upTo }) => upTo === undefined || compare(volume, upTo) <= 0) ?? tiers.at(-1)
}

function rowOf(table: FeeTable, context: FeeContext): FeeSchedule {
  const row = table.rows.find((one) => fitsRow(one, context))
  if (row) return row.schedule
  const { security, order } = context
  const what = `${security.assetClass} ${security.id} (market ${security.market}, quoted in ${security.quoteCurrency})`
  throw new QmtlError('E_INVALID_PARAMETER', `fees ${table.name} have no row for ${what}`, {
    details: { instrument: security.id, order: order.terms.id },
    hint: 'trade it with another profile, or give the profile a fee for its class or for this instrument',
  })
}

function sumOf(fees: readonly Fee[]): Fee {
  const charged = fees.filter(({ currency }) => currency !== undefined)
  const [first] = charged
  if (!first) return noFee
  const other = charged.find(({ currency }) => currency !== first.currency)
  if (other) {
    const seen = `${first.currency ?? ''} and ${other.currency ?? ''}`
    throw new QmtlError('E_INVALID_PARAMETER', `the parts of a composite fee must have one currency, seen ${seen}`)
  }
  return { amount: charged.map(({ amount }) => amount).reduce(plus), currency: first.currency }
}

/** Signed order value in quote currency. */
function quoteValue({ order, security, market }: FeeContext): Decimal {
  return orderValue(order, security, { price: market.price, rateOf: () => ONE })
}

function inCurrency(value: Decimal, currency: string, { security, rateOf }: FeeContext): Decimal {
  if (currency === security.quoteCurrency) return value
  const [from, to] = [rateOf(security.quoteCurrency), rateOf(currency)]
  if (sign(from) <= 0 || isZero(to)) {
    const seen = `${security.quoteCurrency} ${decimalText(from)}, ${currency} ${decimalText(to)}`
    throw new QmtlError('E_DATA_MISSING', `a fee in ${currency} needs rates to the account currency, seen ${seen}`, {
      hint: 'subscribe to the pairs that convert these currencies',
    })
  }
  const inAccount = times(value, from)
  return compare(to, ONE) === 0 ? inAccount : dividedBy(inAccount, to)
}

function currencyOf(currency: FeeCurrency, { security, accountCurrency }: FeeContext): string {
  if (currency === 'quote') return security.quoteCurrency
  return currency === 'account' ? accountCurrency : currency
}
