import type { StepReport, WorldRunner } from '@qmtl/sdk'
import type { Platform } from './open-platform.ts'
import type { Pace } from './pace.ts'

export interface WorldLoopPorts {
  readonly platform: Pick<Platform, 'venue' | 'settle'>
  readonly runner: WorldRunner
  readonly pace: Pace
  /** Told after each instant. */
  readonly onStep: (report: StepReport) => void
}

/**
 * Works through new bars until the signal is aborted or `most` instants have passed. Per instant: the venue sees the bars
 * first and fills what waited for them, its fills are recorded, and only then strategies decide; their orders are at the
 * venue before the next bar. So a paper run over recorded bars equals the backtest over them. Returns the number of
 * instants.
 */
export async function runWorldLoop(
  { platform, runner, pace, onStep }: WorldLoopPorts,
  { signal, most = Infinity }: { readonly signal: AbortSignal; readonly most?: number },
): Promise<number> {
  let count = 0
  for await (const slice of runner.bars({ signal })) {
    await pace.next(signal)
    if (signal.aborted) break
    for (const { instrument, bar } of slice.bars) platform.venue.onBar(runner.worldId, instrument, bar)
    await platform.settle()
    onStep(await runner.step(slice, {}))
    await platform.settle()
    count += 1
    if (count >= most) break
  }
  return count
}
