import { b3 } from '../hash/hash.ts'
import { computeContextOf, type ContextRequest, type ExecutionDomain } from './compute-context.ts'
import type { ComputeKey, NodeId } from './node-fields.ts'

const unitSeparator = '\u001f'

/**
 * Key of a node's running instance: every cache, queue binding and dedupe table is keyed by it, never by the node alone.
 * The context passes the safe-mode rule first; the data fingerprint is not part of it (data is bound by `as_of`).
 */
export function computeKeyOf(nodeId: NodeId | string, request: ContextRequest): ComputeKey {
  return computeKeysIn(request)(nodeId)
}

/** `computeKeyOf` for the many nodes of one context, which is checked once, here. */
export function computeKeysIn(request: ContextRequest): (nodeId: NodeId | string) => ComputeKey {
  const { world_id, execution_domain, as_of, partition } = computeContextOf(request)
  const place = [world_id ?? '', execution_domain, as_of ?? '', partition ?? ''].join(unitSeparator)
  return (nodeId) => b3(`${nodeId}${unitSeparator}${place}`) as ComputeKey
}

export interface EvalKeyParts {
  readonly world_id: string
  readonly execution_domain: ExecutionDomain
  readonly contract_id: string
  readonly dataset_fingerprint: string
  readonly code_version: string
  readonly resource_policy: string
}

/** Key of a validation result; a change of any part is a miss. */
export function evalKeyOf(nodeId: NodeId, parts: EvalKeyParts): string {
  const { world_id, execution_domain, contract_id, dataset_fingerprint, code_version, resource_policy } = parts
  const all = [nodeId, world_id, execution_domain, contract_id, dataset_fingerprint, code_version, resource_policy]
  return b3(all.join(unitSeparator))
}
