import { intervalMs } from '@qmtl/contracts'
import { rollUpStored, sourceOf } from '@qmtl/market'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { counted } from '../output/numbers.ts'
import { chooseStored, openDataStore, storedDocument, storedName } from './data-store.ts'
import { outcomeText } from './import-data.ts'
import { calendarFor } from './instrument-calendar.ts'
import { createProgress } from './progress.ts'
import { modeOf, type ModeRequest } from './write-mode.ts'

/** What `qmtl data rollup` is asked for. */
export interface RollUpDataRequest extends ModeRequest {
  readonly instrument: string
  readonly interval: string
  readonly source: string | undefined
  readonly calendar: string | undefined
  readonly extended: boolean
  readonly keepPartial: boolean
  readonly store: string
}

/** Makes longer bars from stored ones and stores them. */
export async function rollUpData(request: RollUpDataRequest, context: CommandContext): Promise<CommandResult> {
  const { instrument, source, extended, keepPartial } = request
  const store = openDataStore(context, request.store)
  const stored = (await chooseStored(store, { instrument, interval: source }, context)).toSorted(
    (a, b) => sourceOf(a).intervalMs - sourceOf(b).intervalMs,
  )
  const [shortest] = stored
  if (shortest === undefined) throw new TypeError('what is chosen by instrument is never empty')
  const progress = createProgress(`roll up ${storedName(shortest)}`, context.stderr)
  try {
    const { outside, ...outcome } = await rollUpStored(store, shortest, {
      intervalMs: intervalMs(request.interval),
      calendar: await calendarFor(instrument, request.calendar),
      extended,
      partial: keepPartial ? 'keep' : 'drop',
      mode: modeOf(request),
      nowMs: () => Date.now(),
      signal: context.signal,
      onProgress: (bars) => progress.report(bars / shortest.rows, counted(bars, 'bar')),
    })
    const { change, added } = outcome
    return {
      json: { change, added, outside_bars: outside, stored: storedDocument(outcome.stored) },
      text: (style) =>
        outside === 0
          ? outcomeText(outcome, style)
          : `${outcomeText(outcome, style)}\n  ${counted(outside, 'source bar')} outside the sessions left out`,
    }
  } finally {
    progress.end()
  }
}
