import type { SourceBar } from '@qmtl/engine'
import { barAt, type Bar, type BarColumns } from '@qmtl/market'

/** All bars that close at one instant. */
export interface BarSlice {
  readonly closeTimeMs: number
  readonly bars: readonly SourceBar[]
}

/** Which bars a graph reads. */
export interface BarFeed {
  readonly instrument: string
  readonly intervalMs: number
}

/** Recorded columns as slices in order of close time; inside a slice the order of the columns is kept. */
export function* mergeBars(columns: readonly BarColumns[]): Generator<BarSlice> {
  const rows = columns.map(() => 0)
  for (;;) {
    const closes = columns.map((column, index) => closeAt(column, rows[index] ?? 0))
    const closeTimeMs = Math.min(...closes)
    if (!Number.isFinite(closeTimeMs)) return
    const bars: SourceBar[] = []
    columns.forEach((column, index) => {
      const row = rows[index] ?? 0
      if (closes[index] !== closeTimeMs) return
      bars.push({ instrument: column.instrument, intervalMs: column.intervalMs, bar: barAt(column, row) })
      rows[index] = row + 1
    })
    yield { closeTimeMs, bars }
  }
}

function closeAt(column: BarColumns, row: number): number {
  const open = row < column.length ? column.openTimeMs[row] : undefined
  return open === undefined ? Infinity : open + column.intervalMs
}

/** Streams of closed bars as slices in order of close time: a slice leaves when every stream has gone past its instant. */
export async function* mergeStreams(
  streams: readonly { readonly feed: BarFeed; readonly bars: AsyncIterable<Bar> }[],
): AsyncGenerator<BarSlice> {
  const heads = streams.map(({ feed, bars }) => ({ feed, iterator: bars[Symbol.asyncIterator]() }))
  const waiting = await Promise.all(heads.map(({ iterator }) => iterator.next()))
  try {
    for (;;) {
      const closes = heads.map(({ feed }, index) => {
        const head = waiting[index]
        return head === undefined || head.done === true ? Infinity : head.value.openTimeMs + feed.intervalMs
      })
      const closeTimeMs = Math.min(...closes)
      if (!Number.isFinite(closeTimeMs)) return
      const bars: SourceBar[] = []
      for (const [index, { feed, iterator }] of heads.entries()) {
        const head = waiting[index]
        if (closes[index] !== closeTimeMs || head === undefined || head.done === true) continue
        bars.push({ ...feed, bar: head.value })
        waiting[index] = await iterator.next()
      }
      yield { closeTimeMs, bars }
    }
  } finally {
    await Promise.all(heads.map(async ({ iterator }) => iterator.return?.()))
  }
}
