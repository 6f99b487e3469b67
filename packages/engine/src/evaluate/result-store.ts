import type { NodeId } from '@qmtl/contracts'
import type { NodeSpec } from '../graph/node-spec.ts'
import type { NodeColumns } from './node-columns.ts'

/** Results of nodes over one set of bars. Contract: what `find` gives has the bits that a run over these bars would give. */
export interface ResultStore {
  find(node: NodeSpec): NodeColumns | undefined
  /** Takes the result of a node that is no source. It may keep it or not; the columns are not changed afterwards. */
  keep(node: NodeSpec, result: NodeColumns): void
}

interface StoredResults {
  readonly outputs: readonly NodeSpec[]
  readonly store: ResultStore
  /** Takes what the store has. */
  readonly found: Map<NodeId, NodeColumns>
}

/**
 * Of a merged graph (inputs before their users) the nodes that have to be run for its outputs, in the same order: neither
 * those that the store has, nor those that only these need.
 */
export function neededNodes(nodes: readonly NodeSpec[], { outputs, store, found }: StoredResults): readonly NodeSpec[] {
  const wanted = new Set<NodeId>(outputs.map(({ id }) => id))
  const needed: NodeSpec[] = []
  // From the outputs back: users come before what they use.
  for (const node of nodes.toReversed()) {
    if (!wanted.has(node.id)) continue
    const known = store.find(node)
    if (known === undefined) {
      needed.push(node)
      for (const input of Object.values(node.inputs)) wanted.add(input.node.id)
    } else found.set(node.id, known)
  }
  return needed.reverse()
}
