import type { NodeId } from '@qmtl/contracts'
import type { BarColumns } from '@qmtl/market'
import type { NodeColumns } from '../evaluate/node-columns.ts'

/** A node's columns in memory that all threads see. */
export interface SharedResult extends NodeColumns {
  readonly node: NodeId
  /** The first node with the very same rows: arrays lose their identity on the way, and equal rows are found by it. */
  readonly rowsOf: NodeId
}

/** Brings columns into shared memory, each once however often it is asked for. */
export interface ColumnSharer {
  bars(bars: BarColumns): BarColumns
  result(node: NodeId, result: NodeColumns): SharedResult
}

export function createColumnSharer(): ColumnSharer {
  const shared = new Map<Float64Array, Float64Array>()
  const owners = new Map<Float64Array, NodeId>()
  const share = (column: Float64Array): Float64Array => {
    const known = shared.get(column)
    if (known !== undefined) return known
    const copy = isShared(column) ? column : new Float64Array(new SharedArrayBuffer(column.byteLength))
    if (copy !== column) copy.set(column)
    shared.set(column, copy)
    return copy
  }
  return {
    bars: (bars) => ({
      ...bars,
      openTimeMs: share(bars.openTimeMs),
      open: share(bars.open),
      high: share(bars.high),
      low: share(bars.low),
      close: share(bars.close),
      volume: share(bars.volume),
    }),
    result(node, { rows, columns }) {
      const sharedRows = share(rows)
      const rowsOf = owners.get(sharedRows) ?? node
      owners.set(sharedRows, rowsOf)
      return { node, rowsOf, rows: sharedRows, columns: columns.map(share) }
    },
  }
}

/** The columns of a result that came from another thread, over the rows known by `rowsOf` where there are such. */
export function adoptResult(
  { rowsOf, rows, columns }: SharedResult,
  known: ReadonlyMap<NodeId, NodeColumns>,
): NodeColumns {
  return { rows: known.get(rowsOf)?.rows ?? rows, columns }
}

function isShared(column: Float64Array): boolean {
  return column.buffer instanceof SharedArrayBuffer
}
