import { formatInstant, formatInterval, QmtlError, type ErrorCause } from '@qmtl/contracts'
import { barFields, columnsOf, type BarBlock } from '../bars/bar-block.ts'
import type { BarSource } from '../bars/bar-columns.ts'
import { isOnGrid } from '../bars/bar-grid.ts'
import { createBlockWriter } from '../bars/block-writer.ts'

/** A place in ascending blocks: the row that is next, and the columns that hold it; behind the last row there are none. */
interface Cursor {
  readonly blocks: AsyncIterator<BarBlock>
  columns: readonly Float64Array[]
  row: number
  isAtEnd: boolean
}

const mostCauses = 50

/**
 * The bars of both, in order, block by block. Throws `E_INVALID_DATA` where they do not lie on one grid and, after the last block,
 * with up to 50 causes where both hold a bar and differ.
 */
export async function* mergeBars(
  stored: AsyncIterable<BarBlock>,
  added: AsyncIterable<BarBlock>,
  source: BarSource,
): AsyncGenerator<BarBlock> {
  const old = await cursorOf(stored)
  const fresh = await cursorOf(added)
  checkGrids(old, fresh, source)
  const out = createBlockWriter()
  const cells = new Float64Array(6)
  const causes: ErrorCause[] = []

  /** Runs until the block of one of them is used up, or both are at their end. */
  function mergeRows(): void {
    while (isReady(old) && isReady(fresh) && (hasRow(old) || hasRow(fresh))) {
      const order = timeAt(old) - timeAt(fresh)
      if (order === 0) addConflicts(old, fresh, causes)
      copyRow(order <= 0 ? old : fresh, cells)
      out.push(cells)
      if (order <= 0) old.row += 1
      if (order >= 0) fresh.row += 1
    }
  }
  while (hasRow(old) || hasRow(fresh)) {
    mergeRows()
    yield* out.drain()
    if (!isReady(old)) await nextBlock(old)
    if (!isReady(fresh)) await nextBlock(fresh)
  }
  if (causes.length > 0) throw conflict(causes, source)
  yield out.rest()
}

async function cursorOf(blocks: AsyncIterable<BarBlock>): Promise<Cursor> {
  const cursor: Cursor = { blocks: blocks[Symbol.asyncIterator](), columns: [], row: 0, isAtEnd: false }
  await nextBlock(cursor)
  return cursor
}

async function nextBlock(cursor: Cursor): Promise<void> {
  const next = await cursor.blocks.next()
  cursor.columns = next.done === true ? [] : columnsOf(next.value)
  cursor.row = 0
  cursor.isAtEnd = next.done === true
}

function isReady(cursor: Cursor): boolean {
  return cursor.isAtEnd || hasRow(cursor)
}

function hasRow({ columns, row }: Cursor): boolean {
  return row < (columns[0]?.length ?? 0)
}

/** Open time of the next row; infinite behind the last. */
function timeAt(cursor: Cursor): number {
  return hasRow(cursor) ? cursor.columns[0]![cursor.row]! : Number.POSITIVE_INFINITY
}

function copyRow({ columns, row }: Cursor, cells: Float64Array): void {
  for (let field = 0; field < 6; field++) cells[field] = columns[field]![row]!
}

function checkGrids(old: Cursor, fresh: Cursor, { instrument, intervalMs }: BarSource): void {
  const [oldMs, freshMs] = [timeAt(old), timeAt(fresh)]
  if (isOnGrid(freshMs, oldMs, intervalMs)) return
  throw new QmtlError(
    'E_INVALID_DATA',
    `the bars of ${instrument} from ${formatInstant(freshMs)} are not on the stored grid of ${formatInterval(intervalMs)} from ${formatInstant(oldMs)}`,
    { hint: 'put the new bars in the place of the stored ones with --replace, or give bars on their grid' },
  )
}

function addConflicts(old: Cursor, fresh: Cursor, causes: ErrorCause[]): void {
  for (let field = 1; field < 6 && causes.length < mostCauses; field++) {
    const kept = old.columns[field]![old.row]!
    const seen = fresh.columns[field]![fresh.row]!
    if (kept === seen) continue
    const path = `${formatInstant(timeAt(old))}/${barFields[field] ?? ''}`
    causes.push({ path, message: `is ${kept} in the store`, value: seen })
  }
}

function conflict(causes: readonly ErrorCause[], { instrument, intervalMs }: BarSource): QmtlError {
  const [first] = causes
  const what = first === undefined ? '' : `: ${first.path} ${first.message}, ${String(first.value)} in the file`
  return new QmtlError(
    'E_INVALID_DATA',
    `${instrument} ${formatInterval(intervalMs)} is stored with other values${what}`,
    {
      errors: causes,
      hint: 'correct the file, or put it in the place of the stored bars with --replace; nothing was imported',
    },
  )
}
