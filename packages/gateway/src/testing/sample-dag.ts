import { nodeIdOf, type Dag, type DagNode } from '@qmtl/contracts'

/** A valid chain of `nodes` nodes; another `seed` gives other ids from node `from` on, so that the ones before are shared. */
export function sampleDag(seed: number, options: { readonly nodes?: number; readonly from?: number } = {}): Dag {
  const { nodes = 3, from = 0 } = options
  const list: DagNode[] = []
  for (let index = 0; index < nodes; index++) {
    const before = list.at(-1)
    const node = {
      node_type: before === undefined ? 'bars' : 'sma',
      kind: kindOf(index, nodes),
      name: `node-${index}`,
      interval: 3_600,
      period: index + 1,
      params: { window: index + 1, ...(index >= from ? { variant: seed } : {}) },
      dependencies: before === undefined ? [] : [before.node_id],
      tags: ['sample'],
      schema_compat_id: 'series-v1',
      schema_hash: 'a'.repeat(64),
      config_hash: 'b'.repeat(64),
      code_hash: 'c'.repeat(64),
    }
    list.push({ ...node, node_id: nodeIdOf(node) })
  }
  return { schema_version: 'v1', name: `sample-${seed}`, version: 'v1', nodes: list }
}

function kindOf(index: number, nodes: number): 'source' | 'operator' | 'intent' {
  if (index === 0) return 'source'
  return index === nodes - 1 ? 'intent' : 'operator'
}
