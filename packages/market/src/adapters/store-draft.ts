import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { assertNever, messageOf, QmtlError, type CallOptions } from '@qmtl/contracts'
import type { BarSource } from '../bars/bar-columns.ts'
import type { DraftCommit, FileLock, StoreDraft, StoreOutcome } from '../store/bar-store.ts'
import { createSummariser, type BarSummary } from '../store/bar-summary.ts'
import { mergeBars } from '../store/merge-bars.ts'
import { folderOf, parseStoredBars, type BarOrigin, type StoredBars } from '../store/stored-bars.ts'
import { createColumnFiles, openColumnFiles, syncFolder, type ColumnFiles } from './column-files.ts'

const manifestName = 'manifest.json'

/** The folder of an instrument and interval in a store. */
export function placeOf(store: string, source: BarSource): string {
  return join(store, 'bars', ...folderOf(source))
}

/** The manifest of a place; undefined where there is none. Throws `E_INVALID_DATA` and `E_FILE`. */
export async function readManifest(place: string): Promise<StoredBars | undefined> {
  const file = join(place, manifestName)
  try {
    return parseStoredBars(await readFile(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    if (error instanceof QmtlError) throw error
    throw new QmtlError('E_FILE', `${file} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** The folders in a folder; none where it does not exist. */
export async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new QmtlError('E_FILE', `${folder} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** Every place of a store. */
export async function placesIn(store: string): Promise<readonly string[]> {
  const instruments = await foldersIn(join(store, 'bars'))
  return (await Promise.all(instruments.map(foldersIn))).flat()
}

/** Runs `write` with an empty draft under the store's lock; see `BarStore.write`. */
export async function writeLocked<Result>(
  { store, lock }: { readonly store: string; readonly lock: FileLock },
  write: (draft: StoreDraft) => Promise<Result>,
): Promise<Result> {
  const drafts = join(store, 'drafts')
  const unlock = await lockStore(store, lock)
  try {
    await sweep(store)
    const draft = await createDraft(store, drafts)
    try {
      return await write(draft)
    } finally {
      await draft.discard()
      await rm(drafts, { recursive: true, force: true })
    }
  } catch (error) {
    throw storeFault(error, store)
  } finally {
    unlock()
  }
}

async function lockStore(store: string, lock: FileLock): Promise<() => void> {
  try {
    await mkdir(store, { recursive: true })
    return await lock(join(store, 'writer'))
  } catch (error) {
    throw storeFault(error, store)
  }
}

/** A full disk or a folder without rights is the user's to mend. */
function storeFault(error: unknown, store: string): unknown {
  const isOfFiles = error instanceof Error && 'syscall' in error && 'code' in error
  if (!isOfFiles) return error
  return new QmtlError('E_FILE', `the store ${store} cannot be written: ${error.message}`, { cause: error })
}

/** Removes what killed writers left behind. */
async function sweep(store: string): Promise<void> {
  await rm(join(store, 'drafts'), { recursive: true, force: true })
  for (const place of await placesIn(store)) {
    // What stands beside a damaged manifest may be all there is: it is left to its owner.
    const stored = await readManifest(place).catch(() => 'damaged' as const)
    if (stored !== 'damaged') await removeOthers(place, stored)
  }
}

async function removeOthers(place: string, stored: StoredBars | undefined): Promise<void> {
  for (const folder of await foldersIn(place)) {
    if (stored === undefined || folder !== join(place, stored.columns)) await rm(folder, { recursive: true })
  }
}

interface OwnDraft extends StoreDraft {
  discard(): Promise<void>
}

async function createDraft(store: string, drafts: string): Promise<OwnDraft> {
  const folder = join(drafts, randomUUID())
  const writer = await createColumnFiles(folder)
  let rows = 0
  let files: ColumnFiles | undefined

  async function sealed(): Promise<ColumnFiles> {
    if (files === undefined) {
      await writer.seal()
      files = await openColumnFiles(folder, rows)
    }
    return files
  }
  return {
    async append(block) {
      await writer.append(block)
      rows += block.length
    },
    async *openTimes(options) {
      yield* (await sealed()).openTimes(options)
    },
    async commit(commit, options) {
      return commitColumns({ store, drafts, folder, rows, files: await sealed(), commit }, options)
    },
    async discard() {
      await writer.close()
      await files?.close()
    },
  }
}

/** Sealed columns that are to be stored. */
interface Pending {
  readonly store: string
  readonly drafts: string
  readonly folder: string
  readonly rows: number
  readonly files: ColumnFiles
  readonly commit: DraftCommit
}

async function commitColumns(pending: Pending, options: CallOptions): Promise<StoreOutcome> {
  const { store, commit, rows, files } = pending
  const { mode, origins } = commit
  const place = placeOf(store, commit)
  const before = await readManifest(place)
  const summary = await summarise(commit, { rows, files }, options)
  if (before === undefined)
    return { stored: await install(pending, { summary, origins }), change: 'created', added: rows }
  if (before.fingerprint === summary.fingerprint) return { stored: before, change: 'unchanged', added: 0 }
  switch (mode) {
    case 'new':
      throw exists(before)
    case 'replace':
      return { stored: await install(pending, { summary, origins }), change: 'replaced', added: rows }
    case 'merge':
      return mergeInto(before, pending, options)
    default:
      return assertNever(mode)
  }
}

function exists({ instrument, interval, rows, first_ts, last_ts }: StoredBars): QmtlError {
  return new QmtlError(
    'E_DATA_EXISTS',
    `the store has other bars of ${instrument} ${interval}: ${rows} from ${first_ts} to ${last_ts}`,
    { hint: 'add the new bars to them with --merge, or put them in their place with --replace; nothing was imported' },
  )
}

async function summarise(
  source: BarSource,
  { rows, files }: Pick<Pending, 'rows' | 'files'>,
  options: CallOptions,
): Promise<BarSummary> {
  const { instrument, intervalMs } = source
  const summariser = await createSummariser({ instrument, intervalMs }, rows)
  for await (const block of files.blocks(options)) summariser.update(block)
  return summariser.result()
}

/** Writes the bars of both as new columns. */
async function mergeInto(before: StoredBars, pending: Pending, options: CallOptions): Promise<StoreOutcome> {
  const { store, drafts, commit, files } = pending
  const folder = join(drafts, randomUUID())
  const writer = await createColumnFiles(folder)
  const old = await openColumnFiles(join(placeOf(store, commit), before.columns), before.rows)
  let rows = 0
  try {
    for await (const block of mergeBars(old.blocks(options), files.blocks(options), commit)) {
      await writer.append(block)
      rows += block.length
    }
    await writer.seal()
  } finally {
    await writer.close()
    await old.close()
  }
  if (rows === before.rows) return { stored: before, change: 'unchanged', added: 0 }
  const merged = await openColumnFiles(folder, rows)
  try {
    const summary = await summarise(commit, { rows, files: merged }, options)
    const stored = await install({ ...pending, folder }, { summary, origins: [...before.origins, ...commit.origins] })
    return { stored, change: 'merged', added: rows - before.rows }
  } finally {
    await merged.close()
  }
}

/** Moves columns to their place and changes the manifest: the change happens with the last rename or not at all. */
async function install(
  { store, folder, commit }: Pick<Pending, 'store' | 'folder' | 'commit'>,
  { summary, origins }: { readonly summary: BarSummary; readonly origins: readonly BarOrigin[] },
): Promise<StoredBars> {
  const place = placeOf(store, commit)
  const columns = randomUUID()
  const stored: StoredBars = { ...summary, columns, origins: [...origins] }
  await mkdir(place, { recursive: true })
  for (const parent of [store, dirname(dirname(place)), dirname(place)]) await syncFolder(parent)
  await rename(folder, join(place, columns))
  await writeDurably(join(place, `${manifestName}.new`), `${JSON.stringify(stored, null, 2)}\n`)
  await syncFolder(place)
  await rename(join(place, `${manifestName}.new`), join(place, manifestName))
  await syncFolder(place)
  await removeOthers(place, stored)
  return stored
}

/** Writes a file and makes its content durable; its name becomes so with its folder. */
export async function writeDurably(file: string, content: string): Promise<void> {
  const handle = await open(file, 'w')
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
