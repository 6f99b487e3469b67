import type { NodeDecision, QmtlError } from '@qmtl/contracts'
import { chooseTopic } from './choose-topic.ts'
import { decideNode } from './decide-node.ts'
import { isTagQuery, type DiffRequest, type SubmittedNode } from './diff-request.ts'
import type { GraphDraft, TopicClaim, TopicHolder } from './graph-draft.ts'
import type { KnownBinding } from './records.ts'
import { topicNameOf } from './topic-name.ts'

/** A node's decision with its topic, before anything is applied. */
export interface NodeChoice {
  readonly submitted: SubmittedNode
  readonly decision: NodeDecision
  readonly topic: string | null
  /** Of its queue, as text of a set: those it carries and those submitted. */
  readonly tags: string
  readonly binding?: KnownBinding | undefined
  readonly claim?: TopicClaim | undefined
}

export type Choices =
  | { readonly outcome: 'chosen'; readonly nodes: readonly NodeChoice[] }
  | { readonly outcome: 'refused'; readonly error: QmtlError }

/** Decides every node before anything is applied, so that a refusal leaves the draft as it was. */
export function chooseNodes(request: DiffRequest, draft: GraphDraft): Choices {
  const nodes: NodeChoice[] = []
  const ownTopics = new Map<string, TopicHolder>()
  const holderOf = (topicKey: string) => ownTopics.get(topicKey) ?? draft.topicHolder(topicKey)
  for (const submitted of request.nodes) {
    const verdict = decideNode(submitted, request.queueContext, draft)
    if (verdict.outcome === 'refused') return verdict
    const { decision, binding, tags } = verdict
    const { node } = submitted
    if (binding || isTagQuery(node)) {
      nodes.push({ submitted, decision, binding, tags, topic: binding?.topic ?? null })
      continue
    }
    const choice = chooseTopic(topicNameOf(submitted, request), node.node_id, holderOf)
    if (choice.outcome === 'refused') return choice
    ownTopics.set(choice.claim.topicKey, { topic: choice.topic, nodeId: node.node_id })
    nodes.push({ submitted, decision, tags, topic: choice.topic, claim: choice.claim })
  }
  return { outcome: 'chosen', nodes }
}
