import { QmtlError, type DagNode, type NodeDecision } from '@qmtl/contracts'
import type { SubmittedNode } from './diff-request.ts'
import type { GraphDraft } from './graph-draft.ts'
import type { KnownBinding, KnownNode } from './records.ts'
import { mostTags, tagsOfText, uniteTags } from './tag-text.ts'

export type NodeVerdict = DecidedNode | { readonly outcome: 'refused'; readonly error: QmtlError }

export interface DecidedNode {
  readonly outcome: 'decided'
  readonly decision: NodeDecision
  /** Of its queue, as text of a set: those it carries and those submitted. */
  readonly tags: string
  readonly binding?: KnownBinding
}

/**
 * What becomes of one node: `create` where it is unknown, `new_binding` where it is known but its compute key is not bound,
 * else `reuse`, or `reuse_buffer` where its schema moved. A binding belongs to one compute key, so a node without any
 * binding of this key has no topic to adopt: it is bound anew. `E_CROSS_CONTEXT` when the key is bound to another context,
 * `E_GRAPH_CORRUPT` when the id stands for other code, `E_TOO_LARGE` when its queue would carry too many tags.
 */
export function decideNode(submitted: SubmittedNode, queueContext: string, draft: GraphDraft): NodeVerdict {
  const { node, computeKey, tags: submittedTags } = submitted
  const known = draft.node(node.node_id)
  if (!known) return { outcome: 'decided', decision: 'create', tags: submittedTags }
  if (known.code_hash !== node.code_hash) return { outcome: 'refused', error: corrupt(known, node) }
  const binding = draft.binding(computeKey)
  if (!binding) return { outcome: 'decided', decision: 'new_binding', tags: submittedTags }
  if (binding.context !== queueContext) {
    return { outcome: 'refused', error: crossContext(node.node_id, binding.context, queueContext) }
  }
  const tags = uniteTags(binding.tags, submittedTags)
  if (tags !== binding.tags && tagsOfText(tags).length > mostTags) {
    return { outcome: 'refused', error: tooManyTags(node.node_id, tagsOfText(tags).length) }
  }
  const decision = known.schema_hash === node.schema_hash ? 'reuse' : 'reuse_buffer'
  return { outcome: 'decided', decision, tags, binding }
}

function crossContext(nodeId: string, bound: string, requested: string): QmtlError {
  const contexts: Readonly<Record<string, unknown>> = { bound: JSON.parse(bound), requested: JSON.parse(requested) }
  return new QmtlError('E_CROSS_CONTEXT', `the compute key of ${nodeId} is bound to another context`, {
    details: { node_id: nodeId, ...contexts },
  })
}

function corrupt(known: KnownNode, sent: DagNode): QmtlError {
  const message = `${known.node_id} has code ${known.code_hash} in the graph, ${sent.code_hash} in the submission`
  return new QmtlError('E_GRAPH_CORRUPT', message, { details: { node_id: known.node_id } })
}

function tooManyTags(nodeId: string, count: number): QmtlError {
  const message = `the queue of ${nodeId} would carry ${count} tags, ${mostTags} are allowed`
  const hint = 'the node is shared, and its queue keeps the tags of everybody who submitted it: use those it carries'
  return new QmtlError('E_TOO_LARGE', message, { hint, details: { node_id: nodeId } })
}
