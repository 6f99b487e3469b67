import type { CallOptions } from '@qmtl/contracts'
import { adjustBars, type Adjustment } from '../actions/adjust-bars.ts'
import { adjustmentOf, placeActions, type AdjustKind, type PlacedAction } from '../actions/adjustments.ts'
import { firstBarFrom, type BarColumns, type BarSource } from '../bars/bar-columns.ts'
import { dayMs } from '../calendars/civil-date.ts'
import type { ExchangeCalendar } from '../calendars/exchange-calendar.ts'
import type { BarStore, StoredRange } from './bar-store.ts'

export interface AdjustOptions extends CallOptions {
  readonly kind: AdjustKind
  /** Of the instrument: it says when an ex-date begins. */
  readonly calendar: ExchangeCalendar
}

/** Further back than this no bar tells the close before a dividend. */
const searchDays = 15

/**
 * The adjustments that the stored actions of an instrument ask of its stored bars, ascending; the same for any part of the bars. A
 * dividend before which no bar is stored adjusts none. Throws as `placeActions`, `adjustmentOf` and `BarStore.read`.
 */
export async function adjustmentsFor(
  store: BarStore,
  source: BarSource,
  options: AdjustOptions,
): Promise<readonly Adjustment[]> {
  const placed = placeActions(await store.actions(source.instrument, options), options)
  const adjustments: Adjustment[] = []
  for (const one of placed) {
    const close = one.action.kind === 'split' ? Number.NaN : await closeBefore(store, { ...source, ...one }, options)
    if (close !== undefined) adjustments.push(adjustmentOf(one, close))
  }
  return adjustments
}

/** Stored bars as if the shares had always been those of today. Throws as `adjustmentsFor`. */
export async function readAdjusted(store: BarStore, range: StoredRange, options: AdjustOptions): Promise<BarColumns> {
  const bars = await store.read(range, options)
  return adjustBars(bars, await adjustmentsFor(store, range, options))
}

async function closeBefore(
  store: BarStore,
  { instrument, intervalMs, closeMs }: BarSource & PlacedAction,
  { signal }: CallOptions,
): Promise<number | undefined> {
  const near = { fromMs: closeMs - searchDays * dayMs, toMs: closeMs + intervalMs }
  const bars = await store.read({ instrument, intervalMs, ...near }, { signal })
  return bars.close[firstBarFrom(bars, closeMs) - 1]
}
