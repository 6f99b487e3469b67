import { relative, resolve } from 'node:path'
import { formatInterval, intervalMs, QmtlError, suggestName } from '@qmtl/contracts'
import { createFileBarStore, type BarStore, type StoredBars } from '@qmtl/market'
import type { CommandContext } from '../command/context.ts'

/** The store of bars in a folder. */
export function openDataStore({ cwd }: Pick<CommandContext, 'cwd'>, folder: string): BarStore {
  return createFileBarStore(resolve(cwd, folder), {
    async lock(file) {
      // Only who writes needs it, and it brings the database along.
      const { lockSqliteFile } = await import('@qmtl/service-kit')
      return lockSqliteFile(file)
    },
  })
}

/** What a command is asked about: stored bars of an instrument, perhaps in one interval. */
export interface StoredChoice {
  readonly instrument: string | undefined
  readonly interval: string | undefined
}

/** The stored bars chosen; all of them where nothing is named. Throws `E_DATA_MISSING` where none fits what is named. */
export async function chooseStored(
  store: BarStore,
  { instrument, interval }: StoredChoice,
  { cwd, signal }: Pick<CommandContext, 'cwd' | 'signal'>,
): Promise<readonly StoredBars[]> {
  const all = await store.list({ signal })
  const ofInstrument = all.filter((stored) => instrument === undefined || stored.instrument === instrument)
  const wanted = interval === undefined ? undefined : formatInterval(intervalMs(interval))
  const chosen = ofInstrument.filter((stored) => wanted === undefined || stored.interval === wanted)
  if (chosen.length > 0 || (instrument === undefined && wanted === undefined)) return chosen
  const name = relative(cwd, store.folder) || '.'
  const what = [instrument, wanted].filter((part) => part !== undefined).join(' ')
  throw new QmtlError('E_DATA_MISSING', `the store ${name} has no bars of ${what}`, {
    hint: hintFor({ all, ofInstrument, instrument }),
  })
}

interface HintContext {
  readonly all: readonly StoredBars[]
  readonly ofInstrument: readonly StoredBars[]
  readonly instrument: string | undefined
}

function hintFor({ all, ofInstrument, instrument }: HintContext): string {
  if (all.length === 0) return 'the store is empty: qmtl data import FILE --instrument ID'
  if (instrument !== undefined && ofInstrument.length > 0) {
    return `it has ${instrument} in ${ofInstrument.map((stored) => stored.interval).join(', ')}`
  }
  const ids = [...new Set(all.map((stored) => stored.instrument))]
  return instrument === undefined ? `it has ${all.map(storedName).join(', ')}` : suggestName(instrument, ids)
}

/** Like `chooseStored` where exactly one must fit. Throws `E_USAGE` where several intervals do. */
export async function findStored(
  store: BarStore,
  choice: StoredChoice & { readonly instrument: string },
  context: Pick<CommandContext, 'cwd' | 'signal'>,
): Promise<StoredBars> {
  const [first, ...others] = await chooseStored(store, choice, context)
  if (first !== undefined && others.length === 0) return first
  const intervals = [first, ...others].map((stored) => stored?.interval ?? '')
  throw new QmtlError('E_USAGE', `${choice.instrument} is stored in ${intervals.join(', ')}`, {
    hint: `name one of them: --interval ${intervals[0] ?? ''}`,
  })
}

/** `BTC-USD.SIM 1m`. */
export function storedName({ instrument, interval }: Pick<StoredBars, 'instrument' | 'interval'>): string {
  return `${instrument} ${interval}`
}

/** Stored bars in the documents of commands. */
export type StoredDocument = Omit<StoredBars, 'format' | 'columns'>

export function storedDocument(stored: StoredBars): StoredDocument {
  const { instrument, interval, rows, first_ts, last_ts, gaps, fingerprint, origins } = stored
  return { instrument, interval, rows, first_ts, last_ts, gaps, fingerprint, origins }
}
