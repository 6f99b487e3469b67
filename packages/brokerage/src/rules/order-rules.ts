import type { Decimal, OrderStatus, OrderType, TimeInForce } from '@qmtl/contracts'
import type { SecurityClass } from '../model/security.ts'

/**
 * Which orders a broker takes, changes and executes, as data. Submission asks in this order, and the first failure is the answer:
 * asset class, order type, time in force, checks from first to last, extended hours.
 */
export interface OrderRules {
  /** Whose rules; named in refusals. */
  readonly kind: string
  /** Absent: all. */
  readonly assetClasses?: readonly SecurityClass[]
  /** An order is taken where one row holds its type and fits; absent: all. */
  readonly orderTypes?: readonly OrderTypeRow[]
  /** Absent: all. */
  readonly timesInForce?: readonly TimeInForce[]
  /** Absent: `noAuctionOfFutures` alone. */
  readonly checks?: readonly OrderCheck[]
  /** Absent: orders execute whenever they can be filled, also outside regular hours. */
  readonly extendedHours?: ExtendedHours
  /** Absent: every update is taken. */
  readonly updates?: UpdateRules
  /** Classes whose orders are never executed. */
  readonly neverExecutes?: readonly SecurityClass[]
}

/** Order types and what else must hold for them. */
export interface OrderTypeRow {
  readonly types: readonly OrderType[]
  readonly assetClasses?: readonly SecurityClass[]
  /** Orders submitted before this instant, epoch milliseconds UTC, exclusive. */
  readonly submittedBeforeMs?: number
}

/** A span of the exchange's wall clock in milliseconds since midnight, start inclusive, end exclusive; it may run over midnight. */
export interface ClockSpan {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Outside the regular session an order waits for the open, but one with `outsideRegularTradingHours`, which must be of these types and
 * classes and within one of the spans.
 */
export interface ExtendedHours {
  readonly orderTypes: readonly OrderType[]
  readonly assetClasses: readonly SecurityClass[]
  readonly spans: readonly ClockSpan[]
}

/** One thing that a broker asks of an order at submission. Quantities are absolute. */
export type OrderCheck =
  | { readonly kind: 'no-market-on-open'; readonly assetClasses: readonly SecurityClass[] }
  /** When a market-on-open order may be sent. A day without a regular session has no window: it may then. */
  | { readonly kind: 'market-on-open-window'; readonly window: AuctionWindow }
  /** Combos of these types have fewer legs than so many. */
  | { readonly kind: 'combo-legs'; readonly orderTypes: readonly OrderType[]; readonly below: number }
  /** Bounds in units of the base currency, both inclusive; a currency that is not listed is not traded. */
  | { readonly kind: 'forex-size'; readonly bounds: ForexBounds }
  /** Exercise of index options and of options that settle in cash is not offered. */
  | { readonly kind: 'physical-exercise' }
  /** An order for outside regular hours must be of these types and times in force. */
  | {
      readonly kind: 'outside-hours'
      readonly orderTypes: readonly OrderType[]
      readonly timesInForce: readonly TimeInForce[]
    }
  /** Orders of these types may close a position, not carry it through zero. */
  | { readonly kind: 'no-flip'; readonly orderTypes: readonly OrderType[] }
  /** A sell that leaves a short position must not be GTC and needs a price of at least so much. */
  | { readonly kind: 'short-sale'; readonly minimumPrice: Decimal }
  /** Both inclusive. */
  | { readonly kind: 'quantity-range'; readonly from: Decimal; readonly to: Decimal }
  /** The instrument's minimum is a notional in quote currency, which an order must exceed; equal is too small. */
  | { readonly kind: 'minimum-notional' }
  /** The instrument's minimum is a quantity; equal is enough. */
  | { readonly kind: 'minimum-quantity' }
  /** An order that the broker has already is not taken again. */
  | { readonly kind: 'no-broker-id' }

/** `session`: from the end of the day's regular session until so long before its start; `fixed`: a span of the clock. */
export type AuctionWindow =
  { readonly kind: 'session'; readonly beforeOpenMs: number } | ({ readonly kind: 'fixed' } & ClockSpan)

export type ForexBounds = Readonly<Record<string, readonly [minimum: Decimal, maximum: Decimal]>>

/** Which updates a broker takes; every member that is present must hold. */
export interface UpdateRules {
  readonly never?: boolean
  /** The quantity stays; the same value is no change. */
  readonly keepsQuantity?: boolean
  readonly assetClasses?: readonly SecurityClass[]
  readonly orderTypes?: readonly OrderType[]
  readonly timesInForce?: readonly TimeInForce[]
  readonly statuses?: readonly OrderStatus[]
  /** A new quantity must pass. */
  readonly quantityCheck?: Extract<OrderCheck, { readonly kind: 'minimum-quantity' | 'forex-size' }>
}

/** The base rule: no market-on-open orders of futures and their options. */
export const noAuctionOfFutures: OrderCheck = { kind: 'no-market-on-open', assetClasses: ['future', 'futureOption'] }
