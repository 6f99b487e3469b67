import type { CallOptions } from '@qmtl/contracts'
import { loadZoneClock } from '../calendars/zone-clock.ts'
import { createBarBytesParser } from '../csv/bar-bytes.ts'
import type { BarIntake } from '../csv/bar-intake.ts'
import type { FileLayout } from '../layout/file-layout.ts'
import { bytesOf, chunksOf, type BarFile } from './bar-file.ts'

/** Where the bars of a file go, and what it looks like. */
export interface FeedTarget {
  readonly intake: BarIntake
  /** Undefined for our own layout. */
  readonly layout: FileLayout | undefined
  /** Taken off each time in the file: the interval where times are closes. */
  readonly shiftMs: number
  /** Sees all bytes of the file once, in order. */
  readonly onBytes: (bytes: Uint8Array) => void
}

/**
 * Feeds a file to an intake, a part at a time; yields the bytes done, so that the caller takes the bars before the next part. Parquet is
 * told by its first bytes; all else is CSV. Throws `E_INVALID_DATA` and `E_FILE`.
 */
export async function* feedBars(file: BarFile, target: FeedTarget, options: CallOptions): AsyncGenerator<number> {
  if (await isParquet(file)) yield* feedParquet(file, target, options)
  else if (target.layout === undefined) yield* feedOwnCsv(file, target, options)
  else yield* feedOtherCsv(file, { ...target, layout: target.layout }, options)
}

async function isParquet(file: BarFile): Promise<boolean> {
  return new TextDecoder('latin1').decode(await bytesOf(file, 0, 4)) === 'PAR1'
}

async function* feedOwnCsv(
  file: BarFile,
  { intake, onBytes }: FeedTarget,
  options: CallOptions,
): AsyncGenerator<number> {
  const parser = createBarBytesParser(file.name, intake)
  intake.begin(file.name)
  let done = 0
  for await (const chunk of chunksOf(file, options)) {
    onBytes(chunk)
    parser.push(chunk)
    done += chunk.length
    yield done
  }
  parser.end()
  yield done
}

async function* feedOtherCsv(
  file: BarFile,
  { intake, layout, shiftMs, onBytes }: FeedTarget & { readonly layout: FileLayout },
  options: CallOptions,
): AsyncGenerator<number> {
  const { createLayoutCsvParser } = await import('../csv/layout-csv.ts')
  const { createTimeReader, shiftedTimes } = await import('../layout/time-reader.ts')
  const clock = await loadZoneClock(layout.timeZone ?? 'UTC')
  const times = shiftedTimes(createTimeReader(layout, clock), shiftMs)
  const parser = createLayoutCsvParser({ name: file.name, layout, times, intake })
  intake.begin(file.name)
  let done = 0
  for await (const chunk of chunksOf(file, options)) {
    onBytes(chunk)
    await parser.push(chunk)
    done += chunk.length
    yield done
  }
  await parser.end()
  yield done
}

async function* feedParquet(
  file: BarFile,
  { intake, layout = {}, shiftMs, onBytes }: FeedTarget,
  options: CallOptions,
): AsyncGenerator<number> {
  const { readBarsParquet } = await import('../parquet/read-bars-parquet.ts')
  for await (const chunk of chunksOf(file, options)) onBytes(chunk)
  const clock = await loadZoneClock(layout.timeZone ?? 'UTC')
  const buffer = {
    byteLength: file.bytes,
    slice: async (from: number, to = file.bytes) => (await bytesOf(file, from, to)).buffer,
  }
  intake.begin(file.name, 'row')
  const fractions = readBarsParquet({ name: file.name, file: buffer, layout, clock, shiftMs, intake }, options)
  for await (const fraction of fractions) yield Math.floor(fraction * file.bytes)
}
