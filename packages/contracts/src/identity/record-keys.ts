import { b3, sha256hex } from '../hash/hash.ts'
import { canonicalJson } from '../json/canonical-json.ts'
import type { JsonValue } from '../types.ts'
import { compareCodePoints } from './code-point-order.ts'
import type { ComputeKey, NodeId } from './node-fields.ts'

export interface PartitionKeyParts {
  readonly node_id: string
  /** Bar interval in seconds; 0 for none. */
  readonly interval: number
  /** Open time of the bar in epoch seconds; 0 for none. */
  readonly bucket: number
  readonly compute_key?: string
}

/** Key of an execution and of a queue map entry: `{node_id}:{interval}:{bucket}`, then `#ck={compute_key}` where known. */
export function partitionKeyOf(
  nodeId: string,
  interval: number | null,
  bucket: number | null,
  computeKey?: ComputeKey | string | null,
): string {
  const plain = `${nodeId}:${interval ?? 0}:${bucket ?? 0}`
  return computeKey === undefined || computeKey === null ? plain : `${plain}#ck=${computeKey}`
}

/** Takes a partition key apart; nothing for a text that is none. Node ids hold colons, so it is cut from the right. */
export function parsePartitionKey(key: string): PartitionKeyParts | undefined {
  const [plain, suffix] = splitOnce(key, '#')
  const match = /^(.+):(\d+):(\d+)$/.exec(plain)
  if (!match || (suffix !== undefined && !suffix.startsWith('ck='))) return undefined
  const parts = { node_id: match[1] ?? '', interval: Number(match[2]), bucket: Number(match[3]) }
  return suffix === undefined ? parts : { ...parts, compute_key: suffix.slice(3) }
}

/** One upstream of an input window: id, interval in seconds, rows `[epoch seconds, payload]` oldest first. */
export type InputWindow = readonly [
  upstreamId: string,
  interval: number,
  rows: readonly (readonly [number, JsonValue])[],
]

/** Hash of the bars a result was computed from; upstreams in order of id, then interval. */
export function inputWindowHash(windows: readonly InputWindow[]): string {
  const sorted = windows.toSorted((a, b) => compareCodePoints(a[0], b[0]) || a[1] - b[1])
  return sha256hex(canonicalJson(sorted))
}

/** Message key of a node's result for one bar; results are deduplicated by it. */
export function bucketMessageKey(partitionKey: string, windowHash: string): string {
  return `${partitionKey}:${windowHash}`
}

/** Message key of an entry of the submission log. */
export function submissionMessageKey(strategyId: string): string {
  return `ingest:${strategyId}`
}

/** What a DAG hash covers: the node ids (whose content they are) and the strategy's name and version. */
export interface DagIdentity {
  readonly name: string
  readonly version: string
  readonly nodeIds: readonly (NodeId | string)[]
}

/** Identity of a submission: equal for the same nodes under the same name and version, whatever their order. */
export function dagHashOf({ name, version, nodeIds }: DagIdentity): string {
  return sha256hex(canonicalJson({ name, version, node_ids: nodeIds.toSorted(compareCodePoints) }))
}

/** `config_hash` and `schema_hash` of a node: SHA-256 of the canonical JSON, `{}` for nothing. */
export function documentHash(document: JsonValue | undefined): string {
  return sha256hex(canonicalJson(document ?? {}))
}

/** Hash of a text of code, `null` standing for a node without any. */
export function codeTextHash(source: string | null): string {
  return sha256hex(source ?? 'null')
}

/** Content hash of a policy, plan or ruleset. */
export function contentHash(document: unknown): string {
  return b3(canonicalJson(document))
}

/** CRC-32 (ISO-HDLC) of the node ids in submission order, without separator: a transport check, not an identity. */
export function nodeIdsCrc32(nodeIds: readonly string[]): number {
  let crc = 0xffffffff
  const bytes = encoder.encode(nodeIds.join(''))
  for (let index = 0; index < bytes.length; index++) {
    crc = (crc >>> 8) ^ (crcTable[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

const encoder = new TextEncoder()
const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** Share of a canary in [0, 1): stable for a world, strategy and run. */
export function canaryScore(worldId: string, strategyId: string, runId: string): number {
  return Number(BigInt(`0x${sha256hex(`${worldId}:${strategyId}:${runId}`).slice(0, 16)}`)) / 2 ** 64
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const index = text.indexOf(separator)
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}
