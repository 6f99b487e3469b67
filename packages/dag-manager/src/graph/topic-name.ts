import type { ComputeContext, DagNode, NodeKind } from '@qmtl/contracts'
import type { TopicType } from './records.ts'

/** A topic's name before its hash is cut: candidates lengthen the hash until a name is free. */
export interface TopicName {
  readonly head: string
  /** Hex digits of the node's id. */
  readonly digest: string
  readonly tail: string
}

/** What a name takes from its node. */
export interface NamedNode {
  readonly node: DagNode
  readonly kind: NodeKind
}

/** What the topics of one submission have in common. */
export interface NamingScope {
  readonly namespace: string
  readonly version: string
  readonly context: ComputeContext
}

const shortestHash = 8
const lengthening = 2
const longestSuffix = 10_000

/**
 * `{world}.{domain}.{asset}_{node_type}_{hash}_{version}`; the asset is the first tag, and a topic of simulated execution
 * ends in `_sim`. World and domain are those of the compute context, never of the client; without a world the name has no
 * namespace. The node type keeps its case, so uniqueness is tested in lower case.
 */
export function topicNameOf({ node, kind }: NamedNode, { namespace, version, context }: NamingScope): TopicName {
  const asset = plainPart((node.tags?.[0] ?? '').toLowerCase(), 'asset')
  const simulated = kind === 'intent' && context.execution_domain === 'dryrun'
  return {
    head: `${namespace}${asset}_${plainPart(node.node_type, 'node')}_`,
    digest: digestOf(node.node_id),
    tail: `_${version}${simulated ? '_sim' : ''}`,
  }
}

/** The prefix that keeps worlds and domains apart; empty without a world. */
export function namespaceOf({ world_id, execution_domain }: ComputeContext): string {
  return world_id === null ? '' : `${namespacePart(world_id)}.${namespacePart(execution_domain)}.`
}

/**
 * The names to try, in order: the first 8 digits of the hash, then 10, 12, … up to all of them, then the whole hash with
 * `-1`, `-2`, … up to `-10000`. Undefined beyond the last.
 */
export function topicCandidate({ head, digest, tail }: TopicName, index: number): string | undefined {
  const digits = shortestHash + lengthening * index
  if (digits <= digest.length) return `${head}${digest.slice(0, digits)}${tail}`
  const suffix = index - Math.floor((digest.length - shortestHash) / lengthening)
  return suffix <= longestSuffix ? `${head}${digest}-${suffix}${tail}` : undefined
}

/** True for nodes whose topics may come to the same name: their ids begin alike. */
export function sharesShortestHash(nodeId: string, { digest }: TopicName): boolean {
  return digestOf(nodeId).startsWith(digest.slice(0, shortestHash))
}

/** What a topic carries follows from the kind of its node, not from a part of its name. */
export function topicTypeOf(kind: NodeKind): TopicType {
  return topicTypes[kind]
}

const topicTypes = { source: 'raw', operator: 'indicator', intent: 'intent' } as const satisfies Record<
  NodeKind,
  TopicType
>

const dayMs = 86_400_000

/** How long a topic keeps its messages, in milliseconds. */
export const retentionMs = {
  raw: 7 * dayMs,
  indicator: 30 * dayMs,
  intent: 90 * dayMs,
} as const satisfies Record<TopicType, number>

function digestOf(nodeId: string): string {
  return nodeId.slice(nodeId.indexOf(':') + 1)
}

function plainPart(text: string, fallback: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]/g, '') || fallback
}

function namespacePart(text: string): string {
  const plain = text.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '-')
  return plain.replaceAll(/^[-_]+|[-_]+$/g, '') || 'world'
}
