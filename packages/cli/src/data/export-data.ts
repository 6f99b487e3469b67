import { open, rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { messageOf, QmtlError } from '@qmtl/contracts'
import {
  adjustBars,
  adjustmentsFor,
  barsAsCsv,
  sourceOf,
  type AdjustKind,
  type BarBlock,
  type BarStore,
  type StoredBars,
} from '@qmtl/market'
import { timeRange, type TimeRange } from '../backtest/backtest-bars.ts'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { counted } from '../output/numbers.ts'
import { findStored, openDataStore, storedName } from './data-store.ts'
import { calendarFor } from './instrument-calendar.ts'
import { createProgress } from './progress.ts'

/** What `qmtl data export` is asked for. */
export interface ExportDataRequest {
  readonly instrument: string
  readonly interval: string | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  readonly out: string
  /** Which corporate actions the bars are adjusted for; undefined for none. */
  readonly adjust: AdjustKind | undefined
  /** Says when an ex-date begins; that of the venue where absent. */
  readonly calendar: string | undefined
  readonly store: string
}

/** Writes stored bars to a CSV file of our layout, whole or not at all. */
export async function exportData(request: ExportDataRequest, context: CommandContext): Promise<CommandResult> {
  const { signal, cwd, stderr } = context
  const store = openDataStore(context, request.store)
  const stored = await findStored(store, request, context)
  const range = timeRange(request)
  const progress = createProgress(`export ${storedName(stored)}`, stderr)
  const blocks = await blocksOf({ store, stored, range, request }, signal)
  let rows = 0
  const counting = async function* () {
    for await (const block of blocks) {
      yield block
      rows += block.length
      progress.report(rows / stored.rows, counted(rows, 'bar'))
    }
  }
  try {
    await writePieces(resolve(cwd, request.out), barsAsCsv(counting()))
  } finally {
    progress.end()
  }
  const { instrument, interval } = stored
  return {
    json: { file: request.out, instrument, interval, rows },
    text: () => `wrote ${counted(rows, 'bar')} of ${storedName(stored)} to ${request.out}`,
  }
}

interface ExportedBars {
  readonly store: BarStore
  readonly stored: StoredBars
  readonly range: TimeRange
  readonly request: ExportDataRequest
}

/** The stored bars asked for, adjusted where that is asked. */
async function blocksOf(
  { store, stored, range, request: { adjust, calendar } }: ExportedBars,
  signal: AbortSignal,
): Promise<AsyncIterable<BarBlock> | Iterable<BarBlock>> {
  const source = sourceOf(stored)
  const isWhole = range.fromMs === undefined && range.toMs === undefined
  const blocks = isWhole ? store.blocks(source, { signal }) : [await store.read({ ...source, ...range }, { signal })]
  if (adjust === undefined) return blocks
  const options = { kind: adjust, calendar: await calendarFor(stored.instrument, calendar), signal }
  const adjustments = await adjustmentsFor(store, source, options)
  return (async function* () {
    for await (const block of blocks) yield adjustBars({ ...block, ...source }, adjustments)
  })()
}

/** Writes a file piece by piece beside its place and moves it there at the end. Throws `E_FILE`, and what the pieces throw. */
async function writePieces(file: string, pieces: AsyncIterable<string>): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`
  try {
    const handle = await open(draft, 'w')
    try {
      for await (const piece of pieces) await handle.appendFile(piece)
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new QmtlError('E_FILE', `${file} cannot be written: ${messageOf(error)}`, { cause: error })
  }
}
