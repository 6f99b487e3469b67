import { resolve } from 'node:path'
import { intervalMs } from '@qmtl/contracts'
import { importBars, type FileLayout, type StoreOutcome } from '@qmtl/market'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { counted } from '../output/numbers.ts'
import { pairs } from '../output/pairs.ts'
import type { Style } from '../output/style.ts'
import { openDataStore, storedDocument, storedName } from './data-store.ts'
import { createProgress } from './progress.ts'
import { gapsText, rangeText } from './stored-text.ts'
import { modeOf, type ModeRequest } from './write-mode.ts'

/** What `qmtl data import` is asked for. */
export interface ImportDataRequest extends ModeRequest {
  readonly files: readonly string[]
  readonly instrument: string
  readonly interval: string | undefined
  /** Undefined where CSV files are of our own layout. */
  readonly layout: FileLayout | undefined
  readonly store: string
}

/** Reads files of bars into the store, all of them or nothing. */
export async function importData(request: ImportDataRequest, context: CommandContext): Promise<CommandResult> {
  const store = openDataStore(context, request.store)
  const progress = createProgress(`import ${request.instrument}`, context.stderr)
  try {
    const outcome = await importBars(
      store,
      {
        files: request.files.map((name) => ({ path: resolve(context.cwd, name), name })),
        instrument: request.instrument,
        intervalMs: request.interval === undefined ? undefined : intervalMs(request.interval),
        layout: request.layout,
        mode: modeOf(request),
      },
      {
        signal: context.signal,
        nowMs: () => Date.now(),
        onProgress: ({ bytes, totalBytes, rows }) => progress.report(bytes / totalBytes, counted(rows, 'bar')),
      },
    )
    const { change, added, stored } = outcome
    return { json: { change, added, stored: storedDocument(stored) }, text: (style) => outcomeText(outcome, style) }
  } finally {
    progress.end()
  }
}

const changeTexts = {
  created: 'stored',
  unchanged: 'in the store already',
  merged: 'added to those stored',
  replaced: 'stored in the place of others',
} as const satisfies Record<StoreOutcome['change'], string>

/** What became of bars on their way into the store. */
export function outcomeText({ change, added, stored }: StoreOutcome, style: Style): string {
  const what = change === 'unchanged' ? 'all bars' : counted(added, 'bar')
  const head = `${style.bold(storedName(stored))}  ${what} ${changeTexts[change]}`
  const rows = [
    ['bars', `${counted(stored.rows, 'bar')}, ${rangeText(stored)}`],
    ['gaps', gapsText(stored)],
    ['fingerprint', stored.fingerprint],
  ] as const
  return [head, pairs(rows, style)].join('\n')
}
