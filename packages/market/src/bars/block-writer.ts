import { blockOf, blockRows, type BarBlock } from './bar-block.ts'

/** Gathers rows in blocks of `blockRows`. */
export interface BlockWriter {
  /** Appends the six cells of a row in the order of `barFields`. */
  push(cells: Float64Array): void
  /** The full blocks since the last call; their memory is the caller's. */
  drain(): readonly BarBlock[]
  /** The rows that fill no block. The writer is empty afterwards. */
  rest(): BarBlock
}

export function createBlockWriter(): BlockWriter {
  let full: BarBlock[] = []
  let columns = emptyColumns()
  let filled = 0

  function cut(): BarBlock {
    const block = blockOf(columns, filled)
    columns = emptyColumns()
    filled = 0
    return block
  }
  return {
    push(cells) {
      for (let field = 0; field < 6; field++) columns[field]![filled] = cells[field]!
      filled += 1
      if (filled === blockRows) full.push(cut())
    },
    drain() {
      const blocks = full
      full = []
      return blocks
    },
    rest: cut,
  }
}

function emptyColumns(): readonly Float64Array[] {
  return Array.from({ length: 6 }, () => new Float64Array(blockRows))
}
