import type { CallOptions } from '@qmtl/contracts'
import type { Bar, BarColumns } from './bars/bar-columns.ts'
import type { Instrument } from './instruments/instrument.ts'

/** Which bars: an instrument, an interval and where they begin. */
export interface BarRequest {
  readonly instrument: string
  readonly intervalMs: number
  /** Epoch milliseconds UTC, inclusive bound of a bar's open time. */
  readonly fromMs: number
}

export interface HistoryRequest extends BarRequest {
  /** Epoch milliseconds UTC, inclusive bound of a bar's close time. */
  readonly toMs: number
}

/**
 * Where bars come from. Every implementation passes `describeMarketData` of `@qmtl/market/testing`.
 *
 * - Bars lie on a fixed grid, ascend by open time, and satisfy `0 < low ≤ open, close ≤ high` and `volume ≥ 0`.
 * - A closed bar never changes: `history` of overlapping ranges and `stream` agree on every bar.
 * - A range without bars is empty, not an error.
 */
export interface MarketData {
  /** The instrument's terms. Throws `E_UNKNOWN_INSTRUMENT` naming the known ones. */
  instrument(id: string): Instrument
  /**
   * Bars with `fromMs ≤ open time` and `close time ≤ toMs`. Rejects with `E_UNKNOWN_INSTRUMENT`, with `E_DATA_INTERVAL` for an
   * interval the source does not have, and with the signal's reason once it is aborted.
   */
  history(request: HistoryRequest, options: CallOptions): Promise<BarColumns>
  /**
   * Closed bars that open at or after `fromMs`, in order. A source without a clock of its own (synthetic, recorded) yields as
   * fast as it is pulled: pacing belongs to the caller. Ends when the source ends or the signal is aborted; rejects like
   * `history` for an unknown instrument or interval.
   */
  stream(request: BarRequest, options: CallOptions): AsyncIterable<Bar>
}
