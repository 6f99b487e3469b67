import { formatInstant, formatInterval, QmtlError, type CallOptions } from '@qmtl/contracts'
import type { BarBlock } from '../bars/bar-block.ts'
import { createRollUp, type RollUpOptions } from '../bars/roll-up.ts'
import type { BarStore, StoreOutcome, WriteMode } from './bar-store.ts'
import { sourceOf, type BarOrigin, type StoredBars } from './stored-bars.ts'

export interface StoredRollUpOptions extends Omit<RollUpOptions, 'sourceMs'>, CallOptions {
  readonly mode: WriteMode
  /** Epoch milliseconds. */
  readonly nowMs: () => number
  /** Told how many source bars have been read. */
  readonly onProgress?: ((bars: number) => void) | undefined
}

/** What became of a roll-up. */
export interface RollUpOutcome extends StoreOutcome {
  /** Source bars outside the sessions, which no bar holds. */
  readonly outside: number
}

const rowBytes = 48

/**
 * Rolls stored bars up and stores the result in the same store, all or nothing; memory does not grow with their number. The origin of
 * the new bars is the stored ones, with the hash of their rows. Throws as `createRollUp`, `BarStore.write` and `StoreDraft.commit`, and
 * `E_DATA_MISSING` where no bar would be whole.
 */
export async function rollUpStored(
  store: BarStore,
  stored: StoredBars,
  { mode, nowMs, onProgress, signal, ...options }: StoredRollUpOptions,
): Promise<RollUpOutcome> {
  const source = sourceOf(stored)
  const rollUp = createRollUp({ ...options, sourceMs: source.intervalMs })
  return store.write(async (draft) => {
    let read = 0
    let made = 0
    const append = async (block: BarBlock): Promise<void> => {
      made += block.length
      await draft.append(block)
    }
    for await (const block of store.blocks(source, { signal })) {
      rollUp.update(block)
      for (const full of rollUp.drain()) await append(full)
      onProgress?.((read += block.length))
    }
    await append(rollUp.finish())
    if (made === 0) throw nothingMade(stored, options.intervalMs)
    const outcome = await draft.commit(
      { instrument: stored.instrument, intervalMs: options.intervalMs, mode, origins: [originOf(stored, nowMs())] },
      { signal },
    )
    return { ...outcome, outside: rollUp.outside }
  })
}

function nothingMade({ instrument, interval }: StoredBars, intervalMs: number): QmtlError {
  const wanted = formatInterval(intervalMs)
  return new QmtlError('E_DATA_MISSING', `no bar of ${instrument} ${wanted} is whole in the stored ${interval}`, {
    hint: 'import more of them, or keep the bars of which only a part is there',
  })
}

function originOf({ instrument, interval, rows, fingerprint }: StoredBars, nowMs: number): BarOrigin {
  return {
    file: `${instrument} ${interval}`,
    bytes: rows * rowBytes,
    hash: fingerprint.replace(/^lake:/, ''),
    rows,
    imported_at: formatInstant(nowMs),
  }
}
