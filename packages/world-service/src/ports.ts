import type { AuditEntry, EvidenceStage, PolicyVersion } from '@qmtl/contracts'
import type { ApplyState } from './apply/apply-state.ts'
import type { EvidenceRecord } from './evaluation/candidate.ts'
import type { WorldChange, WorldState } from './world-state.ts'

/** Who changes something, when, and under which request: every audit entry carries it. */
export interface Authorship {
  readonly actor: string
  readonly correlation_id: string
  /** RFC 3339 UTC. */
  readonly ts: string
}

export interface StoredEvidence {
  readonly strategy_id: string
  readonly stored_at: string
  readonly record: EvidenceRecord
}

export interface AuditPage {
  /** The last `seq` already seen; 0 for none. */
  readonly after: number
  readonly limit: number
  /** Only entries of this event. */
  readonly event?: string
}

/** What is committed, or, inside a transaction, what it sees. Lists are sorted by id in code point order. */
export interface WorldReader {
  state(worldId: string): Promise<WorldState | undefined>
  worldIds(): Promise<readonly string[]>
  policies(worldId: string): Promise<readonly PolicyVersion[]>
  policy(worldId: string, version: number): Promise<PolicyVersion | undefined>
  bindings(worldId: string): Promise<readonly string[]>
  hasBindings(worldId: string): Promise<boolean>
  /** Those of the ids that are not bound. */
  unbound(worldId: string, strategyIds: readonly string[]): Promise<readonly string[]>
  /** The newest evidence of each bound strategy in a stage, or of one strategy. */
  evidence(worldId: string, stage: EvidenceStage, strategyId?: string): Promise<readonly StoredEvidence[]>
  applyRun(worldId: string, runId: string): Promise<ApplyState | undefined>
  openApply(worldId: string): Promise<ApplyState | undefined>
  openApplies(): Promise<readonly ApplyState[]>
  audit(worldId: string, page: AuditPage): Promise<readonly AuditEntry[]>
}

/** One transaction: all of it is committed, or nothing. */
export interface WorldTransaction extends WorldReader {
  /** False, with nothing written, where the id is taken. */
  createWorld(state: WorldState): Promise<boolean>
  /** Writes a change with its audit entries and events. */
  commit(worldId: string, change: WorldChange, author: Authorship): Promise<void>
  savePolicy(policy: PolicyVersion): Promise<void>
  /** Answers those that were not bound before. */
  bind(worldId: string, strategyIds: readonly string[], boundAt: string): Promise<readonly string[]>
  saveEvidence(worldId: string, stage: EvidenceStage, runnerId: string, rows: readonly StoredEvidence[]): Promise<void>
  saveApply(state: ApplyState): Promise<void>
}

/** Where worlds are kept. */
export interface WorldStore extends WorldReader {
  /**
   * Runs `work` as if alone and commits it durably when it resolves. It may run again after losing to a concurrent
   * transaction, so it has no effect but on the transaction.
   */
  transaction<Result>(work: (trx: WorldTransaction) => Promise<Result>): Promise<Result>
}

/** Waits on the monotonic clock's scale; settles early, without failing, when the signal aborts. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>
