import type { Decimal } from '@qmtl/contracts'

/** What a position costs or earns while time passes. */
export type InterestModel =
  | { readonly kind: 'none' }
  /** Borrow fee of shorts and rebate of longs, once per date of the exchange. */
  | { readonly kind: 'short-interest' }
  /** Funding of perpetual contracts at 00:00, 08:00 and 16:00 UTC. */
  | { readonly kind: 'perpetual-funding' }

/** Where the interest of a position has come to. `day` is a date of the exchange in days since 1970-01-01. */
export type InterestClock =
  | { readonly kind: 'short-interest'; readonly day: number; readonly side: -1 | 1 }
  | { readonly kind: 'perpetual-funding'; readonly dueMs: number }

/** One date's short availability of an instrument; `quantity` null is unlimited, rates are fractions per year. */
export interface ShortableRow {
  readonly quantity: Decimal | null
  readonly feeRate: Decimal
  readonly rebateRate: Decimal
}

/**
 * How much may be sold short: `unlimited`; `static` by instrument id, the same on every date; `table` by `INSTRUMENT YYYY-MM-DD`. An
 * instrument or a date without a row is unlimited and free.
 */
export type ShortableModel =
  | { readonly kind: 'unlimited' }
  | { readonly kind: 'static' | 'table'; readonly rows: ReadonlyMap<string, ShortableRow> }
