import type { ReportData } from '@qmtl/engine'
import { fingerprintOf } from '@qmtl/market'
import type { CommandContext } from '../command/context.ts'
import { Misuse } from '../command/misuse.ts'
import { defaultSeed } from '../config/data-preset.ts'
import { openDataStore } from '../data/data-store.ts'
import { barsWithin, instrumentTerms, timeRange, type BacktestBars } from './backtest-bars.ts'
import { readCsvBars } from './csv-bars.ts'
import type { DataFile } from './readers.ts'
import { readStoredBars } from './stored-bars.ts'
import type { BarsNeed } from './strategy-needs.ts'
import { readSyntheticBars } from './synthetic-bars.ts'

/** What every command that runs strategies over bars is asked for; amounts are decimal texts. */
export interface RunRequest {
  readonly file: string
  readonly data: readonly DataFile[]
  readonly instrument: string | undefined
  readonly cash: string
  readonly feeBps: string
  readonly slippageBps: string
  readonly allowGaps: boolean
  readonly from: string | undefined
  readonly to: string | undefined
  readonly seed: number | undefined
  readonly out: string | undefined
  readonly report: string | undefined
  /** Folder of the stored bars. */
  readonly store: string
}

/** Refuses options that exclude each other, with `Misuse`. */
export function checkRunRequest({ data, seed, instrument, cash, out, report }: RunRequest): void {
  if (data.length > 0 && seed !== undefined) throw new Misuse('--seed', '', 'is for runs without --data')
  if (data.length === 0 && instrument !== undefined) throw new Misuse('--instrument', '', 'needs a --data file')
  if (Number(cash) === 0) throw new Misuse('--cash', cash, 'must be above 0')
  if (out !== undefined && out === report) throw new Misuse('--report', report, 'needs another file than --out')
}

/** The bars of a run, from the files named, else the store, else the synthetic market. */
export async function readRunData(
  request: RunRequest,
  needs: readonly BarsNeed[],
  context: CommandContext,
): Promise<readonly ReportData[]> {
  const bars = await readBars(request, needs, context)
  return bars.map(({ columns, source }) => ({
    instrument: instrumentTerms(columns.instrument),
    columns,
    source,
    fingerprint: fingerprintOf(columns),
  }))
}

async function readBars(
  request: RunRequest,
  needs: readonly BarsNeed[],
  { cwd, signal }: CommandContext,
): Promise<readonly BacktestBars[]> {
  const range = timeRange(request)
  const { instrument, allowGaps, seed, store } = request
  if (request.data.length === 0) {
    const stored =
      seed === undefined
        ? await readStoredBars(openDataStore({ cwd }, store), needs, { range, allowGaps, signal })
        : undefined
    return stored ?? readSyntheticBars(needs, { seed: seed ?? defaultSeed, range, signal })
  }
  const bars = await readCsvBars(request.data, needs, { cwd, instrument, allowGaps })
  return bars.map((each) => barsWithin(each, range))
}
