import type { NodeChoice } from './choose-nodes.ts'
import type { DiffRequest, SubmittedNode } from './diff-request.ts'
import type { GraphDraft, NewNode } from './graph-draft.ts'
import type { KnownBinding, KnownNode, QueueRow } from './records.ts'
import { uniteTags } from './tag-text.ts'
import { retentionMs, topicTypeOf } from './topic-name.ts'

/** Puts what was chosen into the draft: new nodes and queues, and the tags and buffering of known ones. */
export function applyChoices(
  request: DiffRequest,
  choices: readonly NodeChoice[],
  draft: GraphDraft,
  nowMs: number,
): void {
  for (const choice of choices) {
    const position = placeNode(choice, draft, nowMs)
    if (choice.binding === undefined) draft.addQueue(queueRowOf(choice, position, request, nowMs), choice.claim)
    else growQueue(choice.binding, choice.submitted.tags, draft)
  }
}

/** Adds a node, or lets a known one grow; returns its position. */
function placeNode({ submitted, decision }: NodeChoice, draft: GraphDraft, nowMs: number): number {
  const known = draft.node(submitted.node.node_id)
  if (!known) return draft.addNode(newNodeOf(submitted, nowMs))
  growNode(known, submitted, decision === 'reuse_buffer' ? nowMs : null, draft)
  return known.position
}

/** A node never changes but for its tags, which grow, and the start of its buffering. */
function growNode(
  known: KnownNode,
  submitted: SubmittedNode,
  bufferingSinceMs: number | null,
  draft: GraphDraft,
): void {
  const tags = uniteTags(known.tags, submitted.tags)
  const buffering = known.buffering_since_ms ?? bufferingSinceMs
  if (tags === known.tags && buffering === known.buffering_since_ms) return
  draft.changeNode({ ...known, tags, buffering_since_ms: buffering })
}

function growQueue(binding: KnownBinding, submitted: string, draft: GraphDraft): void {
  const tags = uniteTags(binding.tags, submitted)
  if (tags !== binding.tags) draft.retagQueue(binding, tags)
}

function newNodeOf({ node, kind, interval, period, tags }: SubmittedNode, nowMs: number): NewNode {
  return {
    node_id: node.node_id,
    node_type: node.node_type,
    kind,
    interval,
    period,
    params: JSON.stringify(node.params ?? null),
    dependencies: JSON.stringify(node.dependencies ?? []),
    schema_compat_id: node.schema_compat_id ?? node.schema_id ?? '',
    schema_hash: node.schema_hash,
    config_hash: node.config_hash,
    code_hash: node.code_hash,
    tags,
    created_at_ms: nowMs,
    buffering_since_ms: null,
  }
}

function queueRowOf({ submitted, topic }: NodeChoice, position: number, request: DiffRequest, nowMs: number): QueueRow {
  const type = topic === null ? null : topicTypeOf(submitted.kind)
  const { world_id, execution_domain, as_of, partition } = request.context
  return {
    node_position: position,
    compute_key: submitted.computeKey,
    topic,
    topic_type: type,
    retention_ms: type === null ? null : retentionMs[type],
    interval: submitted.interval,
    tags: submitted.tags,
    version: request.version,
    world_id,
    execution_domain,
    as_of,
    partition,
    created_at_ms: nowMs,
  }
}
