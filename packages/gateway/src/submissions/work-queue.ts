import { strategyStates, type Plan } from '@qmtl/contracts'
import { claimRows, type Database } from '@qmtl/service-kit'
import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { GatewayTables, StrategyTable } from '../database/tables.ts'
import { groupRows } from '../database/group-rows.ts'
import { historyLines } from './submission-history.ts'
import { createSubmissionStatements, type EndedWork, type SubmissionStatements } from './submission-statements.ts'
import { eventsOfTakeUp } from './submission-state.ts'

/** A submission taken up by a worker. */
export interface ClaimedWork {
  readonly strategy_id: string
  readonly position: number
  /** Times taken up, this one included. */
  readonly attempts: number
  readonly context: string
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
}

export interface FailedWork {
  readonly work: ClaimedWork
  readonly error: { readonly code: string; readonly message: string }
  /** When it is tried again; nothing for never. */
  readonly retryAtMs: number | undefined
}

export interface Binding {
  readonly strategy_id: string
  readonly world_id: string
}

/** The submission log as the worker sees it. Every change of state comes with its events in the same row. */
export interface WorkQueue {
  /** Takes up what is due, oldest first. A claim that runs out may be taken up by another worker; the late one is fenced. */
  claim(request: ClaimRequest): Promise<readonly ClaimedWork[]>
  /** The submitted DAGs, as JSON, by strategy. */
  dagsOf(strategyIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Stores plans and ends the work, whose bindings are made; what another worker has taken up since stays as it is. */
  complete(done: readonly PlannedWork[], nowMs: number): Promise<void>
  fail(failed: readonly FailedWork[], nowMs: number): Promise<void>
  /** Makes work due at once that a worker which is gone had taken up. Only when no other worker can be running. */
  release(nowMs: number): Promise<void>
  /** When the next work falls due, in epoch milliseconds; nothing when there is none. */
  nextDueMs(): Promise<number | undefined>
  /** Says that WorldService has bindings which later submissions asked for. */
  markBound(bindings: readonly Binding[]): Promise<void>
  /** Bindings of completed strategies that later submissions asked for and that are not marked as made. */
  lateBindings(limit: number): Promise<readonly Binding[]>
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
    markBound: (bindings) => database.transaction((trx) => markBound(trx, bindings)),
    lateBindings: (limit) =>
      database.kysely
        .selectFrom('late_binding')
        .innerJoin('strategy', 'strategy.position', 'late_binding.position')
        .innerJoin('submission', 'submission.position', 'late_binding.position')
        .select(['submission.strategy_id', 'late_binding.world_id'])
        .where('strategy.status', '=', 'completed')
        .orderBy('late_binding.position')
        .limit(limit)
        .execute(),
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
  return sorted.flatMap(({ position, attempts }) => {
    const submission = byPosition.get(position)
    const worldIds = (worlds.get(position) ?? []).map((row) => row.world_id)
    return submission === undefined ? [] : [{ ...submission, attempts, worldIds }]
  })
}

/** What taking up adds to the history of a row, by the state it is in. */
function linesOfTakeUp(nowMs: number): RawBuilder<string> {
  const cases = strategyStates.map((state) => sql`when ${state} then ${historyLines(eventsOfTakeUp(state), nowMs)}`)
  return sql`case status ${sql.join(cases, sql` `)} end`
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
  const lines = historyLines(['COMPLETE'], nowMs)
  const ended = await statements.endWork.run(
    trx,
    done.map(({ work: { position, attempts } }) => {
      return { position, attempts, status: 'completed', dueAtMs: null, error: null, lines }
    }),
  )
  const held = new Set(ended.map((row) => row.position))
  const plans = done
    .filter(({ work }) => held.has(work.position))
    .map(({ work, plan }) => ({ position: work.position, plan: JSON.stringify(plan) }))
  await statements.putPlans.run(trx, plans)
}

function failedWork({ work: { position, attempts }, error, retryAtMs }: FailedWork, nowMs: number): EndedWork {
  return {
    ...{ position, attempts, status: 'failed', dueAtMs: retryAtMs ?? null },
    error: JSON.stringify(error),
    lines: historyLines(['FAIL'], nowMs),
  }
}

/** The bindings that a piece of work has to make. */
export function bindingsOf(work: ClaimedWork): readonly Binding[] {
  return work.worldIds.map((world_id) => ({ strategy_id: work.strategy_id, world_id }))
}

/** The bindings of each world. */
export function byWorld(bindings: readonly Binding[]): ReadonlyMap<string, readonly Binding[]> {
  return groupRows(bindings, (binding) => binding.world_id)
}

async function markBound(trx: Trx, bindings: readonly Binding[]): Promise<void> {
  for (const [worldId, ofWorld] of byWorld(bindings)) {
    const strategyIds = ofWorld.map((binding) => binding.strategy_id)
    await trx
      .deleteFrom('late_binding')
      .where('world_id', '=', worldId)
      .where('position', 'in', (eb) =>
        eb.selectFrom('submission').select('submission.position').where('strategy_id', 'in', strategyIds),
      )
      .execute()
  }
}
