import { absolute, decimal, times, type Decimal } from '@qmtl/contracts'
import type { SecurityClass } from '../model/security.ts'

/**
 * How a broker charges an order, as data. Rates are fractions (0.001 is ten basis points), amounts are in the currency named.
 *
 * - `none`: nothing, and so in no currency.
 * - `constant`: so much per order; the sign does not matter.
 * - `percent`: basis points of the order's value, at least `minimum`.
 * - `per-unit`: so much per share or contract.
 * - `option-premium`: per contract, less for cheap options and for months of many contracts.
 * - `maker-taker`: a rate for orders that rest in the book and one for those that trade at once.
 * - `tiered`: the schedule of the first tier that the month's volume so far does not exceed.
 * - `composite`: the sum of its parts, which must be in one currency.
 * - `first-of`: the schedule of the first row whose conditions all hold; an order that no row takes is an error.
 */
export type FeeSchedule =
  | { readonly kind: 'none' }
  | { readonly kind: 'constant'; readonly amount: Decimal; readonly currency: FeeCurrency }
  | PercentFee
  | PerUnitFee
  | OptionPremiumFee
  | MakerTakerFee
  | TieredFee
  | { readonly kind: 'composite'; readonly parts: readonly FeeSchedule[] }
  | FeeTable

/** A currency by its code, or that of the instrument's quotes or of the account. */
export type FeeCurrency = 'quote' | 'account' | Uppercase<string>

export interface PercentFee {
  readonly kind: 'percent'
  readonly bps: Decimal
  /** In the fee's currency; absent: none. */
  readonly minimum?: Decimal
  /** Default `quote`; values are converted to any other at current rates. */
  readonly currency?: FeeCurrency
  /** `order-value` (the default) lets a limit or stop price bound the current price, `market-value` takes the price alone. */
  readonly of?: 'order-value' | 'market-value'
}

export interface PerUnitFee {
  readonly kind: 'per-unit'
  /** Summed: what the broker, the exchange and the regulator take of each unit. */
  readonly charges: readonly Decimal[]
  readonly currency: FeeCurrency
  /** A fee below it is raised to it, even above the maximum. */
  readonly minimum?: Decimal
  /** Fraction of the order's value in quote currency that a fee above the minimum never exceeds. */
  readonly maximumFraction?: Decimal
}

export interface OptionPremiumFee {
  readonly kind: 'option-premium'
  /** Ascending; `upTo` bounds the month's contracts so far, inclusive; the last tier has no bound. */
  readonly tiers: readonly {
    readonly upTo?: Decimal
    /** Descending; the first whose `premiumFrom` the premium reaches counts. */
    readonly bands: readonly { readonly premiumFrom: Decimal; readonly perContract: Decimal }[]
  }[]
  readonly minimum: Decimal
  readonly currency: FeeCurrency
}

/**
 * How a side of a spot order pays: `base` takes rate × quantity of the coin itself; the others take rate × quantity × unit price ×
 * multiplier in quote currency, the unit price being the limit of a limit order (`limit-…`) and else the bid, the side that the order
 * trades against (ask for buys, bid for sells), or the current price.
 */
export type SpotPayment = 'base' | 'limit-or-bid' | 'limit-or-side' | 'side' | 'price'

export interface MakerTakerFee {
  readonly kind: 'maker-taker'
  readonly maker: Decimal
  readonly taker: Decimal
  /** `contract`: notional at the current price, in quote currency, of coin-margined contracts quantity × multiplier ÷ price in the coin. */
  readonly pays: 'contract' | { readonly buy: SpotPayment; readonly sell: SpotPayment }
  /** An order may ask to pay in the other currency, at its limit or the side it trades against. */
  readonly orderMayChoose?: boolean
  /** Hidden orders are takers whatever else they are. */
  readonly hiddenTakes?: boolean
  /** A limit order that was marketable at submission is a taker though it is post only. */
  readonly ignoresPostOnly?: boolean
}

export interface TieredFee {
  readonly kind: 'tiered'
  /** The month's volume so far. */
  readonly volume: 'optionContracts' | 'forexUsd'
  /** Ascending; `upTo` is inclusive, the last tier has no bound. */
  readonly tiers: readonly { readonly upTo?: Decimal; readonly schedule: FeeSchedule }[]
}

export interface FeeTable {
  readonly kind: 'first-of'
  /** Whose table it is, with the date at which it was true: named in errors and reports. */
  readonly name: string
  readonly rows: readonly FeeRow[]
}

/** Conditions, all of which must hold, and the schedule then. Lists hold one of which must be met; an absent condition always holds. */
export interface FeeRow {
  readonly assetClasses?: readonly SecurityClass[]
  readonly markets?: readonly string[]
  /** Tickers; of options those of their underlying. */
  readonly tickers?: readonly string[]
  readonly tickerPrefixes?: readonly string[]
  readonly quoteCurrencies?: readonly string[]
  readonly isCoinMargined?: boolean
  /** Orders submitted before this instant, epoch milliseconds UTC, exclusive. */
  readonly submittedBeforeMs?: number
  /** Bounds of the current price, exclusive and inclusive. */
  readonly priceBelow?: Decimal
  readonly priceUpTo?: Decimal
  /** Bound of the absolute quantity, exclusive. */
  readonly quantityBelow?: Decimal
  readonly isMultiLeg?: boolean
  readonly isExercise?: boolean
  readonly schedule: FeeSchedule
}

const oneBasisPoint = decimal('0.0001')

/** Fee of a fill with this notional (either sign), in quote currency, exact and unrounded. Positive is a cost. */
export function feeForNotional(notional: Decimal, schedule: PercentFee): Decimal {
  return times(absolute(notional), feeRate(schedule))
}

/** The fee as a share of notional: what sizing must leave room for. */
export function feeRate(schedule: PercentFee): Decimal {
  return times(schedule.bps, oneBasisPoint)
}
