import { contentHash, type Evaluation, type EvidenceStage, type Policy } from '@qmtl/contracts'
import { evaluatePolicy } from '../evaluation/evaluate-policy.ts'
import { compilePolicy } from '../policy/compile-policy.ts'
import type { StoredEvidence, WorldReader } from '../ports.ts'
import type { WorldState } from '../world-state.ts'

export interface EvaluationRequest {
  readonly stage: EvidenceStage
  /** Judges by this policy instead of the default version. */
  readonly policy?: Policy
  readonly metrics?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Snapshot to judge on; the world's own unless given. */
  readonly as_of?: string
}

export interface WorldEvaluation {
  readonly evaluation: Evaluation
  readonly evidence: readonly StoredEvidence[]
}

/** Judges every bound strategy of a world on the stored evidence; writes nothing. */
export async function evaluateWorld(
  reader: WorldReader,
  state: WorldState,
  request: EvaluationRequest,
  evaluatedAt: string,
): Promise<WorldEvaluation> {
  const { world_id, default_policy_version, data } = state.world
  const stored = await reader.policy(world_id, default_policy_version)
  const policy = request.policy ?? stored?.policy
  const strategyIds = await reader.bindings(world_id)
  const evidence = await reader.evidence(world_id, request.stage)
  const records = new Map(evidence.map(({ strategy_id, record }) => [strategy_id, record]))
  const candidates = strategyIds.map((strategy_id) => {
    const record = records.get(strategy_id)
    const supplied = request.metrics?.[strategy_id]
    return {
      strategy_id,
      ...(record === undefined ? {} : { evidence: record }),
      ...(supplied === undefined ? {} : { supplied }),
    }
  })
  const outcome = evaluatePolicy({
    policy: policy === undefined ? undefined : compilePolicy(policy),
    candidates,
    previous: state.decisions,
    as_of: request.as_of ?? data.as_of,
  })
  const content = {
    world_id,
    policy_version: request.policy === undefined ? default_policy_version : 0,
    stage: request.stage,
    active: [...outcome.active],
    promote: [...outcome.promote],
    demote: [...outcome.demote],
    verdicts: [...outcome.verdicts],
  }
  const evaluation_run_id = `eval-${contentHash(content).slice('blake3:'.length, 'blake3:'.length + 24)}`
  return { evaluation: { ...content, evaluation_run_id, evaluated_at: evaluatedAt }, evidence }
}
