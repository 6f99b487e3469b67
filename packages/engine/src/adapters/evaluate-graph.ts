import { QmtlError, type NodeId } from '@qmtl/contracts'
import type { BarColumns } from '@qmtl/market'
import { isPortable } from '../evaluate/built-in-kernels.ts'
import { columnarResult, type ColumnarOptions, type ColumnarResult } from '../evaluate/evaluate-columnar.ts'
import { createSourceReader, evaluateNode, type NodeColumns } from '../evaluate/node-columns.ts'
import { neededNodes } from '../evaluate/result-store.ts'
import type { EvaluationOptions } from '../evaluate/node-failure.ts'
import { createSoundness, type Soundness } from '../evaluate/soundness.ts'
import { wireNodeOf } from '../evaluate/wire-node.ts'
import { collectGraph } from '../graph/collect-graph.ts'
import type { NodeSpec } from '../graph/node-spec.ts'
import type { TrialTerms } from '../search/trial-window.ts'
import { createBreath } from './breath.ts'
import type { ComputePool } from './compute-pool.ts'
import { adoptResult, createColumnSharer } from './shared-columns.ts'
import { errorOfWire } from './thread-messages.ts'

/** Work done so far; `done` ascends to `total`. */
export interface WorkProgress {
  readonly done: number
  readonly total: number
}

export interface LongRunOptions extends ColumnarOptions {
  /** Threads to share the work with; without it everything runs here. */
  readonly pool?: ComputePool
  readonly onProgress?: (progress: WorkProgress) => void
  /** Stops between two nodes; the returned promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/**
 * `evaluateColumnar` for large graphs: the same columns to the same bits, with branches and instruments that do not need each
 * other in the threads of a pool, with progress, and stoppable. Authors' functions run in this thread, which loaded them.
 * Throws what `evaluateColumnar` throws.
 */
export async function evaluateGraph(
  outputs: readonly NodeSpec[],
  data: readonly BarColumns[],
  options: LongRunOptions = {},
): Promise<ColumnarResult> {
  const { nodes, results, evaluated } = await runGraph(outputs, data, options)
  return columnarResult(nodes, results, evaluated)
}

export interface GraphRun {
  /** The merged graph, inputs before their users. */
  readonly nodes: readonly NodeSpec[]
  /** In shared memory where there is a pool, whose threads know them too. */
  readonly results: Map<NodeId, NodeColumns>
  /** The bars that were given, in shared memory where there is a pool. */
  readonly data: readonly BarColumns[]
  readonly evaluated: number
}

/** As `evaluateGraph`; opens a run of the pool, in which strategies can be traded on these terms afterwards. */
export async function runGraph(
  outputs: readonly NodeSpec[],
  given: readonly BarColumns[],
  options: LongRunOptions & { readonly trading?: TrialTerms },
): Promise<GraphRun> {
  const { store, pool } = options
  const nodes = collectGraph(outputs)
  const results = new Map<NodeId, NodeColumns>()
  const needed = store === undefined ? nodes : neededNodes(nodes, { outputs, store, found: results })
  const sharer = createColumnSharer()
  const data = pool === undefined ? given : given.map(sharer.bars)
  pool?.tell({ kind: 'open', bars: data, trading: options.trading })
  pool?.tell({ kind: 'know', nodes: nodes.map(wireNodeOf), results: [] })
  const publish = (node: NodeSpec, result: NodeColumns): void => {
    if (pool === undefined) {
      results.set(node.id, result)
      return
    }
    const shared = sharer.result(node.id, result)
    results.set(node.id, adoptResult(shared, results))
    pool.tell({ kind: 'know', nodes: [], results: [shared] })
  }
  const stored = [...results]
  for (const [id, result] of stored)
    publish(
      nodes.find((node) => node.id === id)!,
      result,
    )
  const readSource = createSourceReader(data)
  const computed: NodeSpec[] = []
  for (const node of needed) {
    if (node.kind === 'source') publish(node, readSource(node))
    else computed.push(node)
  }
  await runNodes({ computed, results, publish, total: needed.length }, options)
  return { nodes, results, data, evaluated: needed.length }
}

interface NodeWork {
  /** The nodes to run, inputs before their users. */
  readonly computed: readonly NodeSpec[]
  readonly results: ReadonlyMap<NodeId, NodeColumns>
  publish(node: NodeSpec, result: NodeColumns): void
  readonly total: number
}

/** Runs each node as soon as its inputs are there: portable ones in any thread, the others here. */
async function runNodes(work: NodeWork, options: LongRunOptions): Promise<void> {
  const { pool, signal } = options
  const ready = createReadiness(work.computed)
  const breathe = createBreath()
  const soundness = createSoundness(options)
  let done = work.total - work.computed.length
  const finish = (node: NodeSpec, result: NodeColumns): void => {
    work.publish(node, result)
    if (soundness.isSound(node)) options.store?.keep(node, result)
    ready.finished(node)
    done += 1
    options.onProgress?.({ done, total: work.total })
  }
  const threads = pool && createNodeThreads(pool, work.results, soundness, finish)
  try {
    while (done < work.total) {
      signal?.throwIfAborted()
      threads?.fill(ready.takePortable)
      const node = ready.takeForeign() ?? (threads === undefined ? ready.takePortable() : undefined)
      if (node === undefined) await threads?.next()
      else {
        finish(node, runHere(node, work.results, soundness))
        await breathe()
      }
    }
  } finally {
    threads?.leave()
  }
}

/** The threads of a pool as runners of single nodes. */
interface NodeThreads {
  /** Gives each idle thread a node, as long as there are any. */
  fill(take: () => NodeSpec | undefined): void
  /** Resolves when one has finished; throws what it threw. */
  next(): Promise<void>
  /** What still runs is not waited for, and what it gives is dropped: the pool may serve another run by then. */
  leave(): void
}

function createNodeThreads(
  pool: ComputePool,
  results: ReadonlyMap<NodeId, NodeColumns>,
  soundness: Soundness,
  finish: (node: NodeSpec, result: NodeColumns) => void,
): NodeThreads {
  const idle = Array.from({ length: pool.threads }, (_, thread) => thread)
  const running = new Map<number, Promise<void>>()
  let isLeft = false
  const run = async (node: NodeSpec, thread: number): Promise<void> => {
    const { result, failures } = await pool.ask(thread, { kind: 'evaluate', node: node.id })
    if (isLeft) return
    for (const failure of failures) tellFailure(errorOfWire(failure), soundness.optionsFor(node))
    finish(node, adoptResult(result, results))
    running.delete(thread)
    idle.push(thread)
  }
  return {
    fill(take) {
      for (let thread = idle.at(-1); thread !== undefined; thread = idle.at(-1)) {
        const node = take()
        if (node === undefined) return
        idle.pop()
        const task = run(node, thread)
        task.catch(() => undefined) // `next` tells
        running.set(thread, task)
      }
    },
    next: () => Promise.race(running.values()),
    leave() {
      isLeft = true
    },
  }
}

function runHere(node: NodeSpec, results: ReadonlyMap<NodeId, NodeColumns>, soundness: Soundness): NodeColumns {
  const columnsOf = (input: NodeSpec): NodeColumns => {
    const known = results.get(input.id)
    if (known === undefined) throw new RangeError(`node ${node.id} was run before its input ${input.id}`)
    return known
  }
  return evaluateNode(node, columnsOf, soundness.optionsFor(node))
}

function tellFailure(error: Error, { onFailure }: EvaluationOptions): void {
  if (onFailure === undefined || !(error instanceof QmtlError)) throw error
  onFailure(error)
}

/** Which nodes have all their inputs. */
interface Readiness {
  takePortable(): NodeSpec | undefined
  takeForeign(): NodeSpec | undefined
  finished(node: NodeSpec): void
}

function createReadiness(nodes: readonly NodeSpec[]): Readiness {
  const open = new Set(nodes.map(({ id }) => id))
  const missing = new Map<NodeId, number>()
  const users = new Map<NodeId, NodeSpec[]>()
  const portable: NodeSpec[] = []
  const foreign: NodeSpec[] = []
  const enter = (node: NodeSpec): void => void (isPortable(node) ? portable : foreign).push(node)
  for (const node of nodes) {
    const inputs = new Set(
      Object.values(node.inputs)
        .map((input) => input.node.id)
        .filter((id) => open.has(id)),
    )
    for (const id of inputs) users.set(id, [...(users.get(id) ?? []), node])
    missing.set(node.id, inputs.size)
    if (inputs.size === 0) enter(node)
  }
  return {
    takePortable: () => portable.shift(),
    takeForeign: () => foreign.shift(),
    finished({ id }) {
      for (const user of users.get(id) ?? []) {
        const left = (missing.get(user.id) ?? 0) - 1
        missing.set(user.id, left)
        if (left === 0) enter(user)
      }
    },
  }
}
