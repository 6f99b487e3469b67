import { formatInstant, formatInterval } from '@qmtl/contracts'
import type { BarBlock } from '../bars/bar-block.ts'
import type { BarSource } from '../bars/bar-columns.ts'
import { createFingerprinter } from '../bars/fingerprint.ts'
import type { StoredBars } from './stored-bars.ts'

/** The part of a manifest that follows from the bars alone. */
export type BarSummary = Omit<StoredBars, 'columns' | 'origins'>

/** Gathers what a manifest says while the bars pass by, in order. */
export interface Summariser {
  update(block: BarBlock): void
  /** To be called once, after `rows` bars. */
  result(): BarSummary
}

/** For `rows` bars in all, at least one. */
export async function createSummariser(source: BarSource, rows: number): Promise<Summariser> {
  const fingerprint = await createFingerprinter(source, rows)
  const { instrument, intervalMs } = source
  let firstMs = Number.NaN
  let lastMs = Number.NaN
  let holes = 0
  let missing = 0
  return {
    update(block) {
      fingerprint.update(block)
      for (const openTimeMs of block.openTimeMs) {
        // Of daily bars an hour off, beyond a change of the clock, none is missing.
        const between = Math.round((openTimeMs - lastMs) / intervalMs) - 1
        if (between > 0) {
          holes += 1
          missing += between
        }
        if (Number.isNaN(firstMs)) firstMs = openTimeMs
        lastMs = openTimeMs
      }
    },
    result: () => ({
      format: 1,
      instrument,
      interval: formatInterval(intervalMs),
      rows,
      first_ts: formatInstant(firstMs),
      last_ts: formatInstant(lastMs),
      gaps: { count: holes, missing_bars: missing },
      fingerprint: fingerprint.digest(),
    }),
  }
}
