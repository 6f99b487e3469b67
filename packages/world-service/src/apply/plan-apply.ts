import {
  compareCodePoints,
  contentHash,
  parseInstant,
  QmtlError,
  type ApplyRequest,
  type Side,
  type World,
} from '@qmtl/contracts'
import type { EvidenceRecord } from '../evaluation/candidate.ts'
import type { ApplyRun } from './apply-state.ts'

/** Equal for the same request, whatever the order of its members. */
export function requestHashOf(request: ApplyRequest): string {
  return contentHash(request)
}

/** Refuses what a world does not allow: live without its permission and the caller's word, a snapshot before its history. */
export function checkApply(request: ApplyRequest, world: World, confirmedLive: boolean): void {
  if (request.domain === 'live' && !world.allow_live) {
    const hint = 'an owner allows live trading with allow_live: true'
    throw new QmtlError('E_PERMISSION_DENIED', `world '${world.world_id}' does not allow live trading`, { hint })
  }
  if (request.domain === 'live' && !confirmedLive) {
    const hint = 'repeat the apply with the header x-allow-live: true'
    throw new QmtlError('E_PERMISSION_DENIED', 'live trading is not confirmed', { hint })
  }
  const { history_start } = world.data
  if (request.as_of !== undefined && parseInstant(request.as_of) <= parseInstant(history_start)) {
    throw new QmtlError('E_INVALID_PARAMETER', `as_of ${request.as_of} is not after history_start ${history_start}`)
  }
}

/** Strategies that a plan by hand makes active, sorted. */
export function plannedTarget(plan: NonNullable<ApplyRequest['plan']>, previous: readonly string[]): readonly string[] {
  const { activate = [], deactivate = [] } = plan
  const kept = previous.filter((strategyId) => !deactivate.includes(strategyId))
  return [...new Set([...kept, ...activate])].toSorted(compareCodePoints)
}

export interface RunDraft {
  readonly world: World
  readonly request: ApplyRequest
  readonly target: readonly string[]
  readonly previous: readonly string[]
  /** Latest evidence by strategy. */
  readonly evidence: ReadonlyMap<string, EvidenceRecord>
  readonly ts: string
}

/** The run as it is journalled before anything changes. */
export function applyRunOf({ world, request, target, previous, evidence, ts }: RunDraft): ApplyRun {
  return {
    world_id: world.world_id,
    run_id: request.run_id,
    request_hash: requestHashOf(request),
    domain: request.domain ?? 'dryrun',
    ...(request.as_of === undefined ? {} : { as_of: request.as_of }),
    target: target.map((strategy_id) => ({ strategy_id, sides: tradedSides(evidence.get(strategy_id)) })),
    previous,
    stages: [{ stage: 'requested', ts }],
  }
}

/** Long, and short where the evidence that was judged went short: what is promoted may trade as it was judged. */
function tradedSides(evidence: EvidenceRecord | undefined): readonly Side[] {
  const wentShort = evidence?.kind === 'series' && evidence.series.trades.some(({ side }) => side === 'short')
  return wentShort ? ['long', 'short'] : ['long']
}
