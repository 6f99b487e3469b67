import { formatInstant, formatInterval, type CallOptions } from '@qmtl/contracts'
import { columnsOf, type BarBlock } from '../bars/bar-block.ts'
import { isOnGrid } from '../bars/bar-grid.ts'
import { isSoundBar } from '../bars/sound-bar.ts'
import type { BarStore } from './bar-store.ts'
import { createSummariser, type BarSummary } from './bar-summary.ts'
import { sourceOf, type StoredBars } from './stored-bars.ts'

/** What is wrong with stored bars. */
export interface StoredFault {
  /** A bar's open time, or the manifest's member that says something else than the bars. */
  readonly place: string
  readonly message: string
}

const mostFaults = 50

/**
 * Reads stored bars and checks them: each sound, in order and on the grid, and the manifest with its fingerprint as the bars
 * give it. The first 50 faults; none for sound bars. Throws as `BarStore.read`.
 */
export async function verifyBars(
  store: BarStore,
  stored: StoredBars,
  options: CallOptions,
): Promise<readonly StoredFault[]> {
  const source = sourceOf(stored)
  const faults: StoredFault[] = []
  const summariser = await createSummariser(source, stored.rows)
  const check = createRowCheck(source.intervalMs, (fault) => faults.length < mostFaults && faults.push(fault))
  for await (const block of store.blocks(source, options)) {
    check(block)
    summariser.update(block)
  }
  // Times that cannot be are no text either; the bars themselves are named above.
  return faults.length > 0 ? faults : manifestFaults(stored, summariser.result())
}

function createRowCheck(intervalMs: number, report: (fault: StoredFault) => void): (block: BarBlock) => void {
  const cells = new Float64Array(6)
  let originMs = Number.NaN
  let lastMs = Number.NEGATIVE_INFINITY
  return (block) => {
    const columns = columnsOf(block)
    for (let row = 0; row < block.length; row++) {
      for (let field = 0; field < 6; field++) cells[field] = columns[field]![row]!
      const openTimeMs = cells[0]!
      if (Number.isNaN(originMs)) originMs = openTimeMs
      const message = faultOf(cells, { originMs, lastMs, intervalMs })
      if (message !== undefined) report({ place: placeOf(openTimeMs), message })
      lastMs = openTimeMs
    }
  }
}

interface RowContext {
  readonly originMs: number
  readonly lastMs: number
  readonly intervalMs: number
}

function faultOf(cells: Float64Array, { originMs, lastMs, intervalMs }: RowContext): string | undefined {
  const openTimeMs = cells[0]!
  if (!isSoundBar(cells)) return `is no sound bar: open, high, low, close, volume are ${cells.subarray(1).join(', ')}`
  if (openTimeMs <= lastMs) return `stands after ${formatInstant(lastMs)}`
  return isOnGrid(openTimeMs, originMs, intervalMs) ? undefined : `is not on the grid of ${formatInterval(intervalMs)}`
}

function placeOf(openTimeMs: number): string {
  return Number.isInteger(openTimeMs) && Math.abs(openTimeMs) < 8.64e15 ? formatInstant(openTimeMs) : String(openTimeMs)
}

function manifestFaults(stored: StoredBars, seen: BarSummary): readonly StoredFault[] {
  const members = ['first_ts', 'last_ts', 'gaps', 'fingerprint'] as const
  return members.flatMap((member) => {
    const [said, is] = [JSON.stringify(stored[member]), JSON.stringify(seen[member])]
    return said === is ? [] : [{ place: member, message: `is ${said} in the manifest, and ${is} by the bars` }]
  })
}
