import type { NodeKind } from '@qmtl/contracts'
import type { NodeChoice } from './choose-nodes.ts'
import type { DiffRequest, SubmittedNode } from './diff-request.ts'
import type { GraphDraft, NewNode, NewQueue } from './graph-draft.ts'
import type { NodeContent, QueueSettings } from './records.ts'
import { retentionMs, topicTypeOf } from './topic-name.ts'

/** Puts what was chosen into the draft: new nodes and queues, the buffering of known nodes and the tags of known queues. Returns the queues' positions. */
export function applyChoices(
  request: DiffRequest,
  choices: readonly NodeChoice[],
  draft: GraphDraft,
  nowMs: number,
): readonly number[] {
  const { context, queueContext } = request
  return choices.map((choice) => {
    const { submitted, binding, tags, claim } = choice
    const scope = { interval: submitted.interval, context, queueContext }
    const position = placeNode(choice, draft, nowMs)
    if (binding === undefined) return draft.addQueue(newQueueOf(choice, position, request, nowMs), scope, claim)
    if (tags !== binding.tags) draft.retagQueue(binding, scope, tags)
    return binding.position
  })
}

/** Adds a node, or starts the buffering of a known one; returns its position. */
function placeNode({ submitted, decision }: NodeChoice, draft: GraphDraft, nowMs: number): number {
  const known = draft.node(submitted.node.node_id)
  if (!known) return draft.addNode(newNodeOf(submitted, nowMs))
  if (decision === 'reuse_buffer' && known.buffering_since_ms === null) {
    draft.changeNode({ ...known, buffering_since_ms: nowMs })
  }
  return known.position
}

function newNodeOf({ node, kind, interval, period }: SubmittedNode, nowMs: number): NewNode {
  const content: NodeContent = {
    kind,
    params: node.params ?? null,
    dependencies: node.dependencies ?? [],
    schema_compat_id: node.schema_compat_id ?? node.schema_id ?? '',
    config_hash: node.config_hash,
  }
  return {
    node_id: node.node_id,
    node_type: node.node_type,
    interval,
    period,
    schema_hash: node.schema_hash,
    code_hash: node.code_hash,
    content: JSON.stringify(content),
    created_at_ms: nowMs,
    buffering_since_ms: null,
  }
}

function newQueueOf(choice: NodeChoice, nodePosition: number, request: DiffRequest, nowMs: number): NewQueue {
  const { submitted, topic, tags } = choice
  return {
    node_position: nodePosition,
    compute_key: submitted.computeKey,
    topic,
    context: request.queueContext,
    settings: topic === null ? null : settingsOf(submitted.kind, request.version),
    tags,
    created_at_ms: nowMs,
  }
}

function settingsOf(kind: NodeKind, version: string): string {
  const type = topicTypeOf(kind)
  const settings: QueueSettings = { topic_type: type, retention_ms: retentionMs[type], version }
  return JSON.stringify(settings)
}
