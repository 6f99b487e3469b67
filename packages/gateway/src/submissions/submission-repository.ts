import { QmtlError, type StrategyState } from '@qmtl/contracts'
import type { Database } from '@qmtl/service-kit'
import type { Insertable, Transaction } from 'kysely'
import { groupRows } from '../database/group-rows.ts'
import type { GatewayTables, SubmissionTable } from '../database/tables.ts'
import {
  createSubmissionStatements,
  type InsertedSubmission,
  type NamedWorld,
  type SubmissionStatements,
} from './submission-statements.ts'

/** A checked submission on its way into the log. */
export interface NewSubmission {
  readonly row: Insertable<SubmissionTable>
  readonly worldIds: readonly string[]
}

export type AppendResult =
  | { readonly outcome: 'accepted' }
  | {
      readonly outcome: 'duplicate'
      /** The strategy that this DAG has been since it was first submitted. */
      readonly strategyId: string
      /** Worlds that it was not known to be meant for until now. */
      readonly newWorldIds: readonly string[]
    }

/** A submission with its state, as the status route shows it. */
export interface SubmissionRecord {
  readonly position: number
  readonly strategy_id: string
  readonly dag_hash: string
  readonly name: string
  readonly version: string
  readonly context: string
  readonly warnings: string
  readonly submitted_at_ms: number
  readonly status: StrategyState
  /** When the work goes on; null once it has ended. */
  readonly due_at_ms: number | null
  readonly error: string | null
  readonly plan: string | null
  readonly world_ids: readonly string[]
}

export interface RecordedEvent {
  readonly event: string
  readonly state: StrategyState
  readonly at_ms: number
}

export interface ListFilter {
  readonly worldId?: string | undefined
  /** Position already seen. */
  readonly after: number
  readonly limit: number
}

/** The submission log and the state of each submission, for what enters and reads them. */
export interface SubmissionRepository {
  /**
   * Appends in the order given, durably, all in one transaction. A DAG that is in the log already stays the strategy it is
   * and is meant for the worlds named now as well. Appending the same submission again changes nothing.
   */
  append(submissions: readonly NewSubmission[]): Promise<readonly AppendResult[]>
  find(strategyId: string): Promise<SubmissionRecord | undefined>
  /** Oldest first, without plans. */
  list(filter: ListFilter): Promise<readonly SubmissionRecord[]>
  /** All events of a submission, oldest first. */
  events(strategyId: string): Promise<readonly RecordedEvent[]>
  /** The worlds a strategy is meant for, in the order named; nothing for an unknown strategy. */
  worldsOf(strategyId: string): Promise<readonly string[] | undefined>
}

export function createSubmissionRepository(database: Database<GatewayTables>): SubmissionRepository {
  const statements = createSubmissionStatements()
  return {
    append: (submissions) => database.transaction((trx) => append(trx, statements, submissions)),
    find: (strategyId) => find(database, strategyId),
    list: (filter) => list(database, filter),
    events: (strategyId) =>
      database.kysely
        .selectFrom('strategy_event')
        .select(['event', 'state', 'at_ms'])
        .where('strategy_id', '=', strategyId)
        .orderBy('position')
        .execute(),
    worldsOf: (strategyId) => worldsOf(database, strategyId),
  }
}

type Trx = Transaction<GatewayTables>

async function append(
  trx: Trx,
  statements: SubmissionStatements,
  submissions: readonly NewSubmission[],
): Promise<readonly AppendResult[]> {
  const inserted = await statements.insertSubmissions.run(
    trx,
    submissions.map(({ row }) => row),
  )
  await insertStates(trx, statements, inserted)
  const owners = await ownersOf(trx, submissions, new Set(inserted.map((row) => row.strategy_id)))
  const added = await insertWorlds(trx, statements, submissions, owners)
  if (inserted.length < submissions.length) await retryFailed(trx, submissions, owners)
  return submissions.map(({ row, worldIds }) => {
    const strategyId = owners.get(row.dag_hash) ?? row.strategy_id
    if (strategyId === row.strategy_id) return { outcome: 'accepted' }
    return {
      outcome: 'duplicate',
      strategyId,
      newWorldIds: worldIds.filter((id) => added.get(strategyId)?.includes(id)),
    }
  })
}

/** Submitting again what has failed for good is how a client asks for another try. */
async function retryFailed(
  trx: Trx,
  submissions: readonly NewSubmission[],
  owners: ReadonlyMap<string, string>,
): Promise<void> {
  const again = submissions.filter(({ row }) => owners.get(row.dag_hash) !== row.strategy_id)
  const [first] = again
  if (first === undefined) return
  await trx
    .updateTable('strategy')
    .set({ due_at_ms: first.row.submitted_at_ms })
    .where(
      'strategy_id',
      'in',
      again.map(({ row }) => owners.get(row.dag_hash) ?? row.strategy_id),
    )
    .where('status', '=', 'failed')
    .where('due_at_ms', 'is', null)
    .execute()
}

async function insertStates(
  trx: Trx,
  statements: SubmissionStatements,
  inserted: readonly InsertedSubmission[],
): Promise<void> {
  await statements.insertStrategies.run(
    trx,
    inserted.map(({ strategy_id, position, submitted_at_ms: due_at_ms }) => {
      return { strategy_id, position, status: 'queued', attempts: 0, due_at_ms, error: null }
    }),
  )
  await statements.insertEvents.run(
    trx,
    inserted.map(({ strategy_id, submitted_at_ms: at_ms }) => {
      return { strategy_id, event: 'INIT', state: 'queued', at_ms }
    }),
  )
}

/** The strategy that each DAG belongs to: the one inserted now, or an earlier one. */
async function ownersOf(
  trx: Trx,
  submissions: readonly NewSubmission[],
  inserted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>()
  for (const { row } of submissions) if (inserted.has(row.strategy_id)) owners.set(row.dag_hash, row.strategy_id)
  const others = [...new Set(submissions.map(({ row }) => row.dag_hash).filter((hash) => !owners.has(hash)))]
  if (others.length === 0) return owners
  const rows = await trx
    .selectFrom('submission')
    .select(['dag_hash', 'strategy_id'])
    .where('dag_hash', 'in', others)
    .execute()
  for (const row of rows) owners.set(row.dag_hash, row.strategy_id)
  const lost = others.find((hash) => !owners.has(hash))
  if (lost !== undefined) throw new QmtlError('E_SUBMISSION_LOG', `dag_hash ${lost} is neither new nor in the log`)
  return owners
}

/** Adds the worlds named and returns, by strategy, those that were not there before. */
async function insertWorlds(
  trx: Trx,
  statements: SubmissionStatements,
  submissions: readonly NewSubmission[],
  owners: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const values = submissions.flatMap(({ row, worldIds }) => {
    const strategyId = owners.get(row.dag_hash) ?? row.strategy_id
    // Worlds of a later submission come after those of the first, whose first world decided the context.
    const offset = strategyId === row.strategy_id ? 0 : 1_000
    return worldIds.map((worldId, index) => ({
      strategy_id: strategyId,
      world_id: worldId,
      ordinal: offset + index,
      bound: 0,
    }))
  })
  const rows = await statements.insertWorlds.run(trx, values)
  return idsOfWorlds(rows)
}

function idsOfWorlds(rows: readonly NamedWorld[]): ReadonlyMap<string, readonly string[]> {
  const groups = groupRows(rows, (row) => row.strategy_id)
  return new Map([...groups].map(([strategyId, group]) => [strategyId, group.map((row) => row.world_id)]))
}

const recordColumns = [
  'submission.position',
  'submission.strategy_id',
  'submission.dag_hash',
  'submission.name',
  'submission.version',
  'submission.context',
  'submission.warnings',
  'submission.submitted_at_ms',
  'strategy.status',
  'strategy.due_at_ms',
  'strategy.error',
] as const

async function find(database: Database<GatewayTables>, strategyId: string): Promise<SubmissionRecord | undefined> {
  const row = await database.kysely
    .selectFrom('submission')
    .innerJoin('strategy', 'strategy.strategy_id', 'submission.strategy_id')
    .leftJoin('strategy_plan', 'strategy_plan.strategy_id', 'submission.strategy_id')
    .select([...recordColumns, 'strategy_plan.plan'])
    .where('submission.strategy_id', '=', strategyId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return { ...row, world_ids: (await worldsOf(database, strategyId)) ?? [] }
}

async function list(database: Database<GatewayTables>, filter: ListFilter): Promise<readonly SubmissionRecord[]> {
  const { worldId, after, limit } = filter
  const rows = await database.kysely
    .selectFrom('submission')
    .innerJoin('strategy', 'strategy.strategy_id', 'submission.strategy_id')
    .select(recordColumns)
    .where('submission.position', '>', after)
    .$if(worldId !== undefined, (query) =>
      query.where('submission.strategy_id', 'in', (eb) =>
        eb
          .selectFrom('strategy_world')
          .select('strategy_world.strategy_id')
          .where('world_id', '=', worldId ?? ''),
      ),
    )
    .orderBy('submission.position')
    .limit(limit)
    .execute()
  const worlds = await worldsByStrategy(
    database,
    rows.map((row) => row.strategy_id),
  )
  return rows.map((row) => ({ ...row, plan: null, world_ids: worlds.get(row.strategy_id) ?? [] }))
}

async function worldsOf(database: Database<GatewayTables>, strategyId: string): Promise<readonly string[] | undefined> {
  return (await worldsByStrategy(database, [strategyId])).get(strategyId)
}

async function worldsByStrategy(
  database: Database<GatewayTables>,
  strategyIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (strategyIds.length === 0) return new Map()
  const rows: readonly NamedWorld[] = await database.kysely
    .selectFrom('strategy_world')
    .select(['strategy_id', 'world_id'])
    .where('strategy_id', 'in', strategyIds)
    .orderBy('ordinal')
    .orderBy('world_id')
    .execute()
  return idsOfWorlds(rows)
}
