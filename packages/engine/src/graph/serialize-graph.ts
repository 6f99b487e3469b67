import { documentHash, type Dag, type DagNode, type JsonObject } from '@qmtl/contracts'
import { collectGraph } from './collect-graph.ts'
import { dependencyIds, schemaHash } from './make-node.ts'
import { nodeLabel, type NodeSpec } from './node-spec.ts'

export interface GraphHead {
  readonly name: string
  readonly version: string
  /** The strategy's own parameters, carried in `meta` for the reader: the nodes' ids cover what follows from them. */
  readonly params?: JsonObject
}

/** The DAG to submit: everything the outputs need, inputs before their users. Equal graphs give equal bytes. */
export function serializeGraph(outputs: readonly NodeSpec[], { name, version, params = {} }: GraphHead): Dag {
  return { schema_version: 'v1', name, version, nodes: collectGraph(outputs).map(nodeDocument), meta: { params } }
}

function nodeDocument(node: NodeSpec): DagNode {
  return {
    node_id: node.id,
    node_type: node.nodeType,
    kind: node.kind,
    name: nodeLabel(node),
    interval: node.intervalMs / 1000,
    period: node.period,
    params: node.params,
    dependencies: [...dependencyIds(node.inputs)],
    schema_compat_id: node.schemaCompatId,
    schema_hash: schemaHash(node),
    config_hash: documentHash(node.params),
    code_hash: node.codeHash,
    tags: [...node.tags],
    ...(node.delayed ? { delayed: true } : {}),
  }
}
