import { join } from 'node:path'
import { formatInterval, intervalMs, messageOf, QmtlError } from '@qmtl/contracts'
import type { BarSource } from '../bars/bar-columns.ts'
import type { BarStore, FileLock } from '../store/bar-store.ts'
import type { StoredBars } from '../store/stored-bars.ts'
import { readActions, writeActions } from './action-files.ts'
import { openColumnFiles, type ColumnFiles } from './column-files.ts'
import { placeOf, placesIn, readManifest, writeLocked } from './store-draft.ts'

/**
 * A store in a folder. `bars/INSTRUMENT/INTERVAL/manifest.json` names the folder beside it that holds the columns. New columns are
 * written as a draft and moved beside the manifest; renaming the new manifest over the old one is the moment of the change. What
 * a killed process leaves behind is removed by the next writer. `actions/INSTRUMENT.csv` holds corporate actions; bars are stored as
 * they were traded and adjusted when they are read.
 */
export function createFileBarStore(folder: string, { lock }: { readonly lock: FileLock }): BarStore {
  return {
    folder,
    async list({ signal }) {
      const found: StoredBars[] = []
      for (const place of await placesIn(folder)) {
        signal?.throwIfAborted()
        const stored = await readManifest(place)
        if (stored !== undefined) found.push(stored)
      }
      return found.sort(byInstrumentAndInterval)
    },
    async find(source, { signal }) {
      signal?.throwIfAborted()
      return readManifest(placeOf(folder, source))
    },
    async read({ instrument, intervalMs: ownMs, fromMs = -Infinity, toMs = Infinity }, options) {
      options.signal?.throwIfAborted()
      const source = { instrument, intervalMs: ownMs }
      const files = await openStored(folder, source)
      try {
        return await files.between(source, { fromMs, toMs }, options)
      } finally {
        await files.close()
      }
    },
    async *blocks(source, options) {
      const files = await openStored(folder, source)
      try {
        yield* files.blocks(options)
      } finally {
        await files.close()
      }
    },
    async actions(instrument, { signal }) {
      signal?.throwIfAborted()
      return readActions(folder, instrument)
    },
    putActions: (instrument, actions) =>
      writeLocked({ store: folder, lock }, () => writeActions(folder, instrument, actions)),
    write: (write) => writeLocked({ store: folder, lock }, write),
  }
}

function byInstrumentAndInterval(a: StoredBars, b: StoredBars): number {
  if (a.instrument !== b.instrument) return a.instrument < b.instrument ? -1 : 1
  return intervalMs(a.interval) - intervalMs(b.interval)
}

/** Opens the columns that the manifest names, once more where they were replaced meanwhile. */
async function openStored(folder: string, source: BarSource): Promise<ColumnFiles> {
  const place = placeOf(folder, source)
  const stored = await readManifest(place)
  if (stored === undefined) throw notStored(folder, source)
  try {
    return await openColumnFiles(join(place, stored.columns), stored.rows)
  } catch (error) {
    const now = await readManifest(place)
    if (now !== undefined && now.columns !== stored.columns) return openStored(folder, source)
    throw new QmtlError('E_INVALID_DATA', `the stored bars in ${place} are damaged: ${messageOf(error)}`, {
      cause: error,
      hint: 'import them again with --replace',
    })
  }
}

function notStored(folder: string, { instrument, intervalMs: ms }: BarSource): QmtlError {
  return new QmtlError('E_DATA_MISSING', `the store ${folder} has no bars of ${instrument} ${formatInterval(ms)}`, {
    hint: 'see qmtl data list, or import them with qmtl data import',
  })
}
