import type { Plan } from '@qmtl/contracts'
import { claimRows, type Database } from '@qmtl/service-kit'
import { sql, type Transaction } from 'kysely'
import type { GatewayTables, StrategyWorldTable } from '../database/tables.ts'
import { planText } from './stored-plan.ts'
import {
  createSubmissionStatements,
  type EndedWorldWork,
  type NamedWorld,
  type SubmissionStatements,
  type SubmittedWork,
} from './submission-statements.ts'
import type { WorkError } from './work-failure.ts'
import type { ClaimRequest } from './work-queue.ts'

/** A completed submission to be planned in one of its worlds. */
export interface WorldWork extends SubmittedWork {
  readonly worldId: string
  readonly attempts: number
  /** Tries that failed before. */
  readonly failures: number
  /** JSON of the compute context of the plan that it has there; nothing when it has none. */
  readonly planned: string | undefined
}

/** How the work in a world ends. */
export type WorldOutcome =
  /** The plan it has is that of the context the world grants. */
  | { readonly kind: 'kept'; readonly work: WorldWork }
  | { readonly kind: 'planned'; readonly work: WorldWork; readonly context: string; readonly plan: Plan }
  /** It is tried again at this time. */
  | { readonly kind: 'delayed'; readonly work: WorldWork; readonly error: WorkError; readonly retryAtMs: number }
  /** There is no such plan: the strategy keeps the one that it has there. */
  | { readonly kind: 'refused'; readonly work: WorldWork; readonly error: WorkError }
  /** The world does not take the strategy: it is meant for it no longer. */
  | { readonly kind: 'dropped'; readonly work: WorldWork; readonly error: WorkError }

/** The work of planning strategies in the worlds that they joined, and anew where a world grants something else. */
export interface WorldQueue {
  /** Asks for the plans of every strategy of a world, also those whose submission is still under way. */
  askForWorld(worldId: string, nowMs: number): Promise<void>
  askFor(worlds: readonly NamedWorld[], nowMs: number): Promise<void>
  /** Takes up what is due of completed submissions, longest due first. What is asked for meanwhile stays to be done. */
  claim(request: ClaimRequest): Promise<readonly WorldWork[]>
  /** Stores the outcomes and returns those that still hold: of the others the plans were asked for again. */
  end(outcomes: readonly WorldOutcome[], nowMs: number): Promise<readonly WorldOutcome[]>
  /** Makes what is taken up or delayed due at once. Only when no other worker can be running. */
  release(nowMs: number): Promise<void>
  nextDueMs(): Promise<number | undefined>
}

export function createWorldQueue(database: Database<GatewayTables>): WorldQueue {
  const statements = createSubmissionStatements()
  const askedAt = (nowMs: number) => ({ due_at_ms: nowMs, failures: 0, attempts: sql<number>`attempts + 1` })
  return {
    async askForWorld(worldId, nowMs) {
      await database.kysely
        .updateTable('strategy_world')
        .set(askedAt(nowMs))
        .where('world_id', '=', worldId)
        .where('dropped_at_ms', 'is', null)
        .execute()
    },
    askFor: (worlds, nowMs) =>
      database.transaction(async (trx) => {
        for (const { position, world_id } of worlds) {
          await trx
            .updateTable('strategy_world')
            .set(askedAt(nowMs))
            .where('position', '=', position)
            .where('world_id', '=', world_id)
            .where('dropped_at_ms', 'is', null)
            .execute()
        }
      }),
    claim: (request) => database.transaction((trx) => claim(trx, statements, request)),
    end: (outcomes, nowMs) => database.transaction((trx) => end(trx, statements, outcomes, nowMs)),
    async release(nowMs) {
      await database.kysely
        .updateTable('strategy_world')
        .set({ due_at_ms: nowMs })
        .where('due_at_ms', '>', nowMs)
        .execute()
    },
    async nextDueMs() {
      const row = await database.kysely
        .selectFrom('strategy_world')
        .innerJoin('strategy', 'strategy.position', 'strategy_world.position')
        .select('strategy_world.due_at_ms')
        .where('strategy_world.due_at_ms', 'is not', null)
        .where('strategy.status', '=', 'completed')
        .orderBy('strategy_world.due_at_ms')
        .limit(1)
        .executeTakeFirst()
      return row?.due_at_ms ?? undefined
    },
  }
}

type Trx = Transaction<GatewayTables>

const keyOf = (position: number, worldId: string): string => `${position} ${worldId}`

async function claim(
  trx: Trx,
  statements: SubmissionStatements,
  { nowMs, leaseMs, limit }: ClaimRequest,
): Promise<readonly WorldWork[]> {
  const rows = await claimRows<StrategyWorldTable>(trx, {
    table: 'strategy_world',
    key: ['position', 'world_id'],
    where: sql`due_at_ms <= ${nowMs} and exists (
      select 1 from strategy where strategy.position = strategy_world.position and strategy.status = 'completed')`,
    orderBy: sql`due_at_ms, position`,
    limit,
    set: sql`attempts = attempts + 1, due_at_ms = ${nowMs + leaseMs}`,
  })
  const positions = [...new Set(rows.map((row) => row.position))].toSorted((a, b) => a - b)
  const submitted = new Map((await statements.submissionsAt.run(trx, positions)).map((row) => [row.position, row]))
  const planned = new Map(
    (await statements.plannedAt.run(trx, positions)).map((row) => [keyOf(row.position, row.world_id), row.context]),
  )
  return rows
    .toSorted((a, b) => a.position - b.position || a.ordinal - b.ordinal)
    .flatMap(({ position, world_id: worldId, attempts, failures }) => {
      const submission = submitted.get(position)
      if (submission === undefined) return []
      return [{ ...submission, worldId, attempts, failures, planned: planned.get(keyOf(position, worldId)) }]
    })
}

async function end(
  trx: Trx,
  statements: SubmissionStatements,
  outcomes: readonly WorldOutcome[],
  nowMs: number,
): Promise<readonly WorldOutcome[]> {
  const rows = await statements.endWorldWork.run(
    trx,
    outcomes.map((outcome) => endedWorldWork(outcome, nowMs)),
  )
  const ended = new Set(rows.map((row) => keyOf(row.position, row.world_id)))
  const held = outcomes.filter(({ work }) => ended.has(keyOf(work.position, work.worldId)))
  await statements.putPlans.run(
    trx,
    held.flatMap((outcome) => {
      if (outcome.kind !== 'planned') return []
      const { work, context, plan } = outcome
      return [{ position: work.position, world_id: work.worldId, context, plan: planText(plan) }]
    }),
  )
  return held
}

function endedWorldWork(outcome: WorldOutcome, nowMs: number): EndedWorldWork {
  const { position, worldId, attempts, failures } = outcome.work
  const key = { position, worldId, attempts }
  if (outcome.kind === 'kept' || outcome.kind === 'planned')
    return { ...key, failures: 0, dueAtMs: null, droppedAtMs: null, error: null }
  return {
    ...key,
    failures: failures + 1,
    dueAtMs: outcome.kind === 'delayed' ? outcome.retryAtMs : null,
    droppedAtMs: outcome.kind === 'dropped' ? nowMs : null,
    error: JSON.stringify(outcome.error),
  }
}
