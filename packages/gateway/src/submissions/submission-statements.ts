import { createBatchStatement, type BatchStatement } from '@qmtl/service-kit'
import { sql, type Insertable, type Kysely, type Selectable } from 'kysely'
import type { StrategyState } from '@qmtl/contracts'
import type {
  GatewayTables,
  StrategyPlanTable,
  StrategyTable,
  StrategyWorldTable,
  SubmissionTable,
} from '../database/tables.ts'

type Statement<Item, Row> = BatchStatement<GatewayTables, Item, Row>

/** What a submission is known by once it is in the log. */
export type InsertedSubmission = Pick<Selectable<SubmissionTable>, 'strategy_id' | 'position' | 'submitted_at_ms'>
/** What of a submission its work needs, but for the DAG. */
export type SubmittedWork = Pick<
  Selectable<SubmissionTable>,
  'strategy_id' | 'position' | 'context' | 'hints' | 'dag_size'
>
/** A submission and a world it is meant for. */
export type NamedWorld = Pick<StrategyWorldTable, 'position' | 'world_id'>
/** A world of a submission, or one that was, and how its work stands. */
export type WorldState = Omit<StrategyWorldTable, 'ordinal' | 'attempts'>
/** A world that a submission was planned in, and how. */
export type PlannedWorld = Omit<StrategyPlanTable, 'plan'>

/** The end of a piece of work. */
export interface EndedWork {
  readonly position: number
  /** Those of the claim: after a later one the work is not this worker's to end. */
  readonly attempts: number
  readonly status: StrategyState
  readonly failures: number
  readonly dueAtMs: number | null
  readonly error: string | null
  /** What the history grows by. */
  readonly lines: string
}

/** The end of the work in a world. */
export interface EndedWorldWork extends Omit<EndedWork, 'status' | 'lines'> {
  readonly worldId: string
  readonly droppedAtMs: number | null
}

/** The statements of a submission's way through the log that take a list; they keep their text, so each database has its own. */
export interface SubmissionStatements {
  /** Gives those that were not in the log. */
  readonly insertSubmissions: Statement<Insertable<SubmissionTable>, InsertedSubmission>
  readonly insertStrategies: Statement<StrategyTable, unknown>
  /** Names worlds, each at most once, and gives those that were not named before or that were dropped since. */
  readonly insertWorlds: Statement<StrategyWorldTable, NamedWorld>
  /** Submissions by position, in no particular order. */
  readonly submissionsAt: Statement<number, SubmittedWork>
  /** Worlds by position, each submission's in the order named. */
  readonly worldsAt: Statement<number, WorldState>
  /** Planned worlds by position, each submission's in the order named, those it was dropped by last. */
  readonly plannedAt: Statement<number, PlannedWorld>
  /** Ends the work that is still held under its claim, and gives the positions of that. */
  readonly endWork: Statement<EndedWork, { readonly position: number }>
  /** The same for the work in worlds. */
  readonly endWorldWork: Statement<EndedWorldWork, NamedWorld>
  readonly putPlans: Statement<StrategyPlanTable, unknown>
}

export function createSubmissionStatements(): SubmissionStatements {
  return {
    insertSubmissions: createBatchStatement({
      build: (runner, rows) =>
        runner
          .insertInto('submission')
          .values(rows.map(orderedSubmission))
          .onConflict((conflict) => conflict.column('dag_hash').doNothing())
          .returning(['strategy_id', 'position', 'submitted_at_ms']),
      parameters: (row) => Object.values(orderedSubmission(row)),
      repeatable: false,
      isUrgent: true,
    }),
    insertStrategies: createBatchStatement({
      build: (runner, rows) => runner.insertInto('strategy').values(rows.map(orderedStrategy)),
      parameters: (row) => Object.values(orderedStrategy(row)),
      repeatable: false,
      isUrgent: true,
    }),
    insertWorlds: createBatchStatement({
      build: (runner, rows) =>
        runner
          .insertInto('strategy_world')
          .values(rows.map(orderedWorld))
          .onConflict((conflict) =>
            conflict
              .columns(['position', 'world_id'])
              .doUpdateSet((eb) => ({
                failures: eb.ref('excluded.failures'),
                due_at_ms: eb.ref('excluded.due_at_ms'),
                dropped_at_ms: eb.ref('excluded.dropped_at_ms'),
                error: eb.ref('excluded.error'),
              }))
              .where('strategy_world.dropped_at_ms', 'is not', null),
          )
          .returning(['position', 'world_id']),
      parameters: (row) => Object.values(orderedWorld(row)),
      repeatable: false,
      isUrgent: true,
    }),
    ...readStatements(),
    ...workStatements(),
  }
}

function readStatements(): Pick<SubmissionStatements, 'submissionsAt' | 'worldsAt' | 'plannedAt'> {
  return {
    submissionsAt: createBatchStatement({
      build: (runner, positions) =>
        runner
          .selectFrom('submission')
          .select(['strategy_id', 'position', 'context', 'hints', 'dag_size'])
          .where('position', 'in', positions),
      parameters: (position) => [position],
      repeatable: true,
      isUrgent: true,
    }),
    worldsAt: createBatchStatement({
      build: (runner, positions) =>
        runner
          .selectFrom('strategy_world')
          .select(['position', 'world_id', 'failures', 'due_at_ms', 'dropped_at_ms', 'error'])
          .where('position', 'in', positions)
          .orderBy('position')
          .orderBy('ordinal')
          .orderBy('world_id'),
      parameters: (position) => [position],
      repeatable: true,
      isUrgent: true,
    }),
    plannedAt: createBatchStatement({
      build: (runner, positions) => plannedWorlds(runner).where('strategy_plan.position', 'in', positions),
      parameters: (position) => [position],
      repeatable: true,
      isUrgent: true,
    }),
  }
}

/** What was planned where, each submission's worlds in the order named, those it was dropped by last. */
export function plannedWorlds(runner: Kysely<GatewayTables>) {
  return runner
    .selectFrom('strategy_plan')
    .innerJoin('strategy_world', (join) =>
      join
        .onRef('strategy_world.position', '=', 'strategy_plan.position')
        .onRef('strategy_world.world_id', '=', 'strategy_plan.world_id'),
    )
    .select(['strategy_plan.position', 'strategy_plan.world_id', 'strategy_plan.context'])
    .orderBy('strategy_plan.position')
    .orderBy((eb) => eb('strategy_world.dropped_at_ms', 'is not', null))
    .orderBy('strategy_world.ordinal')
    .orderBy('strategy_world.world_id')
}

function workStatements(): Pick<SubmissionStatements, 'endWork' | 'endWorldWork' | 'putPlans'> {
  return {
    endWork: createBatchStatement({
      build: (runner, ended) => ({
        compile: () =>
          sql<{ readonly position: number }>`
          update strategy set failures = ended.failures, due_at_ms = ended.due_at_ms, error = ended.error,
            status = ended.status, history = strategy.history || ended.lines
          from (
            select column1 as position, column2 as attempts, column3 as failures, column4 as due_at_ms,
              column5 as error, column6 as status, column7 as lines
            from (values ${sql.join(ended.map(endedValues))}) as given
          ) as ended
          where strategy.position = ended.position and strategy.attempts = ended.attempts
            and strategy.status = 'processing'
          returning strategy.position as position`.compile(runner),
      }),
      parameters: ({ position, attempts, failures, dueAtMs, error, status, lines }) => {
        return [position, attempts, failures, dueAtMs, error, status, lines]
      },
      repeatable: true,
      isUrgent: true,
    }),
    endWorldWork: createBatchStatement({
      build: (runner, ended) => ({
        compile: () =>
          sql<NamedWorld>`
          update strategy_world set failures = ended.failures, due_at_ms = ended.due_at_ms, error = ended.error,
            dropped_at_ms = ended.dropped_at_ms
          from (
            select column1 as position, column2 as attempts, column3 as failures, column4 as due_at_ms,
              column5 as error, column6 as world_id, column7 as dropped_at_ms
            from (values ${sql.join(ended.map(endedWorldValues))}) as given
          ) as ended
          where strategy_world.position = ended.position and strategy_world.world_id = ended.world_id
            and strategy_world.attempts = ended.attempts
          returning strategy_world.position as position, strategy_world.world_id as world_id`.compile(runner),
      }),
      parameters: ({ position, attempts, failures, dueAtMs, error, worldId, droppedAtMs }) => {
        return [position, attempts, failures, dueAtMs, error, worldId, droppedAtMs]
      },
      repeatable: true,
    }),
    putPlans: createBatchStatement({
      build: (runner, rows) =>
        runner
          .insertInto('strategy_plan')
          .values(rows.map(orderedPlan))
          .onConflict((conflict) =>
            conflict
              .columns(['position', 'world_id'])
              .doUpdateSet((eb) => ({ context: eb.ref('excluded.context'), plan: eb.ref('excluded.plan') })),
          ),
      parameters: (row) => Object.values(orderedPlan(row)),
      repeatable: false,
    }),
  }
}

// With their types, which PostgreSQL does not guess in a list of values.
const number = (value: number | null) => sql`cast(${value} as bigint)`
const text = (value: string | null) => sql`cast(${value} as text)`

function endOf({ position, attempts, failures, dueAtMs, error }: Omit<EndedWork, 'status' | 'lines'>) {
  return sql`${number(position)}, ${number(attempts)}, ${number(failures)}, ${number(dueAtMs)}, ${text(error)}`
}

function endedValues({ status, lines, ...end }: EndedWork) {
  return sql`(${endOf(end)}, ${text(status)}, ${text(lines)})`
}

function endedWorldValues({ worldId, droppedAtMs, ...end }: EndedWorldWork) {
  return sql`(${endOf(end)}, ${text(worldId)}, ${number(droppedAtMs)})`
}

// The statement's parameters come in the order of these members, whatever the order of the caller's.

function orderedSubmission(row: Insertable<SubmissionTable>) {
  const { strategy_id, dag_hash, name, version, node_ids_crc32, context, hints } = row
  const { meta, warnings, submitted_by, submitted_at_ms, dag_size, dag } = row
  return {
    ...{ strategy_id, dag_hash, name, version, node_ids_crc32, context, hints },
    ...{ meta, warnings, submitted_by, submitted_at_ms, dag_size, dag },
  }
}

function orderedStrategy({ position, status, attempts, failures, due_at_ms, error, history }: StrategyTable) {
  return { position, status, attempts, failures, due_at_ms, error, history }
}

function orderedWorld(row: StrategyWorldTable) {
  const { position, world_id, ordinal, attempts, failures, due_at_ms, dropped_at_ms, error } = row
  return { position, world_id, ordinal, attempts, failures, due_at_ms, dropped_at_ms, error }
}

function orderedPlan({ position, world_id, context, plan }: StrategyPlanTable) {
  return { position, world_id, context, plan }
}
