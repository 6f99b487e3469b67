import { createB3Hasher, formatInstant, QmtlError, type CallOptions } from '@qmtl/contracts'
import { createBarIntake, type BarIntake } from '../csv/bar-intake.ts'
import { splitInstrumentId } from '../instruments/instrument.ts'
import type { FileLayout } from '../layout/file-layout.ts'
import type { BarStore, StoreDraft, StoreOutcome, WriteMode } from '../store/bar-store.ts'
import type { BarOrigin } from '../store/stored-bars.ts'
import { openBarFiles, type BarFile, type ImportFile } from './bar-file.ts'
import { feedBars } from './feed-bars.ts'

export interface ImportRequest {
  /** CSV or Parquet, read one behind the other: together they hold ascending bars. */
  readonly files: readonly ImportFile[]
  readonly instrument: string
  /** Interval of the bars; told from their steps where absent. */
  readonly intervalMs?: number | undefined
  /** How the files differ from our own layout; undefined where CSV files do not. */
  readonly layout?: FileLayout | undefined
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

/**
 * Reads files into a store: all of their bars or none. Memory does not grow with their size. Throws `E_INVALID_DATA` with up to
 * 50 causes (file, line or row, column, value, rule), `E_DATA_INTERVAL`, `E_DATA_EXISTS`, `E_UNKNOWN_INSTRUMENT`, `E_FILE`,
 * `E_DATABASE_LOCKED`, and the signal's reason.
 */
export async function importBars(
  store: BarStore,
  request: ImportRequest,
  options: ImportOptions,
): Promise<StoreOutcome> {
  splitInstrumentId(request.instrument)
  const shiftMs = shiftOf(request)
  const files = await openBarFiles(request.files)
  try {
    return await store.write((draft) => importInto(draft, { ...request, files, shiftMs }, options))
  } finally {
    await Promise.all(files.map(({ handle }) => handle.close()))
  }
}

/** How far the times of the files lie behind the opens of their bars. */
function shiftOf({ layout, intervalMs }: ImportRequest): number {
  if (layout?.stamp !== 'close') return 0
  if (intervalMs !== undefined) return intervalMs
  throw new QmtlError('E_DATA_INTERVAL', 'times that are closes tell the opens only with the interval', {
    hint: 'give it, such as --interval 1m',
  })
}

interface OpenRequest extends Omit<ImportRequest, 'files'> {
  readonly files: readonly BarFile[]
  readonly shiftMs: number
}

async function importInto(draft: StoreDraft, request: OpenRequest, options: ImportOptions): Promise<StoreOutcome> {
  const { files, instrument, mode, intervalMs: expectedMs, layout, shiftMs } = request
  const intake = createBarIntake()
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const origins: BarOrigin[] = []
  let before = 0
  for (const file of files) {
    const onRead = (bytes: number): void =>
      options.onProgress?.({ bytes: before + bytes, totalBytes, rows: intake.rows })
    origins.push(await readFile(file, { draft, intake, layout, shiftMs, onRead }, options))
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
  readonly layout: FileLayout | undefined
  readonly shiftMs: number
  readonly onRead: (bytes: number) => void
}

async function readFile(
  file: BarFile,
  { draft, intake, layout, shiftMs, onRead }: ReadTarget,
  options: ImportOptions,
): Promise<BarOrigin> {
  const rowsBefore = intake.rows
  const hasher = await createB3Hasher()
  const onBytes = (bytes: Uint8Array): void => hasher.update(bytes)
  for await (const bytes of feedBars(file, { intake, layout, shiftMs, onBytes }, options)) {
    for (const block of intake.drain()) await draft.append(block)
    onRead(bytes)
  }
  if (intake.rows === rowsBefore) intake.refuseRow(1, 'no bars in the file')
  return {
    file: file.name,
    bytes: file.bytes,
    hash: hasher.digest(),
    rows: intake.rows - rowsBefore,
    imported_at: formatInstant(options.nowMs()),
  }
}
