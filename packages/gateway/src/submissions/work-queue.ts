import type { Plan, StrategyState } from '@qmtl/contracts'
import { claimRows, type Database } from '@qmtl/service-kit'
import { sql, type Selectable, type Transaction } from 'kysely'
import type { GatewayTables, StrategyTable, StrategyWorldTable } from '../database/tables.ts'
import { groupRows } from '../database/group-rows.ts'
import { createSubmissionStatements, type SubmissionStatements } from './submission-statements.ts'
import { eventsOfTakeUp, nextState, type SubmissionEvent } from './submission-state.ts'

/** A submission taken up by a worker. */
export interface ClaimedWork {
  readonly strategy_id: string
  readonly position: number
  /** Times taken up, this one included. */
  readonly attempts: number
  readonly context: string
  readonly worldIds: readonly string[]
  /** Worlds whose binding is not yet known to WorldService. */
  readonly unbound: readonly string[]
}

export interface ClaimRequest {
  readonly nowMs: number
  /** How long no other worker takes the work up. */
  readonly leaseMs: number
  readonly limit: number
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

/** The submission log as the worker sees it. Every change of state appends its events in the same transaction. */
export interface WorkQueue {
  /** Takes up what is due, oldest first. A claim that runs out may be taken up by another worker; the late one is fenced. */
  claim(request: ClaimRequest): Promise<readonly ClaimedWork[]>
  /** The submitted DAGs, as JSON, by strategy. */
  dagsOf(strategyIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Stores plans and bindings made, and ends the work; what another worker has taken up since stays as it is. */
  complete(done: readonly { readonly work: ClaimedWork; readonly plan: Plan }[], nowMs: number): Promise<void>
  fail(failed: readonly FailedWork[], nowMs: number): Promise<void>
  /** Makes work due at once that a worker which is gone had taken up. Only when no other worker can be running. */
  release(nowMs: number): Promise<void>
  /** When the next work falls due, in epoch milliseconds; nothing when there is none. */
  nextDueMs(): Promise<number | undefined>
  markBound(bindings: readonly Binding[]): Promise<void>
  /** Bindings of completed strategies that WorldService does not have yet. */
  unboundOfCompleted(limit: number): Promise<readonly Binding[]>
}

export function createWorkQueue(database: Database<GatewayTables>): WorkQueue {
  const statements = createSubmissionStatements()
  return {
    claim: (request) => database.transaction((trx) => claim(trx, statements, request)),
    dagsOf: (strategyIds) => dagsOf(database, strategyIds),
    complete: (done, nowMs) => database.transaction((trx) => complete(trx, statements, done, nowMs)),
    fail: (failed, nowMs) => database.transaction((trx) => fail(trx, statements, failed, nowMs)),
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
    unboundOfCompleted: (limit) =>
      database.kysely
        .selectFrom('strategy_world')
        .innerJoin('strategy', 'strategy.strategy_id', 'strategy_world.strategy_id')
        .select(['strategy_world.strategy_id', 'strategy_world.world_id'])
        .where('strategy_world.bound', '=', 0)
        .where('strategy.status', '=', 'completed')
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
    key: 'strategy_id',
    where: sql`due_at_ms <= ${nowMs}`,
    orderBy: sql`position`,
    limit,
    set: sql`attempts = attempts + 1, due_at_ms = ${nowMs + leaseMs}`,
  })
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.strategy_id)
  await trx.updateTable('strategy').set({ status: 'processing' }).where('strategy_id', 'in', ids).execute()
  await appendEvents(
    trx,
    statements,
    rows.map((row) => ({ strategyId: row.strategy_id, from: row.status, events: eventsOfTakeUp(row.status) })),
    nowMs,
  )
  const contexts = await contextsOf(trx, ids)
  const worlds = await worldsOf(trx, ids)
  return rows
    .toSorted((a, b) => a.position - b.position)
    .map(({ strategy_id, position, attempts }) => {
      const named = worlds.get(strategy_id) ?? []
      return {
        ...{ strategy_id, position, attempts, context: contexts.get(strategy_id) ?? '' },
        worldIds: named.map((row) => row.world_id),
        unbound: named.filter((row) => row.bound === 0).map((row) => row.world_id),
      }
    })
}

async function contextsOf(trx: Trx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await trx
    .selectFrom('submission')
    .select(['strategy_id', 'context'])
    .where('strategy_id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.strategy_id, row.context]))
}

type NamedWorld = Pick<Selectable<StrategyWorldTable>, 'strategy_id' | 'world_id' | 'bound'>

async function worldsOf(trx: Trx, ids: readonly string[]): Promise<ReadonlyMap<string, readonly NamedWorld[]>> {
  const rows = await trx
    .selectFrom('strategy_world')
    .select(['strategy_id', 'world_id', 'bound'])
    .where('strategy_id', 'in', ids)
    .orderBy('ordinal')
    .execute()
  return groupRows(rows, (row) => row.strategy_id)
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
  done: readonly { readonly work: ClaimedWork; readonly plan: Plan }[],
  nowMs: number,
): Promise<void> {
  const held = await stillHeld(
    trx,
    done.map(({ work }) => work),
  )
  const mine = done.filter(({ work }) => held.has(work.strategy_id))
  if (mine.length === 0) return
  const ids = mine.map(({ work }) => work.strategy_id)
  await statements.putPlans.run(
    trx,
    mine.map(({ work, plan }) => ({ strategy_id: work.strategy_id, plan: JSON.stringify(plan) })),
  )
  await trx
    .updateTable('strategy')
    .set({ status: 'completed', due_at_ms: null, error: null })
    .where('strategy_id', 'in', ids)
    .execute()
  await appendEvents(
    trx,
    statements,
    ids.map((strategyId) => ({ strategyId, from: 'processing', events: ['COMPLETE'] })),
    nowMs,
  )
  await markBound(
    trx,
    mine.flatMap(({ work }) => bindingsOf(work)),
  )
}

async function fail(
  trx: Trx,
  statements: SubmissionStatements,
  failed: readonly FailedWork[],
  nowMs: number,
): Promise<void> {
  const held = await stillHeld(
    trx,
    failed.map(({ work }) => work),
  )
  const mine = failed.filter(({ work }) => held.has(work.strategy_id))
  for (const { work, error, retryAtMs } of mine) {
    await trx
      .updateTable('strategy')
      .set({ status: 'failed', due_at_ms: retryAtMs ?? null, error: JSON.stringify(error) })
      .where('strategy_id', '=', work.strategy_id)
      .execute()
  }
  await appendEvents(
    trx,
    statements,
    mine.map(({ work }) => ({ strategyId: work.strategy_id, from: 'processing', events: ['FAIL'] })),
    nowMs,
  )
}

/** Those of the claims that no other worker has taken over. */
async function stillHeld(trx: Trx, works: readonly ClaimedWork[]): Promise<ReadonlySet<string>> {
  if (works.length === 0) return new Set()
  const attempts = new Map(works.map((work) => [work.strategy_id, work.attempts]))
  const rows = await trx
    .selectFrom('strategy')
    .select(['strategy_id', 'attempts'])
    .where('strategy_id', 'in', [...attempts.keys()])
    .where('status', '=', 'processing')
    .execute()
  return new Set(rows.filter((row) => row.attempts === attempts.get(row.strategy_id)).map((row) => row.strategy_id))
}

interface StateChange {
  readonly strategyId: string
  readonly from: StrategyState
  readonly events: readonly SubmissionEvent[]
}

async function appendEvents(
  trx: Trx,
  statements: SubmissionStatements,
  changes: readonly StateChange[],
  nowMs: number,
): Promise<void> {
  const rows = changes.flatMap(({ strategyId, from, events }) => {
    let state: StrategyState = from
    return events.map((event) => {
      state = requireNext(state, event)
      return { strategy_id: strategyId, event, state, at_ms: nowMs }
    })
  })
  await statements.insertEvents.run(trx, rows)
}

function requireNext(state: StrategyState, event: SubmissionEvent): StrategyState {
  const next = nextState(state, event)
  if (next === undefined) throw new TypeError(`${event} does not follow the state ${state}`)
  return next
}

/** The bindings that a piece of work still has to make. */
export function bindingsOf(work: ClaimedWork): readonly Binding[] {
  return work.unbound.map((world_id) => ({ strategy_id: work.strategy_id, world_id }))
}

/** The bindings of each world. */
export function byWorld(bindings: readonly Binding[]): ReadonlyMap<string, readonly Binding[]> {
  return groupRows(bindings, (binding) => binding.world_id)
}

async function markBound(trx: Trx, bindings: readonly Binding[]): Promise<void> {
  for (const [worldId, ofWorld] of byWorld(bindings)) {
    const strategyIds = ofWorld.map((binding) => binding.strategy_id)
    await trx
      .updateTable('strategy_world')
      .set({ bound: 1 })
      .where('world_id', '=', worldId)
      .where('strategy_id', 'in', strategyIds)
      .execute()
  }
}
