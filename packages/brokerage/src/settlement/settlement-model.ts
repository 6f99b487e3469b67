/**
 * When the money of a fill moves. `immediate` at once; `account-currency` at once and converted at the current rate;
 * `delayed` credits only, `days` trading days later at a time of day of the exchange's clock (milliseconds); `future-daily`
 * marks futures to market on each new date of the exchange.
 */
export type SettlementModel =
  | { readonly kind: 'immediate' | 'account-currency' | 'future-daily' }
  | { readonly kind: 'delayed'; readonly days: number; readonly timeOfDayMs: number }
