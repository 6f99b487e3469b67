import { QmtlError, type ComputeContext, type NodeDecision } from '@qmtl/contracts'
import type { SubmittedNode } from './diff-request.ts'
import type { GraphDraft } from './graph-draft.ts'
import type { KnownBinding } from './records.ts'

export type NodeVerdict =
  | { readonly outcome: 'decided'; readonly decision: NodeDecision; readonly binding?: KnownBinding }
  | { readonly outcome: 'refused'; readonly error: QmtlError }

/**
 * What becomes of one node: `create` where it is unknown, `new_binding` where it is known but its compute key is not bound,
 * else `reuse`, or `reuse_buffer` where its schema moved. A binding belongs to one compute key, so a node without any
 * binding of this key has no topic to adopt: it is bound anew. `E_CROSS_CONTEXT` when the key is bound to another context
 * or node, `E_GRAPH_CORRUPT` when the id stands for other code.
 */
export function decideNode(submitted: SubmittedNode, context: ComputeContext, draft: GraphDraft): NodeVerdict {
  const { node, computeKey } = submitted
  const known = draft.node(node.node_id)
  const binding = draft.binding(computeKey)
  if (binding && (binding.node_id !== node.node_id || !isSameContext(binding, context))) {
    return refused(crossContext(node.node_id, binding, context))
  }
  if (!known) {
    return binding
      ? refused(corrupt(node.node_id, 'is bound but not known'))
      : { outcome: 'decided', decision: 'create' }
  }
  if (known.code_hash !== node.code_hash) {
    return refused(
      corrupt(node.node_id, `has code ${known.code_hash} in the graph, ${node.code_hash} in the submission`),
    )
  }
  if (!binding) return { outcome: 'decided', decision: 'new_binding' }
  const decision = known.schema_hash === node.schema_hash ? 'reuse' : 'reuse_buffer'
  return { outcome: 'decided', decision, binding }
}

function isSameContext(binding: KnownBinding, context: ComputeContext): boolean {
  return (
    binding.world_id === context.world_id &&
    binding.execution_domain === context.execution_domain &&
    binding.as_of === context.as_of &&
    binding.partition === context.partition
  )
}

function crossContext(nodeId: string, binding: KnownBinding, context: ComputeContext): QmtlError {
  const { world_id, execution_domain, as_of, partition } = context
  const bound = {
    node_id: binding.node_id,
    world_id: binding.world_id,
    execution_domain: binding.execution_domain,
    as_of: binding.as_of,
    partition: binding.partition,
  }
  return new QmtlError('E_CROSS_CONTEXT', `the compute key of ${nodeId} is bound to another context`, {
    details: { node_id: nodeId, bound, requested: { node_id: nodeId, world_id, execution_domain, as_of, partition } },
  })
}

function corrupt(nodeId: string, message: string): QmtlError {
  return new QmtlError('E_GRAPH_CORRUPT', `${nodeId} ${message}`, { details: { node_id: nodeId } })
}

function refused(error: QmtlError): NodeVerdict {
  return { outcome: 'refused', error }
}
