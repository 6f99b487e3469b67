import { QmtlError, type Dag, type Plan, type StrategyState } from '@qmtl/contracts'
import type { Database } from '@qmtl/service-kit'
import type { Insertable, Transaction } from 'kysely'
import { commitInTurn } from '../database/commit-in-turn.ts'
import { groupRows } from '../database/group-rows.ts'
import type { GatewayTables, StrategyTable, StrategyWorldTable, SubmissionTable } from '../database/tables.ts'
import { storedJson } from '../database/stored-json.ts'
import { planOfText } from './stored-plan.ts'
import { historyLines, readHistory, type RecordedEvent } from './submission-history.ts'
import {
  createSubmissionStatements,
  plannedWorlds,
  type InsertedSubmission,
  type NamedWorld,
  type SubmissionStatements,
  type WorldState,
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
  /** JSON of the compute context of its plan in its first world; before there is one, of that it was accepted in. */
  readonly context: string
  readonly warnings: string
  readonly submitted_at_ms: number
  readonly status: StrategyState
  /** Tries of the work that failed. */
  readonly failures: number
  /** When the work goes on; null once it has ended. */
  readonly due_at_ms: number | null
  readonly error: string | null
  /** The plan in its first world. */
  readonly plan: Plan | null
  readonly world_ids: readonly string[]
  /** Its worlds, and those that dropped it, whose work has failed. */
  readonly world_failures: readonly WorldFailure[]
}

export interface WorldFailure extends Pick<WorldState, 'world_id' | 'failures' | 'due_at_ms'> {
  readonly error: string
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
  /** The worlds that a strategy is meant for, in the order named; nothing for an unknown strategy. */
  worldsOf(strategyId: string): Promise<readonly string[] | undefined>
}

export function createSubmissionRepository(database: Database<GatewayTables>): SubmissionRepository {
  const statements = createSubmissionStatements()
  return {
    append: (submissions) => commitInTurn(database, 'submission', (trx) => append(trx, statements, submissions)),
    find: (strategyId) => find(database, statements, strategyId),
    list: (filter) => list(database, statements, filter),
    async events(strategyId) {
      const row = await database.kysely
        .selectFrom('submission')
        .innerJoin('strategy', 'strategy.position', 'submission.position')
        .select('strategy.history')
        .where('submission.strategy_id', '=', strategyId)
        .executeTakeFirst()
      return readHistory(row?.history ?? '')
    },
    async worldsOf(strategyId) {
      const rows = await database.kysely
        .selectFrom('submission')
        .innerJoin('strategy_world', 'strategy_world.position', 'submission.position')
        .select(['strategy_world.world_id', 'strategy_world.dropped_at_ms'])
        .where('submission.strategy_id', '=', strategyId)
        .orderBy('strategy_world.ordinal')
        .orderBy('strategy_world.world_id')
        .execute()
      return rows.length === 0 ? undefined : joined(rows).map((row) => row.world_id)
    },
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
  const entries = await entriesOf(trx, submissions, inserted)
  await statements.insertStrategies.run(trx, inserted.map(queued))
  const added = await statements.insertWorlds.run(trx, worldRows(entries))
  const newWorlds = groupRows(added, (row) => row.position)
  const repeated = entries.filter(({ isNew }) => !isNew)
  if (repeated.length > 0) await askAgain(trx, repeated)
  return entries.map((entry) => {
    if (entry.isNew) return { outcome: 'accepted' }
    return { outcome: 'duplicate', strategyId: entry.strategyId, newWorldIds: newWorldsOf(entry, newWorlds) }
  })
}

function queued({ position, submitted_at_ms: atMs }: InsertedSubmission): StrategyTable {
  const history = historyLines(['INIT'], atMs)
  return { position, status: 'queued', attempts: 0, failures: 0, due_at_ms: atMs, error: null, history }
}

/** A submission and its place in the log. */
interface Entry {
  readonly submission: NewSubmission
  readonly position: number
  /** The submission's own, or that of the earlier one with this DAG. */
  readonly strategyId: string
  readonly isNew: boolean
}

async function entriesOf(
  trx: Trx,
  submissions: readonly NewSubmission[],
  inserted: readonly InsertedSubmission[],
): Promise<readonly Entry[]> {
  const own = new Map(inserted.map((row) => [row.strategy_id, row]))
  const owners = new Map<string, Pick<InsertedSubmission, 'strategy_id' | 'position'>>()
  for (const { row } of submissions) {
    const found = own.get(row.strategy_id)
    if (found !== undefined) owners.set(row.dag_hash, found)
  }
  const others = [...new Set(submissions.map(({ row }) => row.dag_hash).filter((hash) => !owners.has(hash)))]
  if (others.length > 0) {
    const earlier = await trx
      .selectFrom('submission')
      .select(['dag_hash', 'strategy_id', 'position'])
      .where('dag_hash', 'in', others)
      .execute()
    for (const row of earlier) owners.set(row.dag_hash, row)
  }
  return submissions.map((submission) => {
    const { dag_hash: dagHash, strategy_id: ownId } = submission.row
    const owner = owners.get(dagHash)
    if (owner === undefined) {
      throw new QmtlError('E_SUBMISSION_LOG', `dag_hash ${dagHash} is neither new nor in the log`)
    }
    const { position, strategy_id: strategyId } = owner
    return { submission, position, strategyId, isNew: strategyId === ownId }
  })
}

/** The worlds named, each once per submission. */
function worldRows(entries: readonly Entry[]): readonly StrategyWorldTable[] {
  const rows = new Map<string, StrategyWorldTable>()
  for (const { submission, position, isNew } of entries) {
    for (const [index, world_id] of submission.worldIds.entries()) {
      const key = `${position} ${world_id}`
      // Worlds of a later submission come after those of the first, whose first world decided the context.
      const ordinal = isNew ? index : 1_000 + index
      const isFirst = isNew && index === 0
      const due_at_ms = isFirst ? null : submission.row.submitted_at_ms
      const row = { position, world_id, ordinal, attempts: 0, failures: 0, due_at_ms, dropped_at_ms: null, error: null }
      if (!rows.has(key)) rows.set(key, row)
    }
  }
  return [...rows.values()]
}

/** Those that it was not meant for before; `added` holds the rows that were, by position. */
function newWorldsOf(
  { submission, position }: Entry,
  added: ReadonlyMap<number, readonly NamedWorld[]>,
): readonly string[] {
  const ofPosition = (added.get(position) ?? []).map((row) => row.world_id)
  return submission.worldIds.filter((id) => ofPosition.includes(id))
}

/** Submitting a DAG again asks for another try at once where its work has failed. */
async function askAgain(trx: Trx, repeated: readonly Entry[]): Promise<void> {
  await trx
    .updateTable('strategy')
    .set({ due_at_ms: Math.min(...repeated.map(({ submission }) => submission.row.submitted_at_ms)), failures: 0 })
    .where(
      'position',
      'in',
      repeated.map(({ position }) => position),
    )
    .where('status', '=', 'failed')
    .execute()
}

/** The worlds that have not dropped the strategy. */
function joined<World extends Pick<WorldState, 'dropped_at_ms'>>(worlds: readonly World[]): readonly World[] {
  return worlds.filter((world) => world.dropped_at_ms === null)
}

function worldMembers(worlds: readonly WorldState[]): Pick<SubmissionRecord, 'world_ids' | 'world_failures'> {
  return {
    world_ids: joined(worlds).map((world) => world.world_id),
    world_failures: worlds.flatMap(({ world_id, failures, due_at_ms, error }) =>
      error === null ? [] : [{ world_id, failures, due_at_ms, error }],
    ),
  }
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
  'strategy.failures',
  'strategy.due_at_ms',
  'strategy.error',
] as const

async function find(
  database: Database<GatewayTables>,
  statements: SubmissionStatements,
  strategyId: string,
): Promise<SubmissionRecord | undefined> {
  const row = await database.kysely
    .selectFrom('submission')
    .innerJoin('strategy', 'strategy.position', 'submission.position')
    .select(recordColumns)
    .where('submission.strategy_id', '=', strategyId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const worlds = await statements.worldsAt.run(database.kysely, [row.position])
  const planned = await plannedWorlds(database.kysely)
    .innerJoin('submission', 'submission.position', 'strategy_plan.position')
    .select(['strategy_plan.plan', 'submission.dag'])
    .where('strategy_plan.position', '=', row.position)
    .limit(1)
    .executeTakeFirst()
  const members = { ...row, ...worldMembers(worlds) }
  if (planned === undefined) return { ...members, plan: null }
  return { ...members, context: planned.context, plan: planOfText(planned.plan, storedJson<Dag>(planned.dag)) }
}

async function list(
  database: Database<GatewayTables>,
  statements: SubmissionStatements,
  { worldId, after, limit }: ListFilter,
): Promise<readonly SubmissionRecord[]> {
  const rows = await database.kysely
    .selectFrom('submission')
    .innerJoin('strategy', 'strategy.position', 'submission.position')
    .select(recordColumns)
    .where('submission.position', '>', after)
    .$if(worldId !== undefined, (query) =>
      query.where('submission.position', 'in', (eb) =>
        eb
          .selectFrom('strategy_world')
          .select('strategy_world.position')
          .where('world_id', '=', worldId ?? '')
          .where('dropped_at_ms', 'is', null)
          .where('strategy_world.position', '>', after),
      ),
    )
    .orderBy('submission.position')
    .limit(limit)
    .execute()
  const positions = rows.map((row) => row.position)
  const worlds = groupRows(await statements.worldsAt.run(database.kysely, positions), (row) => row.position)
  const planned = groupRows(await statements.plannedAt.run(database.kysely, positions), (row) => row.position)
  return rows.map((row) => {
    const context = planned.get(row.position)?.[0]?.context ?? row.context
    return { ...row, context, plan: null, ...worldMembers(worlds.get(row.position) ?? []) }
  })
}
