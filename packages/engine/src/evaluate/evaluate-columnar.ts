import { QmtlError, type NodeId } from '@qmtl/contracts'
import type { BarColumns } from '@qmtl/market'
import { collectGraph, rowInputs } from '../graph/collect-graph.ts'
import type { NodeSpec, SeriesRef } from '../graph/node-spec.ts'
import { nodeFailure, type EvaluationOptions } from './node-failure.ts'
import { runKernel } from './run-kernel.ts'
import { areEqualRows, sampleAsOf, unionOfRows, valuesAt, type Rows } from './rows.ts'
import { barsKey } from './bars-key.ts'

/** Every value of a graph over a stretch of bars. */
export interface ColumnarResult {
  /** The merged graph, inputs before their users. */
  readonly nodes: readonly NodeSpec[]
  /** How many nodes were run: each of `nodes` once, however many strategies use it. */
  readonly evaluated: number
  /** Close time of each row of a node, epoch milliseconds UTC, ascending. */
  rowsOf(node: NodeSpec): Float64Array
  /** One value per row of the series' node, `NaN` for none. Shared with other readers: not to be changed. */
  column(series: SeriesRef): Float64Array
}

interface NodeColumns {
  readonly rows: Rows
  readonly columns: readonly Float64Array[]
}

/**
 * Evaluates everything the outputs need over whole columns, each node once, with the kernels of the streaming evaluator and
 * to the same bits. `data` holds the bars of each source, found by instrument and interval; others are ignored. Throws
 * `E_DATA_MISSING`, `E_INVALID_DATA` for bars out of order or given twice, and `E_NODE_FAILED` (unless `onFailure` takes it).
 */
export function evaluateColumnar(
  outputs: readonly NodeSpec[],
  data: readonly BarColumns[],
  options: EvaluationOptions = {},
): ColumnarResult {
  const nodes = collectGraph(outputs)
  const barsByKey = indexBars(data)
  const results = new Map<NodeId, NodeColumns>()
  const rowsOfSources: Rows[] = []
  for (const node of nodes) {
    if (node.kind === 'source') results.set(node.id, sourceColumns(node, barsByKey, rowsOfSources))
    else results.set(node.id, nodeColumns(node, results, options))
  }
  return {
    nodes,
    evaluated: results.size,
    rowsOf: (node) => resultOf(results, node).rows,
    column: (series) => columnOf(results, series),
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

function sourceColumns(node: NodeSpec, barsByKey: ReadonlyMap<string, BarColumns>, known: Rows[]): NodeColumns {
  const key = barsKey({ instrument: node.instrument ?? '', intervalMs: node.intervalMs })
  const bars = barsByKey.get(key)
  if (bars === undefined) {
    throw new QmtlError('E_DATA_MISSING', `no bars of ${key}; there are ${[...barsByKey.keys()].join(', ') || 'none'}`)
  }
  const rows = closeTimes(bars)
  const shared = known.find((other) => areEqualRows(other, rows))
  if (shared === undefined) known.push(rows)
  return { rows: shared ?? rows, columns: [bars.open, bars.high, bars.low, bars.close, bars.volume] }
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

function nodeColumns(
  node: NodeSpec,
  results: ReadonlyMap<NodeId, NodeColumns>,
  { onFailure }: EvaluationOptions,
): NodeColumns {
  const inputs = Object.values(node.inputs)
  const rows = rowInputs(node)
    .map((input) => resultOf(results, input.node).rows)
    .reduce(unionOfRows)
  const columns = inputs.map((input) => {
    const own = resultOf(results, input.node).rows
    const column = columnOf(results, input)
    return input.node.stepwise ? sampleAsOf(column, own, rows) : valuesAt(column, own, rows)
  })
  const fail = (row: number, cause: unknown): void => {
    const failure = nodeFailure(node, rows[row]!, cause)
    if (onFailure === undefined) throw failure
    onFailure(failure)
  }
  return {
    rows,
    columns:
      node.operator === undefined
        ? columns
        : runKernel(node, node.operator, { inputs: columns, rows: rows.length, fail }),
  }
}

function resultOf(results: ReadonlyMap<NodeId, NodeColumns>, node: NodeSpec): NodeColumns {
  const result = results.get(node.id)
  if (result === undefined) throw new RangeError(`node ${node.id} is not part of the evaluated graph`)
  return result
}

function columnOf(results: ReadonlyMap<NodeId, NodeColumns>, { node, output }: SeriesRef): Float64Array {
  const column = resultOf(results, node).columns[node.outputs.indexOf(output)]
  if (column === undefined) throw new RangeError(`node ${node.id} has no output '${output}'`)
  return column
}
