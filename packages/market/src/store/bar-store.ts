import type { CallOptions } from '@qmtl/contracts'
import type { CorporateAction } from '../actions/corporate-action.ts'
import type { BarBlock } from '../bars/bar-block.ts'
import type { BarColumns, BarSource } from '../bars/bar-columns.ts'
import type { BarOrigin, StoredBars } from './stored-bars.ts'

/**
 * Takes the exclusive right that a file stands for and gives the function that returns it, or rejects with `E_DATABASE_LOCKED`
 * naming the holder. The right must end with the process, however that ends.
 */
export type FileLock = (file: string) => Promise<() => void>

/** Which stored bars: all, or those that open at or after `fromMs` and have closed by `toMs` (epoch ms UTC). */
export interface StoredRange extends BarSource {
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

/** What to do where the store has bars of the instrument and interval: refuse others, add to them, or put others in their place. */
export type WriteMode = 'new' | 'merge' | 'replace'

/** Bars to be stored, already on disk in a draft. */
export interface DraftCommit extends BarSource {
  readonly mode: WriteMode
  readonly origins: readonly BarOrigin[]
}

/** What became of a draft. */
export interface StoreOutcome {
  readonly stored: StoredBars
  /** `unchanged`: the store had these very bars. */
  readonly change: 'created' | 'unchanged' | 'merged' | 'replaced'
  /** Bars that the store did not have before. */
  readonly added: number
}

/** Bars on their way into a store; nobody sees them before `commit`. */
export interface StoreDraft {
  append(block: BarBlock): Promise<void>
  /** The open times of all rows, read back in pieces; nothing may be appended afterwards. */
  openTimes(options: CallOptions): AsyncIterable<Float64Array>
  /**
   * Stores the rows appended; afterwards they survive a power cut. Throws `E_DATA_EXISTS` in mode `new` where the store holds
   * other bars, and `E_INVALID_DATA` in mode `merge` where both hold a bar and differ, or their grids do.
   */
  commit(commit: DraftCommit, options: CallOptions): Promise<StoreOutcome>
}

/**
 * Bars on disk by instrument and interval. A version of stored bars is never written to: a change puts a new one in its place at
 * once, so a reader sees the old bars or the new ones, and a crash at any point leaves either. Readers need no lock.
 */
export interface BarStore {
  /** The folder it lives in. */
  readonly folder: string
  /** All manifests, by instrument and interval. Throws `E_INVALID_DATA` for a damaged one. */
  list(options: CallOptions): Promise<readonly StoredBars[]>
  find(source: BarSource, options: CallOptions): Promise<StoredBars | undefined>
  /** Throws `E_DATA_MISSING` where the store has no such bars, and `E_INVALID_DATA` where their files are damaged. */
  read(range: StoredRange, options: CallOptions): Promise<BarColumns>
  /** All bars in order, block by block. Throws as `read`. */
  blocks(source: BarSource, options: CallOptions): AsyncIterable<BarBlock>
  /** The corporate actions of an instrument, ascending; none where none are stored. Throws `E_INVALID_DATA` for a damaged file. */
  actions(instrument: string, options: CallOptions): Promise<readonly CorporateAction[]>
  /** Puts actions in the place of the stored ones; afterwards they survive a power cut. Throws as `write`. */
  putActions(instrument: string, actions: readonly CorporateAction[]): Promise<void>
  /**
   * Runs `write` with an empty draft while no other process writes; what was not committed is removed in any case. Throws
   * `E_DATABASE_LOCKED` while another writes, and `E_FILE` where the folder cannot be written.
   */
  write<Result>(write: (draft: StoreDraft) => Promise<Result>): Promise<Result>
}
