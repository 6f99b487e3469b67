import type { Brand, JsonValue } from '../types.ts'

/** Content id of a node: `blake3:` and 64 hex digits. */
export type NodeId = Brand<string, 'NodeId'>
/** Key of a node's running instance in one compute context. */
export type ComputeKey = Brand<string, 'ComputeKey'>

/** The fields of a submitted node that its id covers, as a client sends them. */
export interface NodeIdentityFields {
  readonly node_type: string
  /** Bar interval in seconds. */
  readonly interval?: number | null
  /** Bars of each input that the node needs. */
  readonly period?: number | null
  /** JSON of any shape; what has no canonical form has no id. */
  readonly params?: JsonValue | Readonly<Record<string, unknown>>
  readonly config?: JsonValue
  readonly inputs?: readonly (string | null)[]
  readonly dependencies?: readonly (string | null)[]
  readonly schema_compat_id?: string | null
  readonly schema_id?: string | null
  readonly code_hash: string
  readonly tags?: readonly string[] | string
  readonly match_mode?: string
}

/** Names that canonicalisation removes from parameters at every depth, compared in lower case; so is each `env_…`. */
export const excludedParameterNames: ReadonlySet<string> = new Set([
  'world',
  'world_id',
  'world_ids',
  'execution_world',
  'execution_domain',
  'domain',
  'domains',
  'as_of',
  'partition',
  'dataset_fingerprint',
  'timestamp',
  'seed',
  'random_state',
  'env',
])

/** True for a parameter name that the node id would not cover. */
export function isExcludedParameter(name: string): boolean {
  const lower = name.toLowerCase()
  return excludedParameterNames.has(lower) || lower.startsWith('env_')
}
