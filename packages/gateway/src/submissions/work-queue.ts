import { strategyStates, type Plan } from '@qmtl/contracts'
import { claimRows, type Database } from '@qmtl/service-kit'
import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { GatewayTables, StrategyTable } from '../database/tables.ts'
import { groupRows } from '../database/group-rows.ts'
import { planText } from './stored-plan.ts'
import { historyLines } from './submission-history.ts'
import {
  createSubmissionStatements,
  type EndedWork,
  type SubmissionStatements,
  type SubmittedWork,
} from './submission-statements.ts'
import { eventsOfEnd, eventsOfTakeUp } from './submission-state.ts'
import type { WorkError } from './work-failure.ts'

/** A submission taken up by a worker. */
export interface ClaimedWork extends SubmittedWork {
  /** Times taken up, this one included. */
  readonly attempts: number
  /** Tries that failed before. */
  readonly failures: number
  /** The worlds it is to be bound to, in the order named. */
  readonly worldIds: readonly string[]
}

export interface ClaimRequest {
  readonly nowMs: number
  /** How long no other worker takes the work up. */
  readonly leaseMs: number
  readonly limit: number
}

export interface PlannedWork {
  readonly work: ClaimedWork
  readonly plan: Plan
  /** Worlds that do not take the strategy, and why: it is meant for them no longer. */
  readonly refused: ReadonlyMap<string, WorkError>
}

export interface FailedWork {
  readonly work: ClaimedWork
  readonly error: WorkError
  /** When it is tried again; nothing for never. */
  readonly retryAtMs: number | undefined
}

/** The submission log as the worker sees it. Every change of state comes with its events in the same row. */
export interface WorkQueue {
  /** Takes up what is due, oldest first. A claim that runs out may be taken up by another worker; the late one is fenced. */
  claim(request: ClaimRequest): Promise<readonly ClaimedWork[]>
  /** The submitted DAGs, as JSON, by strategy. */
  dagsOf(strategyIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /**
   * Stores the plans as those of the first world and ends the work, whose bindings are made. What another worker has taken up
   * since stays as it is.
   */
  complete(done: readonly PlannedWork[], nowMs: number): Promise<void>
  fail(failed: readonly FailedWork[], nowMs: number): Promise<void>
  /** Makes work due at once that a worker which is gone had taken up. Only when no other worker can be running. */
  release(nowMs: number): Promise<void>
  /** When the next work falls due, in epoch milliseconds; nothing when there is none. */
  nextDueMs(): Promise<number | undefined>
}

export function createWorkQueue(database: Database<GatewayTables>): WorkQueue {
  const statements = createSubmissionStatements()
  return {
    claim: (request) => database.transaction((trx) => claim(trx, statements, request)),
    dagsOf: (strategyIds) => dagsOf(database, strategyIds),
    complete: (done, nowMs) => database.transaction((trx) => complete(trx, statements, done, nowMs)),
    async fail(failed, nowMs) {
      await database.transaction((trx) =>
        statements.endWork.run(
          trx,
          failed.map((each) => failedWork(each, nowMs)),
        ),
      )
    },
    async release(nowMs) {
      await database.kysely
        .updateTable('strategy')
        .set({ due_at_ms: nowMs })
        .where('status', '=', 'processing')
        .execute()
    },
    async nextDueMs() {
      const row = await database.kysely
        .selectFrom('strategy')
        .select('due_at_ms')
        .where('due_at_ms', 'is not', null)
        .orderBy('due_at_ms')
        .limit(1)
        .executeTakeFirst()
      return row?.due_at_ms ?? undefined
    },
  }
}

type Trx = Transaction<GatewayTables>

async function claim(
  trx: Trx,
  statements: SubmissionStatements,
  { nowMs, leaseMs, limit }: ClaimRequest,
): Promise<readonly ClaimedWork[]> {
  const rows = await claimRows<StrategyTable>(trx, {
    table: 'strategy',
    key: 'position',
    where: sql`due_at_ms <= ${nowMs}`,
    orderBy: sql`position`,
    limit,
    set: sql`attempts = attempts + 1, due_at_ms = ${nowMs + leaseMs}, status = 'processing',
      history = history || ${linesOfTakeUp(nowMs)}`,
  })
  const sorted = rows.toSorted((a, b) => a.position - b.position)
  const positions = sorted.map((row) => row.position)
  const submitted = await statements.submissionsAt.run(trx, positions)
  const byPosition = new Map(submitted.map((row) => [row.position, row]))
  const worlds = groupRows(await statements.worldsAt.run(trx, positions), (row) => row.position)
  return sorted.flatMap(({ position, attempts, failures }) => {
    const submission = byPosition.get(position)
    const worldIds = (worlds.get(position) ?? []).map((row) => row.world_id)
    return submission === undefined ? [] : [{ ...submission, attempts, failures, worldIds }]
  })
}

/** What taking up adds to the history of a row, by the state it is in. */
function linesOfTakeUp(nowMs: number): RawBuilder<string> {
  const cases = strategyStates.map(
    (state) => sql`when failures = 0 and status = ${state} then ${historyLines(eventsOfTakeUp(state, 0), nowMs)}`,
  )
  return sql`case ${sql.join(cases, sql` `)} else ${historyLines(eventsOfTakeUp('failed', 1), nowMs)} end`
}

async function dagsOf(database: Database<GatewayTables>, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await database.kysely
    .selectFrom('submission')
    .select(['strategy_id', 'dag'])
    .where('strategy_id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.strategy_id, row.dag]))
}

async function complete(
  trx: Trx,
  statements: SubmissionStatements,
  done: readonly PlannedWork[],
  nowMs: number,
): Promise<void> {
  const ended = await statements.endWork.run(
    trx,
    done.map(({ work: { position, attempts, failures } }) => {
      const lines = historyLines(eventsOfEnd('completed', failures), nowMs)
      return { position, attempts, failures, status: 'completed', dueAtMs: null, error: null, lines }
    }),
  )
  const held = new Set(ended.map((row) => row.position))
  const current = done.filter(({ work }) => held.has(work.position))
  await statements.putPlans.run(
    trx,
    current.map(({ work: { position, worldIds, context }, plan }) => {
      return { position, world_id: worldIds[0] ?? '', context, plan: planText(plan) }
    }),
  )
  for (const { work, refused } of current) {
    for (const [worldId, error] of refused) await drop(trx, { position: work.position, worldId, error, nowMs })
  }
}

/** The strategy is not for this world any more, unless it has been submitted to it again. */
async function drop(
  trx: Trx,
  world: { readonly position: number; readonly worldId: string; readonly error: WorkError; readonly nowMs: number },
): Promise<void> {
  await trx
    .updateTable('strategy_world')
    .set({ dropped_at_ms: world.nowMs, due_at_ms: null, failures: 1, error: JSON.stringify(world.error) })
    .where('position', '=', world.position)
    .where('world_id', '=', world.worldId)
    .execute()
}

function failedWork({ work, error, retryAtMs }: FailedWork, nowMs: number): EndedWork {
  const { position, attempts, failures } = work
  const lines = historyLines(eventsOfEnd(retryAtMs === undefined ? 'failed' : 'retried', failures), nowMs)
  const ended = { position, attempts, failures: failures + 1, status: 'failed', dueAtMs: retryAtMs ?? null } as const
  return { ...ended, error: JSON.stringify(error), lines }
}
