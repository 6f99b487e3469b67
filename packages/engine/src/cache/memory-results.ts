import type { NodeColumns } from '../evaluate/node-columns.ts'

/** Results by key, bounded in bytes: what was unused longest goes first. */
export interface MemoryResults {
  readonly bytes: number
  find(key: string): NodeColumns | undefined
  /** A result larger than the bound is not kept. */
  keep(key: string, result: NodeColumns): void
}

export function createMemoryResults(mostBytes: number): MemoryResults {
  // A map remembers the order of insertion: its first entry is the one unused longest.
  const results = new Map<string, NodeColumns>()
  let bytes = 0
  const drop = (key: string): void => {
    const result = results.get(key)
    if (result === undefined) return
    bytes -= sizeOf(result)
    results.delete(key)
  }
  return {
    get bytes() {
      return bytes
    },
    find(key) {
      const result = results.get(key)
      if (result !== undefined) {
        results.delete(key)
        results.set(key, result)
      }
      return result
    },
    keep(key, result) {
      drop(key)
      const size = sizeOf(result)
      if (size > mostBytes) return
      for (const [oldest] of results) {
        if (bytes + size <= mostBytes) break
        drop(oldest)
      }
      results.set(key, result)
      bytes += size
    },
  }
}

/** Rows are counted with each result, though results of one axis share them: an upper bound. */
function sizeOf({ rows, columns }: NodeColumns): number {
  return columns.reduce((sum, column) => sum + column.byteLength, rows.byteLength)
}
