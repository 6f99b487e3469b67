import { open, type FileHandle } from 'node:fs/promises'
import { createB3Hasher, formatInstant, messageOf, QmtlError, type CallOptions } from '@qmtl/contracts'
import { createBarBytesParser } from '../csv/bar-bytes.ts'
import { createBarIntake, type BarIntake } from '../csv/bar-intake.ts'
import { splitInstrumentId } from '../instruments/instrument.ts'
import type { BarStore, StoreDraft, StoreOutcome, WriteMode } from '../store/bar-store.ts'
import type { BarOrigin } from '../store/stored-bars.ts'

/** A file to import. */
export interface ImportFile {
  readonly path: string
  /** For messages and the manifest. */
  readonly name: string
}

export interface ImportRequest {
  /** Read one behind the other: together they hold ascending bars. */
  readonly files: readonly ImportFile[]
  readonly instrument: string
  /** Interval of the bars; told from their steps where absent. */
  readonly intervalMs?: number | undefined
  readonly mode: WriteMode
}

/** How far an import is. */
export interface ImportProgress {
  readonly bytes: number
  readonly totalBytes: number
  readonly rows: number
}

export interface ImportOptions extends CallOptions {
  /** Epoch milliseconds. */
  readonly nowMs: () => number
  readonly onProgress?: (progress: ImportProgress) => void
}

const chunkBytes = 1 << 22

/**
 * Reads files into a store: all of their bars or none. Memory does not grow with their size. Throws `E_INVALID_DATA` with up to
 * 50 causes (file, line, column, value, rule), `E_DATA_INTERVAL`, `E_DATA_EXISTS`, `E_UNKNOWN_INSTRUMENT`, `E_FILE`,
 * `E_DATABASE_LOCKED`, and the signal's reason.
 */
export async function importBars(
  store: BarStore,
  request: ImportRequest,
  options: ImportOptions,
): Promise<StoreOutcome> {
  splitInstrumentId(request.instrument)
  const files = await openFiles(request.files)
  try {
    return await store.write((draft) => importInto(draft, { ...request, files }, options))
  } finally {
    await Promise.all(files.map(({ handle }) => handle.close()))
  }
}

interface OpenFile extends ImportFile {
  readonly handle: FileHandle
  readonly bytes: number
}

async function openFiles(files: readonly ImportFile[]): Promise<readonly OpenFile[]> {
  const opened: OpenFile[] = []
  try {
    for (const file of files) opened.push(await openOne(file))
  } catch (error) {
    await Promise.all(opened.map(({ handle }) => handle.close()))
    throw error
  }
  return opened
}

async function openOne({ path, name }: ImportFile): Promise<OpenFile> {
  try {
    const handle = await open(path, 'r')
    const info = await handle.stat()
    if (info.isFile()) return { path, name, handle, bytes: info.size }
    await handle.close()
  } catch (error) {
    throw new QmtlError('E_FILE', `${name} cannot be read: ${messageOf(error)}`, { cause: error })
  }
  throw new QmtlError('E_FILE', `${name} is not a file`, { hint: 'name the files of bars themselves' })
}

async function importInto(
  draft: StoreDraft,
  {
    files,
    instrument,
    mode,
    intervalMs: expectedMs,
  }: Omit<ImportRequest, 'files'> & { readonly files: readonly OpenFile[] },
  options: ImportOptions,
): Promise<StoreOutcome> {
  const intake = createBarIntake()
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const origins: BarOrigin[] = []
  let before = 0
  for (const file of files) {
    const onRead = (bytes: number): void =>
      options.onProgress?.({ bytes: before + bytes, totalBytes, rows: intake.rows })
    origins.push(await readFile(file, { draft, intake, onRead }, options))
    before += file.bytes
  }
  intake.throwIfRefused()
  await draft.append(intake.rest())
  const intervalMs = intake.intervalMs(expectedMs)
  for await (const times of draft.openTimes(options)) intake.checkGrid(times, intervalMs)
  intake.throwIfRefused()
  return draft.commit({ instrument, intervalMs, mode, origins }, options)
}

interface ReadTarget {
  readonly draft: StoreDraft
  readonly intake: BarIntake
  readonly onRead: (bytes: number) => void
}

async function readFile(
  file: OpenFile,
  { draft, intake, onRead }: ReadTarget,
  options: ImportOptions,
): Promise<BarOrigin> {
  const rowsBefore = intake.rows
  const hasher = await createB3Hasher()
  const parser = createBarBytesParser(file.name, intake)
  intake.begin(file.name)
  let bytes = 0
  for await (const chunk of chunksOf(file, options)) {
    hasher.update(chunk)
    parser.push(chunk)
    await appendAll(draft, intake)
    bytes += chunk.length
    onRead(bytes)
  }
  parser.end()
  await appendAll(draft, intake)
  if (intake.rows === rowsBefore) intake.refuseRow(1, 'no bars in the file')
  return {
    file: file.name,
    bytes,
    hash: hasher.digest(),
    rows: intake.rows - rowsBefore,
    imported_at: formatInstant(options.nowMs()),
  }
}

async function appendAll(draft: StoreDraft, intake: BarIntake): Promise<void> {
  for (const block of intake.drain()) await draft.append(block)
}

/** The bytes of a file; each chunk is overwritten by the next. */
async function* chunksOf({ handle, name }: OpenFile, { signal }: CallOptions): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(chunkBytes)
  for (;;) {
    signal?.throwIfAborted()
    const length = await readInto(handle, buffer, name)
    if (length === 0) return
    yield buffer.subarray(0, length)
  }
}

async function readInto(handle: FileHandle, buffer: Uint8Array, name: string): Promise<number> {
  try {
    return (await handle.read(buffer)).bytesRead
  } catch (error) {
    throw new QmtlError('E_FILE', `${name} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
