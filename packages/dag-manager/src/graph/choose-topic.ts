import { QmtlError } from '@qmtl/contracts'
import type { TopicClaim, TopicHolder } from './graph-draft.ts'
import { sharesShortestHash, topicCandidate, type TopicName } from './topic-name.ts'

export type TopicChoice =
  | { readonly outcome: 'chosen'; readonly topic: string; readonly claim: TopicClaim }
  | { readonly outcome: 'refused'; readonly error: QmtlError }

/**
 * The first candidate that nobody holds, compared in lower case, so two compute keys never share a topic. Where the holder
 * spells the name otherwise and its hash is not the one in the name, the topic was not named here: `E_TOPIC_COLLISION`.
 */
export function chooseTopic(
  name: TopicName,
  nodeId: string,
  holderOf: (topicKey: string) => TopicHolder | null | undefined,
): TopicChoice {
  for (let index = 0; ; index++) {
    const topic = topicCandidate(name, index)
    if (topic === undefined) return refuse(`no free topic name is left for ${nodeId}`, { node_id: nodeId })
    const topicKey = topic.toLowerCase()
    const holder = holderOf(topicKey) ?? null
    if (holder === null) return { outcome: 'chosen', topic, claim: { nodeId, topicKey } }
    if (holder.topic !== topic && !sharesShortestHash(holder.nodeId, name)) {
      return refuse(`topic ${topic} differs from ${holder.topic} in case alone`, {
        topic: holder.topic,
        expected: topic,
        node_id: nodeId,
        held_by: holder.nodeId,
      })
    }
  }
}

function refuse(message: string, details: Readonly<Record<string, unknown>>): TopicChoice {
  return { outcome: 'refused', error: new QmtlError('E_TOPIC_COLLISION', message, { details }) }
}
