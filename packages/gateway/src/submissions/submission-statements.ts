import { createBatchStatement, type BatchStatement } from '@qmtl/service-kit'
import { sql, type Insertable, type Selectable } from 'kysely'
import type { StrategyState } from '@qmtl/contracts'
import type {
  GatewayTables,
  LateBindingTable,
  StrategyPlanTable,
  StrategyTable,
  StrategyWorldTable,
  SubmissionTable,
} from '../database/tables.ts'

type Statement<Item, Row> = BatchStatement<GatewayTables, Item, Row>

/** What a submission is known by once it is in the log. */
export type InsertedSubmission = Pick<Selectable<SubmissionTable>, 'strategy_id' | 'position' | 'submitted_at_ms'>
/** What of a submission its work needs, but for the DAG. */
export type SubmittedWork = Pick<Selectable<SubmissionTable>, 'strategy_id' | 'position' | 'context'>
/** A submission and a world it is meant for. */
export type NamedWorld = Pick<StrategyWorldTable, 'position' | 'world_id'>

/** The end of a piece of work. */
export interface EndedWork {
  readonly position: number
  /** Those of the claim: after a later one the work is not this worker's to end. */
  readonly attempts: number
  readonly status: StrategyState
  readonly dueAtMs: number | null
  readonly error: string | null
  /** What the history grows by. */
  readonly lines: string
}

/** The statements of a submission's way through the log that take a list; they keep their text, so each database has its own. */
export interface SubmissionStatements {
  /** Gives those that were not in the log. */
  readonly insertSubmissions: Statement<Insertable<SubmissionTable>, InsertedSubmission>
  readonly insertStrategies: Statement<StrategyTable, unknown>
  /** Gives those that were not named before. */
  readonly insertWorlds: Statement<StrategyWorldTable, NamedWorld>
  readonly insertLateBindings: Statement<LateBindingTable, unknown>
  /** Submissions by position, in no particular order. */
  readonly submissionsAt: Statement<number, SubmittedWork>
  /** Worlds by position, each submission's in the order named. */
  readonly worldsAt: Statement<number, NamedWorld>
  /** Ends the work that is still held under its claim, and gives the positions of that. */
  readonly endWork: Statement<EndedWork, { readonly position: number }>
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
          .onConflict((conflict) => conflict.columns(['position', 'world_id']).doNothing())
          .returning(['position', 'world_id']),
      parameters: (row) => Object.values(orderedWorld(row)),
      repeatable: false,
      isUrgent: true,
    }),
    insertLateBindings: createBatchStatement({
      build: (runner, rows) =>
        runner
          .insertInto('late_binding')
          .values(rows.map(({ position, world_id }) => ({ position, world_id })))
          .onConflict((conflict) => conflict.columns(['position', 'world_id']).doNothing()),
      parameters: ({ position, world_id }) => [position, world_id],
      repeatable: false,
      isUrgent: true,
    }),
    ...workStatements(),
  }
}

function workStatements(): Pick<SubmissionStatements, 'submissionsAt' | 'worldsAt' | 'endWork' | 'putPlans'> {
  return {
    submissionsAt: createBatchStatement({
      build: (runner, positions) =>
        runner
          .selectFrom('submission')
          .select(['strategy_id', 'position', 'context'])
          .where('position', 'in', positions),
      parameters: (position) => [position],
      repeatable: true,
      isUrgent: true,
    }),
    worldsAt: createBatchStatement({
      build: (runner, positions) =>
        runner
          .selectFrom('strategy_world')
          .select(['position', 'world_id'])
          .where('position', 'in', positions)
          .orderBy('position')
          .orderBy('ordinal')
          .orderBy('world_id'),
      parameters: (position) => [position],
      repeatable: true,
      isUrgent: true,
    }),
    endWork: createBatchStatement({
      build: (runner, ended) => ({
        compile: () =>
          sql<{ readonly position: number }>`
          update strategy set status = ended.status, due_at_ms = ended.due_at_ms, error = ended.error,
            history = strategy.history || ended.lines
          from (
            select column1 as position, column2 as attempts, column3 as status, column4 as due_at_ms,
              column5 as error, column6 as lines
            from (values ${sql.join(ended.map(endedValues))}) as given
          ) as ended
          where strategy.position = ended.position and strategy.attempts = ended.attempts
            and strategy.status = 'processing'
          returning strategy.position as position`.compile(runner),
      }),
      parameters: ({ position, attempts, status, dueAtMs, error, lines }) => {
        return [position, attempts, status, dueAtMs, error, lines]
      },
      repeatable: true,
      isUrgent: true,
    }),
    putPlans: createBatchStatement({
      build: (runner, rows) =>
        runner
          .insertInto('strategy_plan')
          .values(rows.map(({ position, plan }) => ({ position, plan })))
          .onConflict((conflict) =>
            conflict.column('position').doUpdateSet((eb) => ({ plan: eb.ref('excluded.plan') })),
          ),
      parameters: ({ position, plan }) => [position, plan],
      repeatable: false,
    }),
  }
}

/** With their types, which PostgreSQL does not guess in a list of values. */
function endedValues({ position, attempts, status, dueAtMs, error, lines }: EndedWork) {
  const number = (value: number | null) => sql`cast(${value} as bigint)`
  const text = (value: string | null) => sql`cast(${value} as text)`
  return sql`(${number(position)}, ${number(attempts)}, ${text(status)}, ${number(dueAtMs)}, ${text(error)}, ${text(lines)})`
}

// The statement's parameters come in the order of these members, whatever the order of the caller's.

function orderedSubmission(row: Insertable<SubmissionTable>) {
  const { strategy_id, dag_hash, name, version, node_ids_crc32, context } = row
  const { meta, warnings, submitted_by, submitted_at_ms, dag } = row
  return {
    ...{ strategy_id, dag_hash, name, version, node_ids_crc32, context },
    ...{ meta, warnings, submitted_by, submitted_at_ms, dag },
  }
}

function orderedStrategy({ position, status, attempts, due_at_ms, error, history }: StrategyTable) {
  return { position, status, attempts, due_at_ms, error, history }
}

function orderedWorld({ position, world_id, ordinal }: StrategyWorldTable) {
  return { position, world_id, ordinal }
}
