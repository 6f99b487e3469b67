import { createBatchStatement, type BatchStatement } from '@qmtl/service-kit'
import type { Insertable, Selectable } from 'kysely'
import type {
  GatewayTables,
  StrategyEventTable,
  StrategyPlanTable,
  StrategyTable,
  StrategyWorldTable,
  SubmissionTable,
} from '../database/tables.ts'

type Statement<Item, Row> = BatchStatement<GatewayTables, Item, Row>

/** What a submission is known by once it is in the log. */
export type InsertedSubmission = Pick<Selectable<SubmissionTable>, 'strategy_id' | 'position' | 'submitted_at_ms'>
/** A strategy and a world it is meant for. */
export type NamedWorld = Pick<StrategyWorldTable, 'strategy_id' | 'world_id'>

/** The statements of a submission's way through the log that take a list; they keep their text, so each database has its own. */
export interface SubmissionStatements {
  /** Gives those that were not in the log. */
  readonly insertSubmissions: Statement<Insertable<SubmissionTable>, InsertedSubmission>
  readonly insertStrategies: Statement<StrategyTable, unknown>
  readonly insertEvents: Statement<Insertable<StrategyEventTable>, unknown>
  /** Gives those that were not named before. */
  readonly insertWorlds: Statement<StrategyWorldTable, NamedWorld>
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
    insertEvents: createBatchStatement({
      build: (runner, rows) => runner.insertInto('strategy_event').values(rows.map(orderedEvent)),
      parameters: (row) => Object.values(orderedEvent(row)),
      repeatable: false,
      isUrgent: true,
    }),
    insertWorlds: createBatchStatement({
      build: (runner, rows) =>
        runner
          .insertInto('strategy_world')
          .values(rows.map(orderedWorld))
          .onConflict((conflict) => conflict.columns(['strategy_id', 'world_id']).doNothing())
          .returning(['strategy_id', 'world_id']),
      parameters: (row) => Object.values(orderedWorld(row)),
      repeatable: false,
      isUrgent: true,
    }),
    putPlans: createBatchStatement({
      build: (runner, rows) =>
        runner
          .insertInto('strategy_plan')
          .values(rows.map(({ strategy_id, plan }) => ({ strategy_id, plan })))
          .onConflict((conflict) =>
            conflict.column('strategy_id').doUpdateSet((eb) => ({ plan: eb.ref('excluded.plan') })),
          ),
      parameters: ({ strategy_id, plan }) => [strategy_id, plan],
      repeatable: false,
    }),
  }
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

function orderedStrategy({ strategy_id, position, status, attempts, due_at_ms, error }: StrategyTable) {
  return { strategy_id, position, status, attempts, due_at_ms, error }
}

function orderedEvent({ strategy_id, event, state, at_ms }: Insertable<StrategyEventTable>) {
  return { strategy_id, event, state, at_ms }
}

function orderedWorld({ strategy_id, world_id, ordinal, bound }: StrategyWorldTable) {
  return { strategy_id, world_id, ordinal, bound }
}
