import type { Decimal } from '@qmtl/contracts'

/**
 * How much may be bought. `unaffordable` says what becomes of an order that was affordable when decided and is not at its
 * fill (the market opened beyond it): `reduce` fills what can be paid, `refuse` nothing.
 */
export type BuyingPowerModel = { readonly unaffordable: 'reduce' | 'refuse' } & (
  | LeverageModel
  /** The closed leverage outside the regular session and in its last ten minutes, else the open one. */
  | { readonly kind: 'pattern-day-trading'; readonly closedLeverage: Decimal; readonly openLeverage: Decimal }
  /** Margin per contract, from the terms of the security. */
  | { readonly kind: 'future' }
  /** Notional ÷ leverage, linear or coin-margined. */
  | { readonly kind: 'crypto-future'; readonly leverage: Decimal }
  /** Premium for what is bought, premium and a share of the underlying for what is written. */
  | { readonly kind: 'option' }
  /** Future margins of the underlying. */
  | { readonly kind: 'future-option' }
  /** Only what is there: quote cash for buys, base cash for sells. */
  | { readonly kind: 'cash' }
)

/** The margin of a position is its notional ÷ leverage, at entry and after; 1 lends nothing. */
export interface LeverageModel {
  readonly kind: 'leverage'
  readonly leverage: Decimal
  /** Fractions of the notional that replace 1 ÷ leverage at entry and after. */
  readonly initialRequirement?: Decimal
  readonly maintenanceRequirement?: Decimal
}
