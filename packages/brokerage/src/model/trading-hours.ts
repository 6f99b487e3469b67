/**
 * When an exchange trades. Instants are epoch milliseconds UTC; a day is a date of the exchange's wall clock in days since
 * 1970-01-01; a time of day is milliseconds since midnight of that clock. Segments include their start and exclude their end.
 */
export interface TradingHours {
  /** Never closes: no auctions, no sessions. */
  readonly isAlwaysOpen: boolean
  isOpen(atMs: number, extended: boolean): boolean
  /** True where a session strictly overlaps `[fromMs, toMs)`; equal bounds ask for the instant. */
  isOpenBetween(fromMs: number, toMs: number, extended: boolean): boolean
  /** Strictly after the argument. Throws `E_INVALID_DATA` when there is none within 15 days. */
  nextOpen(afterMs: number, extended: boolean): number
  /** Strictly after the argument; sessions that touch are one. Throws `E_INVALID_DATA` when there is none within 15 days. */
  nextClose(afterMs: number, extended: boolean): number
  localDay(atMs: number): number
  localTimeMs(atMs: number): number
  /** The instant of a wall clock time; one in a gap maps forward, a double one to the earlier offset. */
  instantOf(day: number, timeMs: number): number
  hasSession(day: number, extended: boolean): boolean
  /** End of the day's last session, breaks ignored; undefined on a day without one. */
  lastClose(day: number, extended: boolean): number | undefined
  /** Start of the day's first session; undefined on a day without one. */
  firstOpen(day: number, extended: boolean): number | undefined
}
