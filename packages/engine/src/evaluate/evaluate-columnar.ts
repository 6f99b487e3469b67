import type { NodeId } from '@qmtl/contracts'
import type { BarColumns } from '@qmtl/market'
import { collectGraph } from '../graph/collect-graph.ts'
import type { NodeSpec, SeriesRef } from '../graph/node-spec.ts'
import { columnOf, createSourceReader, evaluateNode, type NodeColumns } from './node-columns.ts'
import type { EvaluationOptions } from './node-failure.ts'
import { neededNodes, type ResultStore } from './result-store.ts'
import { createSoundness } from './soundness.ts'

/** Every value of a graph over a stretch of bars. */
export interface ColumnarResult {
  /** The merged graph, inputs before their users. */
  readonly nodes: readonly NodeSpec[]
  /** How many nodes were run: each at most once, however many strategies use it; those that a store had were not. */
  readonly evaluated: number
  /** Close time of each row of a node, epoch milliseconds UTC, ascending. */
  rowsOf(node: NodeSpec): Float64Array
  /** One value per row of the series' node, `NaN` for none. Shared with other readers: not to be changed. */
  column(series: SeriesRef): Float64Array
}

export interface ColumnarOptions extends EvaluationOptions {
  /**
   * Results of earlier runs over the same bars: what it has is not run again, and what only that needed is not either (the
   * result then has no columns of it). What was run without a failure, there or in its inputs, is given to it.
   */
  readonly store?: ResultStore
}

/**
 * Evaluates everything the outputs need over whole columns, each node once, with the kernels of the streaming evaluator and
 * to the same bits. `data` holds the bars of each source, found by instrument and interval; others are ignored. Throws
 * `E_DATA_MISSING`, `E_INVALID_DATA` for bars out of order or given twice, and `E_NODE_FAILED` (unless `onFailure` takes it).
 */
export function evaluateColumnar(
  outputs: readonly NodeSpec[],
  data: readonly BarColumns[],
  { store, onFailure }: ColumnarOptions = {},
): ColumnarResult {
  const nodes = collectGraph(outputs)
  const results = new Map<NodeId, NodeColumns>()
  const missing = store === undefined ? nodes : neededNodes(nodes, { outputs, store, found: results })
  const readSource = createSourceReader(data)
  const soundness = createSoundness({ ...(onFailure === undefined ? {} : { onFailure }) })
  const columnsOf = (node: NodeSpec): NodeColumns => resultOf(results, node)
  for (const node of missing) {
    if (node.kind === 'source') {
      results.set(node.id, readSource(node))
      continue
    }
    const result = evaluateNode(node, columnsOf, soundness.optionsFor(node))
    results.set(node.id, result)
    if (soundness.isSound(node)) store?.keep(node, result)
  }
  return columnarResult(nodes, results, missing.length)
}

/** The result that a map of columns by node makes. */
export function columnarResult(
  nodes: readonly NodeSpec[],
  results: ReadonlyMap<NodeId, NodeColumns>,
  evaluated: number,
): ColumnarResult {
  return {
    nodes,
    evaluated,
    rowsOf: (node) => resultOf(results, node).rows,
    column: (series) => columnOf(series, (node) => resultOf(results, node)),
  }
}

function resultOf(results: ReadonlyMap<NodeId, NodeColumns>, node: NodeSpec): NodeColumns {
  const result = results.get(node.id)
  if (result === undefined) throw new RangeError(`node ${node.id} is not part of the evaluated graph`)
  return result
}
