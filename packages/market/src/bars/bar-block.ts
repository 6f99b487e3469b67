import type { BarColumns } from './bar-columns.ts'

/** The six columns of a bar in the order of our files. */
export const barFields = ['ts', 'open', 'high', 'low', 'close', 'volume'] as const
export type BarField = (typeof barFields)[number]

/** Rows of bars on their way, before it is known what they belong to. */
export type BarBlock = Omit<BarColumns, 'instrument' | 'intervalMs'>

/** Rows of a full block: 3 MB, large enough for the disk and small enough for the cache of the processor. */
export const blockRows = 65_536

/** The columns of a block in the order of `barFields`. */
export function columnsOf({ openTimeMs, open, high, low, close, volume }: BarBlock): readonly Float64Array[] {
  return [openTimeMs, open, high, low, close, volume]
}

/** A block over six columns in the order of `barFields`. */
export function blockOf(columns: readonly Float64Array[], length: number): BarBlock {
  const column = (position: number): Float64Array => (columns[position] ?? new Float64Array()).subarray(0, length)
  return {
    length,
    openTimeMs: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  }
}
