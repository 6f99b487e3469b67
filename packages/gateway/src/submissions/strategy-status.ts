import { formatInstant, QmtlError, type Clock, type ComputeContext, type StrategyStatus } from '@qmtl/contracts'
import { storedJson } from '../database/stored-json.ts'
import type { ChangeBell } from './change-bell.ts'
import type { SubmissionRecord, SubmissionRepository } from './submission-repository.ts'
import type { WorkError } from './work-failure.ts'

export interface StatusReaderPorts {
  readonly submissions: SubmissionRepository
  readonly changes: ChangeBell
  readonly clock: Clock
  /** True when other processes do the work as well: their changes ring no bell here, so the row is read once a second. */
  readonly isShared: boolean
}

/** Reads where submissions stand. */
export interface StatusReader {
  /** Waits at most `waitMs` for the work to end, woken by its changes. Throws `E_UNKNOWN_STRATEGY`. */
  read(strategyId: string, options: { readonly waitMs: number; readonly signal: AbortSignal }): Promise<StrategyStatus>
}

const sharedReadMs = 1_000

export function createStatusReader({ submissions, changes, clock, isShared }: StatusReaderPorts): StatusReader {
  return {
    async read(strategyId, { waitMs, signal }) {
      const endMs = clock.monotonic() + waitMs
      const listening = changes.listen(strategyId)
      try {
        for (;;) {
          const record = await find(submissions, strategyId)
          const leftMs = endMs - clock.monotonic()
          if (hasEnded(record) || leftMs <= 0 || signal.aborted) return statusOf(record)
          await listening.next(isShared ? Math.min(leftMs, sharedReadMs) : leftMs, signal)
        }
      } finally {
        listening.stop()
      }
    },
  }
}

async function find(submissions: SubmissionRepository, strategyId: string): Promise<SubmissionRecord> {
  const record = await submissions.find(strategyId)
  if (record === undefined) throw new QmtlError('E_UNKNOWN_STRATEGY', `no strategy ${strategyId} was submitted`)
  return record
}

/** A failure that is tried again is not the end. */
function hasEnded({ status, due_at_ms: dueMs }: SubmissionRecord): boolean {
  return status === 'completed' || (status === 'failed' && dueMs === null)
}

/** A submission as the wire shows it. */
export function statusOf(record: SubmissionRecord): StrategyStatus {
  const context = storedJson<ComputeContext>(record.context)
  // While the work is being tried its row says when that ends, not when the next try is.
  const retryAtMs = record.status === 'failed' ? record.due_at_ms : null
  return {
    strategy_id: record.strategy_id,
    name: record.name,
    version: record.version,
    dag_hash: record.dag_hash,
    world_ids: [...record.world_ids],
    status: record.status,
    submitted_at: formatInstant(record.submitted_at_ms),
    downgraded: context.downgraded,
    downgrade_reason: context.downgrade_reason,
    safe_mode: context.safe_mode,
    warnings: storedJson<string[]>(record.warnings),
    plan: record.plan,
    error: record.error === null ? null : failureOf(record.error, record.failures, retryAtMs),
    world_errors: record.world_failures.map(({ world_id, error, failures, due_at_ms }) => {
      return { world_id, ...failureOf(error, failures, due_at_ms) }
    }),
  }
}

function failureOf(error: string, attempts: number, retryAtMs: number | null) {
  const { code, message } = storedJson<WorkError>(error)
  return { code, message, attempts, retry_at: retryAtMs === null ? null : formatInstant(retryAtMs) }
}
