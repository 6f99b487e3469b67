import type { NodeId } from '@qmtl/contracts'
import { fingerprintOf, type BarColumns } from '@qmtl/market'
import type { BacktestOptions } from '../backtest/backtest-strategy.ts'
import { isPortable } from '../evaluate/built-in-kernels.ts'
import { evaluateColumnar } from '../evaluate/evaluate-columnar.ts'
import type { ResultStore } from '../evaluate/result-store.ts'
import { wireNodeOf } from '../evaluate/wire-node.ts'
import { collectGraph } from '../graph/collect-graph.ts'
import type { NodeSpec } from '../graph/node-spec.ts'
import { summaryOf, type RunSummary } from '../search/run-summary.ts'
import { fingerprintWindow, tradeWindows, type TrialTerms, type TrialWindow } from '../search/trial-window.ts'
import { createBreath } from './breath.ts'
import type { ComputePool } from './compute-pool.ts'
import { runGraph, type GraphRun, type WorkProgress } from './evaluate-graph.ts'
import { readOnlyStore } from './thread-session.ts'

export interface ManyBacktestsOptions extends Omit<BacktestOptions, 'evaluated'> {
  /** Stretches to trade in, each with fresh cash and warm nodes. Default: all bars, as one. */
  readonly windows?: readonly TrialWindow[]
  /** Threads to share the work with; without it everything runs here. */
  readonly pool?: ComputePool
  /** Results of earlier runs over the same bars. */
  readonly store?: ResultStore
  /** Told of each strategy that is done. */
  readonly onProgress?: (progress: WorkProgress) => void
  /** Stops before the next strategy; the returned promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

export interface ManyBacktests {
  /** By strategy and window, in their order; one per strategy where no windows are given. */
  readonly runs: readonly (readonly RunSummary[])[]
  /** Nodes of all strategies, each counted in every strategy that has it. */
  readonly declared: number
  /** Nodes that were run. */
  readonly computed: number
}

/**
 * Backtests many strategies (the outputs of each) over the same bars as one merged graph: what several of them use is run
 * once and first, what belongs to one alone with that strategy, and forgotten with it. Each summary is that of
 * `backtestStrategy`, whatever runs beside it and in however many threads. Throws what `backtestStrategy` throws.
 */
export async function backtestStrategies(
  strategies: readonly (readonly NodeSpec[])[],
  data: readonly BarColumns[],
  options: ManyBacktestsOptions,
): Promise<ManyBacktests> {
  const { pool, store, signal, onProgress, windows, ...terms } = options
  const trading: TrialTerms = {
    ...terms,
    dataFingerprints: terms.dataFingerprints ?? data.map(fingerprintOf),
    ...(windows === undefined ? {} : { windows: windows.map((window) => fingerprintWindow(window, data)) }),
  }
  const graphs = strategies.map(collectGraph)
  const first = nodesRunFirst(graphs, pool !== undefined)
  const shared = await runGraph(first, data, {
    trading,
    ...(pool === undefined ? {} : { pool }),
    ...(store === undefined ? {} : { store }),
    ...(signal === undefined ? {} : { signal }),
  })
  const told = new Set<NodeId>(shared.nodes.map(({ id }) => id))
  const runs: (readonly RunSummary[])[] = []
  let computed = shared.evaluated
  let done = 0
  const finish = (index: number, { summaries, evaluated }: StrategyRun): void => {
    runs[index] = summaries
    computed += evaluated
    done += 1
    onProgress?.({ done, total: strategies.length })
  }
  const run = (index: number, thread: number): StrategyRun | Promise<StrategyRun> => {
    const outputs = strategies[index] ?? []
    if (pool === undefined) return runHere(outputs, shared, trading)
    const own = (graphs[index] ?? []).filter(({ id }) => !told.has(id)).map(wireNodeOf)
    return pool.ask(thread, { kind: 'backtest', nodes: own, outputs: outputs.map(({ id }) => id) })
  }
  let next = 0
  const work = async (thread: number): Promise<void> => {
    const breathe = createBreath()
    while (next < strategies.length) {
      signal?.throwIfAborted()
      const index = next++
      const traded = await run(index, thread)
      signal?.throwIfAborted()
      finish(index, traded)
      await breathe()
    }
  }
  await Promise.all(Array.from({ length: pool?.threads ?? 1 }, (_, thread) => work(thread)))
  return { runs, declared: graphs.reduce((sum, graph) => sum + graph.length, 0), computed }
}

interface StrategyRun {
  readonly summaries: readonly RunSummary[]
  readonly evaluated: number
}

function runHere(outputs: readonly NodeSpec[], { data, results }: GraphRun, trading: TrialTerms): StrategyRun {
  const evaluated = evaluateColumnar(outputs, data, { store: readOnlyStore(results) })
  const summaries = tradeWindows(outputs, data, evaluated, trading).map(summaryOf)
  return { summaries, evaluated: evaluated.evaluated }
}

/** Nodes that several strategies have, and, where other threads trade, those that only this one can run. */
function nodesRunFirst(graphs: readonly (readonly NodeSpec[])[], areThreads: boolean): readonly NodeSpec[] {
  const found = new Map<NodeId, { readonly node: NodeSpec; users: number }>()
  for (const node of graphs.flat()) {
    const seen = found.get(node.id)
    if (seen === undefined) found.set(node.id, { node, users: 1 })
    else seen.users += 1
  }
  return [...found.values()]
    .filter(({ node, users }) => users > 1 || (areThreads && !isPortable(node)))
    .map(({ node }) => node)
}
