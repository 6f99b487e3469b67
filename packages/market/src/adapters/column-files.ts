import { open, mkdir, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { CallOptions } from '@qmtl/contracts'
import { barFields, blockOf, blockRows, columnsOf, type BarBlock } from '../bars/bar-block.ts'
import { emptyBarColumns, type BarColumns, type BarSource } from '../bars/bar-columns.ts'

const doubleBytes = 8
/** One call reads at most this much, so that an abort is seen soon. */
const mostBytes = 1 << 26

/** The column files of a folder while they are written: one raw file of little-endian doubles for each of `barFields`. */
export interface ColumnFilesWriter {
  /** Appends rows; resolves when the operating system has them. */
  append(block: BarBlock): Promise<void>
  /** Makes them durable and closes them. */
  seal(): Promise<void>
  /** Closes them; does nothing once they are sealed. */
  close(): Promise<void>
}

export async function createColumnFiles(folder: string): Promise<ColumnFilesWriter> {
  await mkdir(folder, { recursive: true })
  const handles: FileHandle[] = []
  for (const field of barFields) handles.push(await open(fileOf(folder, field), 'wx'))
  const close = (): Promise<void> => closeAll(handles)
  return {
    async append(block) {
      if (block.length === 0) return
      const columns = columnsOf(block)
      await Promise.all(handles.map((handle, position) => writeWhole(handle, columns[position] ?? new Float64Array())))
    },
    async seal() {
      await Promise.all(handles.map((handle) => handle.sync()))
      await close()
      await syncFolder(folder)
    },
    close,
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Open column files of one version of stored bars: they stay readable when the version is replaced. */
export interface ColumnFiles {
  /** Bars that open at or after `fromMs` and have closed by `toMs`. */
  between(
    source: BarSource,
    range: { readonly fromMs: number; readonly toMs: number },
    options: CallOptions,
  ): Promise<BarColumns>
  /** All rows in order. */
  blocks(options: CallOptions): AsyncIterable<BarBlock>
  /** The open times of all rows in order. */
  openTimes(options: CallOptions): AsyncIterable<Float64Array>
  close(): Promise<void>
}

/** Opens the files of `rows` bars. Throws what the file system throws, and a `RangeError` where a file has another size. */
export async function openColumnFiles(folder: string, rows: number): Promise<ColumnFiles> {
  const handles: FileHandle[] = []
  const close = (): Promise<void> => closeAll(handles)
  try {
    for (const field of barFields) {
      const handle = await open(fileOf(folder, field), 'r')
      handles.push(handle)
      const { size } = await handle.stat()
      if (size !== rows * doubleBytes) {
        throw new RangeError(`${fileOf(folder, field)} has ${size} bytes, not ${rows * doubleBytes}`)
      }
    }
  } catch (error) {
    await close()
    throw error
  }
  return {
    async between(source, { fromMs, toMs }, options) {
      const [times] = handles
      const from = await firstRowFrom(times, rows, fromMs)
      const to = Math.max(from, await firstRowFrom(times, rows, toMs - source.intervalMs + 1))
      const columns = emptyBarColumns(source, to - from)
      await Promise.all(
        columnsOf(columns).map((column, position) => readWhole(handles[position], { column, from }, options)),
      )
      return columns
    },
    async *blocks(options) {
      for (let from = 0; from < rows; from += blockRows) {
        const length = Math.min(blockRows, rows - from)
        const columns = handles.map(() => new Float64Array(length))
        await Promise.all(columns.map((column, position) => readWhole(handles[position], { column, from }, options)))
        yield blockOf(columns, length)
      }
    },
    async *openTimes(options) {
      for (let from = 0; from < rows; from += blockRows) {
        const column = new Float64Array(Math.min(blockRows, rows - from))
        await readWhole(handles[0], { column, from }, options)
        yield column
      }
    },
    close,
  }
}

async function closeAll(handles: FileHandle[]): Promise<void> {
  await Promise.all(handles.splice(0).map((handle) => handle.close()))
}

function fileOf(folder: string, field: string): string {
  return join(folder, `${field}.f64`)
}

function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
}

async function writeWhole(handle: FileHandle, column: Float64Array): Promise<void> {
  const bytes = bytesOf(column)
  for (let done = 0; done < bytes.length;) done += (await handle.write(bytes, done)).bytesWritten
}

/** Fills a column with the doubles from row `from` on. */
async function readWhole(
  handle: FileHandle | undefined,
  { column, from }: { readonly column: Float64Array; readonly from: number },
  { signal }: CallOptions,
): Promise<void> {
  const bytes = bytesOf(column)
  for (let done = 0; done < bytes.length;) {
    signal?.throwIfAborted()
    const length = Math.min(mostBytes, bytes.length - done)
    const read = await handle?.read(bytes, done, length, from * doubleBytes + done)
    if (!read || read.bytesRead === 0) throw new RangeError('a column file ends early')
    done += read.bytesRead
  }
}

/** Index of the first row that opens at or after an instant, by halves on the disk. */
async function firstRowFrom(times: FileHandle | undefined, rows: number, fromMs: number): Promise<number> {
  if (fromMs === Number.NEGATIVE_INFINITY) return 0
  if (fromMs === Number.POSITIVE_INFINITY) return rows
  const cell = new Float64Array(1)
  let low = 0
  let high = rows
  while (low < high) {
    const middle = (low + high) >>> 1
    await readWhole(times, { column: cell, from: middle }, {})
    if (cell[0]! < fromMs) low = middle + 1
    else high = middle
  }
  return low
}
