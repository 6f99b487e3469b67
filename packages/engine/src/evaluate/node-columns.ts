import { QmtlError } from '@qmtl/contracts'
import type { BarColumns } from '@qmtl/market'
import { rowInputs } from '../graph/collect-graph.ts'
import { closesAt, type NodeSpec, type SeriesRef } from '../graph/node-spec.ts'
import { barsKey } from './bars-key.ts'
import { nodeFailure, type EvaluationOptions } from './node-failure.ts'
import { areEqualRows, sampleAsOf, unionOfRows, valuesAt, type Rows } from './rows.ts'
import { runKernel } from './run-kernel.ts'

/** What a node gave over a stretch of bars. Shared by its readers: not to be changed. */
export interface NodeColumns {
  /** Close times, epoch milliseconds UTC, ascending. */
  readonly rows: Rows
  /** A value per row for each output, in the node's order; `NaN` for none. */
  readonly columns: readonly Float64Array[]
}

/** Gives the columns of a node that was evaluated before. Throws a `RangeError` for any other. */
export type ColumnsOf = (node: NodeSpec) => NodeColumns

/** Evaluates one node over the columns of its inputs. Throws `E_NODE_FAILED`, unless `onFailure` takes it. */
export function evaluateNode(node: NodeSpec, columnsOf: ColumnsOf, { onFailure }: EvaluationOptions): NodeColumns {
  const rows = rowInputs(node)
    .map((input) => columnsOf(input.node).rows)
    .reduce(unionOfRows)
  const inputs = Object.values(node.inputs).map((input) => {
    const own = columnsOf(input.node).rows
    const column = columnOf(input, columnsOf)
    return input.node.stepwise ? sampleAsOf(column, own, rows) : valuesAt(column, own, rows)
  })
  if (node.operator === undefined) return { rows, columns: inputs }
  const fail = (row: number, cause: unknown): void => {
    const failure = nodeFailure(node, rows[row]!, cause)
    if (onFailure === undefined) throw failure
    onFailure(failure)
  }
  if (node.operator.readsTime === true) inputs.push(rows)
  const columns = runKernel(node, node.operator, { inputs, rows: rows.length, fail })
  return node.gathers ? rowsThatClose(node, { rows, columns }) : { rows, columns }
}

function rowsThatClose(node: NodeSpec, { rows, columns }: NodeColumns): NodeColumns {
  const kept = rows.filter((closeTimeMs) => closesAt(node, closeTimeMs))
  return { rows: kept, columns: columns.map((column) => column.filter((_, row) => closesAt(node, rows[row]!))) }
}

/** The column of one output. Throws a `RangeError` where the node has no such output. */
export function columnOf({ node, output }: SeriesRef, columnsOf: ColumnsOf): Float64Array {
  const column = columnsOf(node).columns[node.outputs.indexOf(output)]
  if (column === undefined) throw new RangeError(`node ${node.id} has no output '${output}'`)
  return column
}

/**
 * Gives the columns of sources from their bars, found by instrument and interval; sources whose bars close at the same
 * times share their rows. Throws `E_DATA_MISSING`, and `E_INVALID_DATA` for bars out of order or given twice.
 */
export function createSourceReader(data: readonly BarColumns[]): ColumnsOf {
  const barsByKey = indexBars(data)
  const known: Rows[] = []
  return (node) => {
    const key = barsKey({ instrument: node.instrument ?? '', intervalMs: node.intervalMs })
    const bars = barsByKey.get(key)
    if (bars === undefined) {
      throw new QmtlError(
        'E_DATA_MISSING',
        `no bars of ${key}; there are ${[...barsByKey.keys()].join(', ') || 'none'}`,
      )
    }
    const rows = closeTimes(bars)
    const shared = known.find((other) => areEqualRows(other, rows))
    if (shared === undefined) known.push(rows)
    return { rows: shared ?? rows, columns: [bars.open, bars.high, bars.low, bars.close, bars.volume] }
  }
}

function indexBars(data: readonly BarColumns[]): ReadonlyMap<string, BarColumns> {
  const barsByKey = new Map<string, BarColumns>()
  for (const columns of data) {
    const key = barsKey(columns)
    if (barsByKey.has(key)) throw new QmtlError('E_INVALID_DATA', `two columns of bars are given for ${key}; give one`)
    barsByKey.set(key, columns)
  }
  return barsByKey
}

function closeTimes({ instrument, intervalMs, length, openTimeMs }: BarColumns): Rows {
  const rows = new Float64Array(length)
  let previous = -Infinity
  for (let index = 0; index < length; index++) {
    const closed = openTimeMs[index]! + intervalMs
    if (!(closed > previous)) {
      throw new QmtlError('E_INVALID_DATA', `bars of ${instrument} are out of order at row ${index}`, {
        details: { row: index },
      })
    }
    rows[index] = closed
    previous = closed
  }
  return rows
}
