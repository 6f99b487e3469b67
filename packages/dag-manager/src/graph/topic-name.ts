import type { ComputeContext, DagNode, NodeKind } from '@qmtl/contracts'
import type { TopicType } from './records.ts'

/** A topic's name before it is known to be free: the candidates differ in their hash. */
export interface TopicName {
  readonly head: string
  /** The first 8 hex digits of the node's id. */
  readonly nodeHash: string
  /** All hex digits of the compute key. */
  readonly keyDigest: string
  readonly tail: string
}

/** What a name takes from its node. */
export interface NamedNode {
  readonly node: DagNode
  readonly computeKey: string
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

/**
 * `{world}.{domain}.{asset}_{node_type}_{hash}_{version}`; the asset is the first tag, and a topic of simulated execution
 * ends in `_sim`. World and domain are those of the compute context, never of the client; without a world the name has no
 * namespace. The node type keeps its case, so uniqueness is tested in lower case.
 */
export function topicNameOf(
  { node, computeKey, kind }: NamedNode,
  { namespace, version, context }: NamingScope,
): TopicName {
  const asset = plainPart((node.tags?.[0] ?? '').toLowerCase(), 'asset')
  const simulated = kind === 'intent' && context.execution_domain === 'dryrun'
  return {
    head: `${namespace}${asset}_${plainPart(node.node_type, 'node')}_`,
    nodeHash: digestOf(node.node_id).slice(0, shortestHash),
    keyDigest: digestOf(computeKey),
    tail: `_${version}${simulated ? '_sim' : ''}`,
  }
}

/** The prefix that keeps worlds and domains apart: no two worlds share one. Empty without a world. */
export function namespaceOf({ world_id, execution_domain }: ComputeContext): string {
  return world_id === null ? '' : `${worldPart(world_id)}.${execution_domain}.`
}

/**
 * The names to try, in order: with the node's hash alone, then with the first 8, 10, 12, … up to all digits of the compute
 * key behind it. So the contexts of a node do not queue up for its names, however many there are. Undefined beyond the last.
 */
export function topicCandidate({ head, nodeHash, keyDigest, tail }: TopicName, index: number): string | undefined {
  if (index === 0) return `${head}${nodeHash}${tail}`
  const digits = shortestHash + lengthening * (index - 1)
  return digits <= keyDigest.length ? `${head}${nodeHash}-${keyDigest.slice(0, digits)}${tail}` : undefined
}

/** True for nodes whose topics may come to the same name: their ids begin alike. */
export function sharesShortestHash(nodeId: string, { nodeHash }: TopicName): boolean {
  return digestOf(nodeId).startsWith(nodeHash)
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

/**
 * The id itself where it is of lower-case letters, digits, `_` and `-` and does not begin with `-`; any other one behind a
 * `-`, with what is neither a lower-case letter, a digit nor `_` as `-{code point in hex}-`.
 */
function worldPart(worldId: string): string {
  if (/^[a-z0-9_][a-z0-9_-]*$/.test(worldId)) return worldId
  return `-${worldId.replaceAll(/[^a-z0-9_]/gu, (character) => `-${character.codePointAt(0)?.toString(16)}-`)}`
}
