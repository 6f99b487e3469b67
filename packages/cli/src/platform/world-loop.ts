import type { PaperVenue } from '@qmtl/integrations'
import type { BarSlice, StepReport, WorldRunner } from '@qmtl/sdk'
import type { Pace } from './pace.ts'

export interface WorldLoopPorts {
  readonly runner: WorldRunner
  readonly venue: PaperVenue
  readonly pace: Pace
  /** Told after each instant. */
  readonly onStep: (report: StepReport) => void
}

/**
 * Works through new bars until the signal is aborted or `most` instants have passed. Per instant: the venue sees the bars
 * first and fills what waited for them, its fills are recorded, and only then strategies decide; so a paper run over
 * recorded bars equals the backtest over them. Returns the number of instants.
 */
export async function runWorldLoop(
  { runner, venue, pace, onStep }: WorldLoopPorts,
  { signal, most = Infinity }: { readonly signal: AbortSignal; readonly most?: number },
): Promise<number> {
  let count = 0
  for await (const slice of runner.bars({ signal })) {
    await pace.next(signal)
    if (signal.aborted) break
    showToVenue(venue, slice)
    await venue.drained()
    onStep(await runner.step(slice, {}))
    count += 1
    if (count >= most) break
  }
  return count
}

function showToVenue(venue: PaperVenue, { bars }: BarSlice): void {
  for (const { instrument, bar } of bars) venue.onBar(instrument, bar)
}
