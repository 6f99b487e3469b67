import {
  computeContextOf,
  domainOfMode,
  downgradeContext,
  type ComputeContext,
  type ContextRequest,
  type DecisionEnvelope,
} from '@qmtl/contracts'
import type { Reading } from '../worlds/reading-cache.ts'
import type { ContextHints } from '../normalise/normalise-submission.ts'

/**
 * The compute context of a submission, default-safe: only a fresh decision grants a domain that trades; anything less is
 * marked as downgraded. A client's hint fills what the decision leaves open and never raises it.
 */
export function deriveContext(
  worldId: string,
  decision: Reading<DecisionEnvelope>,
  hints: ContextHints,
): ComputeContext {
  const asked: ContextRequest = {
    world_id: worldId,
    as_of: hints.asOf ?? null,
    partition: hints.partition ?? null,
    dataset_fingerprint: hints.datasetFingerprint ?? null,
  }
  if (decision.kind === 'stale') return downgradeContext(computeContextOf(asked), 'stale_decision')
  if (decision.kind === 'unavailable') return withoutDecision(asked, hints)
  const { effective_mode: mode, as_of: asOf, dataset_fingerprint: fingerprint } = decision.value
  return computeContextOf({
    ...asked,
    execution_domain: domainOfMode(mode),
    as_of: asOf,
    dataset_fingerprint: fingerprint ?? asked.dataset_fingerprint ?? null,
  })
}

/** A simulated domain that the client asks for trades nothing, so it may stay; it is still marked. */
function withoutDecision(asked: ContextRequest, { executionDomain: domain }: ContextHints): ComputeContext {
  if (domain !== 'dryrun' && domain !== 'shadow')
    return downgradeContext(computeContextOf(asked), 'decision_unavailable')
  const kept = computeContextOf({ ...asked, execution_domain: domain })
  return { ...kept, downgraded: true, downgrade_reason: 'decision_unavailable', safe_mode: true }
}
