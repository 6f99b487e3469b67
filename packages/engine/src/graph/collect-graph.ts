import type { NodeId } from '@qmtl/contracts'
import type { NodeSpec, SeriesRef } from './node-spec.ts'

/**
 * All nodes that the outputs need, each id once, inputs before their users. The order follows the outputs and the roles
 * alone, so equal graphs have equal order. Graphs of several strategies merge by passing all their outputs.
 */
export function collectGraph(outputs: readonly NodeSpec[]): readonly NodeSpec[] {
  const found = new Map<NodeId, NodeSpec>()
  // A stack of our own: a chain of thousands of nodes would exhaust the call stack.
  const stack = outputs.toReversed()
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const missing = found.has(node.id) ? [] : Object.values(node.inputs).filter((input) => !found.has(input.node.id))
    if (missing.length > 0) {
      stack.push(...missing.map((input) => input.node).reverse())
      continue
    }
    stack.pop()
    if (!found.has(node.id)) found.set(node.id, node)
  }
  return [...found.values()]
}

/**
 * The inputs that give a node its rows: it has a row wherever one of them has one, and one that gathers
 * where one of them closes with a longer bar. Aligned inputs are only read there, unless there are no others.
 */
export function rowInputs(node: NodeSpec): readonly SeriesRef[] {
  const inputs = Object.values(node.inputs)
  return node.stepwise ? inputs : inputs.filter((input) => !input.node.stepwise)
}

/** The sources that the outputs read, each once. */
export function sourcesOf(outputs: readonly NodeSpec[]): readonly NodeSpec[] {
  return collectGraph(outputs).filter(({ kind }) => kind === 'source')
}

/**
 * Bars of the node's interval before its first value, when no bar is missing: 19 for a mean of 20, more where its inputs
 * warm up themselves. For an intent it counts the bars before the first signal.
 */
export function warmupOf(node: NodeSpec): number {
  const warmups = new Map<NodeId, number>()
  for (const each of collectGraph([node])) warmups.set(each.id, warmupAfter(each, warmups))
  return warmups.get(node.id) ?? 0
}

function warmupAfter(node: NodeSpec, warmups: ReadonlyMap<NodeId, number>): number {
  const inputs = Object.values(node.inputs).map((input) => {
    const warmup = warmups.get(input.node.id) ?? 0
    // A longer bar needs all of its shorter ones.
    if (node.gathers) return Math.ceil((warmup * input.node.intervalMs) / node.intervalMs)
    // The input's first value closes with its bar `warmup`; the first of our bars that closes no earlier is the one.
    return Math.ceil(((warmup + 1) * input.node.intervalMs) / node.intervalMs) - 1
  })
  return Math.max(0, ...inputs) + Math.max(0, node.period - 1)
}
