import { documentHash, type JsonObject, type NodeId } from '@qmtl/contracts'
import { collectGraph } from './collect-graph.ts'
import { dependencyIds, schemaHash } from './make-node.ts'
import { nodeLabel, type NodeKind, type NodeSpec } from './node-spec.ts'

/** A node on the wire. `interval` is in seconds. */
export interface GraphNodeDocument {
  readonly node_id: NodeId
  readonly node_type: string
  readonly kind: NodeKind
  readonly name: string
  readonly interval: number
  readonly period: number
  readonly params: JsonObject
  readonly dependencies: readonly NodeId[]
  readonly schema_compat_id: string
  readonly schema_hash: string
  readonly config_hash: string
  readonly code_hash: string
  readonly tags: readonly string[]
}

/** A strategy's graph on the wire, inputs before their users. */
export interface GraphDocument {
  readonly schema_version: 'v1'
  readonly name: string
  readonly version: string
  readonly params: JsonObject
  readonly nodes: readonly GraphNodeDocument[]
}

export interface GraphHead {
  readonly name: string
  readonly version: string
  /** The strategy's own parameters, for the reader; the nodes' ids cover what follows from them. */
  readonly params?: JsonObject
}

/** The wire document of everything the outputs need. Equal graphs give equal bytes. */
export function serializeGraph(outputs: readonly NodeSpec[], { name, version, params = {} }: GraphHead): GraphDocument {
  return { schema_version: 'v1', name, version, params, nodes: collectGraph(outputs).map(nodeDocument) }
}

function nodeDocument(node: NodeSpec): GraphNodeDocument {
  return {
    node_id: node.id,
    node_type: node.nodeType,
    kind: node.kind,
    name: nodeLabel(node),
    interval: node.intervalMs / 1000,
    period: node.period,
    params: node.params,
    dependencies: dependencyIds(node.inputs),
    schema_compat_id: node.schemaCompatId,
    schema_hash: schemaHash(node),
    config_hash: documentHash(node.params),
    code_hash: node.codeHash,
    tags: node.tags,
  }
}
