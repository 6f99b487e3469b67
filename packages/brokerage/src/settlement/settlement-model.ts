/**
 * When the money of a fill moves. `immediate` at once; `account-currency` at once and converted at the current rate;
 * `delayed` credits only, `days` trading days later at a time of day of the exchange's clock (milliseconds); `future-daily`
 * marks futures to market on each new date of the exchange.
 */
export type SettlementModel = { readonly kind: 'immediate' | 'account-currency' | 'future-daily' } | DelayedSettlement

/** Credits arrive `days` dates with a regular session after that of the fill, `timeOfDayMs` after local midnight. */
export interface DelayedSettlement {
  readonly kind: 'delayed'
  readonly days: number
  readonly timeOfDayMs: number
}

/** The next trading day at 06:00: equities and options of the United States since 28 May 2024 (SEC Rule 15c6-1). */
export const nextDaySettlement: DelayedSettlement = { kind: 'delayed', days: 1, timeOfDayMs: 6 * 3_600_000 }
