import { QmtlError, type ComputeContext, type DagNode, type NodeDecision } from '@qmtl/contracts'
import type { SubmittedNode } from './diff-request.ts'
import type { GraphDraft } from './graph-draft.ts'
import type { KnownBinding, KnownNode } from './records.ts'

export type NodeVerdict =
  | { readonly outcome: 'decided'; readonly decision: NodeDecision; readonly binding?: KnownBinding }
  | { readonly outcome: 'refused'; readonly error: QmtlError }

/**
 * What becomes of one node: `create` where it is unknown, `new_binding` where it is known but its compute key is not bound,
 * else `reuse`, or `reuse_buffer` where its schema moved. A binding belongs to one compute key, so a node without any
 * binding of this key has no topic to adopt: it is bound anew. `E_CROSS_CONTEXT` when the key is bound to another context,
 * `E_GRAPH_CORRUPT` when the id stands for other code.
 */
export function decideNode(submitted: SubmittedNode, context: ComputeContext, draft: GraphDraft): NodeVerdict {
  const { node, computeKey } = submitted
  const known = draft.node(node.node_id)
  if (!known) return { outcome: 'decided', decision: 'create' }
  if (known.code_hash !== node.code_hash) return { outcome: 'refused', error: corrupt(known, node) }
  const binding = draft.binding(computeKey)
  if (!binding) return { outcome: 'decided', decision: 'new_binding' }
  if (!isSameContext(binding, context)) {
    return { outcome: 'refused', error: crossContext(node.node_id, binding, context) }
  }
  const decision = known.schema_hash === node.schema_hash ? 'reuse' : 'reuse_buffer'
  return { outcome: 'decided', decision, binding }
}

type ContextParts = Pick<KnownBinding, 'world_id' | 'execution_domain' | 'as_of' | 'partition'>

function isSameContext(binding: ContextParts, context: ContextParts): boolean {
  return (
    binding.world_id === context.world_id &&
    binding.execution_domain === context.execution_domain &&
    binding.as_of === context.as_of &&
    binding.partition === context.partition
  )
}

function crossContext(nodeId: string, bound: ContextParts, requested: ContextParts): QmtlError {
  return new QmtlError('E_CROSS_CONTEXT', `the compute key of ${nodeId} is bound to another context`, {
    details: { node_id: nodeId, bound: contextParts(bound), requested: contextParts(requested) },
  })
}

function contextParts({ world_id, execution_domain, as_of, partition }: ContextParts): ContextParts {
  return { world_id, execution_domain, as_of, partition }
}

function corrupt(known: KnownNode, sent: DagNode): QmtlError {
  const message = `${known.node_id} has code ${known.code_hash} in the graph, ${sent.code_hash} in the submission`
  return new QmtlError('E_GRAPH_CORRUPT', message, { details: { node_id: known.node_id } })
}
