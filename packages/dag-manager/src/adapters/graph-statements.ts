import type { Compilable, Kysely } from 'kysely'
import type { KnownBinding, KnownNode, NodeRow, PlanRow, QueueRow, SentinelRow } from '../graph/records.ts'
import { createBatchStatement, type BatchStatement } from './batch-statement.ts'
import type { DagManagerTables, QueueSetRow, QueueTagRow } from './tables.ts'

type Reading<Row> = BatchStatement<DagManagerTables, string, Row>
type Writing<Row> = BatchStatement<DagManagerTables, Row, unknown>

/** Every statement of the store that takes a list. They keep their compiled form, so there is one set per database. */
export interface GraphStatements {
  readonly nodesById: Reading<KnownNode>
  readonly bindingsByKey: Reading<KnownBinding>
  readonly holdersByTopic: Reading<{ topic_key: string | null; topic: string | null; node_id: string }>
  readonly plansByStrategy: Reading<Pick<PlanRow, 'strategy_id' | 'plan_number' | 'context_key'>>
  readonly insertNodes: Writing<NodeRow>
  readonly insertQueues: Writing<QueueRow>
  readonly insertQueueTags: Writing<QueueTagRow>
  readonly insertPlans: Writing<PlanRow>
  readonly insertSentinels: Writing<SentinelRow>
  /** Counts one more change of each queue set, from 1. */
  readonly countSetChanges: Reading<QueueSetRow>
}

export function createGraphStatements(): GraphStatements {
  return {
    nodesById: reading((runner, ids) =>
      runner
        .selectFrom('nodes')
        .select(['node_id', 'code_hash', 'schema_hash', 'tags', 'buffering_since_ms'])
        .where('node_id', 'in', ids),
    ),
    bindingsByKey: reading((runner, keys) =>
      runner
        .selectFrom('queues')
        .select([
          'compute_key',
          'node_id',
          'topic',
          'interval',
          'tags',
          'world_id',
          'execution_domain',
          'as_of',
          'partition',
        ])
        .where('compute_key', 'in', keys),
    ),
    holdersByTopic: reading((runner, keys) =>
      runner.selectFrom('queues').select(['topic_key', 'topic', 'node_id']).where('topic_key', 'in', keys),
    ),
    plansByStrategy: reading((runner, ids) =>
      runner.selectFrom('plans').select(['strategy_id', 'plan_number', 'context_key']).where('strategy_id', 'in', ids),
    ),
    insertNodes: writing((runner, rows) => runner.insertInto('nodes').values(rows)),
    insertQueues: writing((runner, rows) => runner.insertInto('queues').values(rows)),
    insertQueueTags: writing((runner, rows) => runner.insertInto('queue_tags').values(rows)),
    insertPlans: writing((runner, rows) => runner.insertInto('plans').values(rows)),
    // A strategy has one sentinel, whatever number of contexts it has plans for.
    insertSentinels: writing((runner, rows) =>
      runner
        .insertInto('sentinels')
        .values(rows)
        .onConflict((conflict) => conflict.column('sentinel_id').doNothing()),
    ),
    countSetChanges: createBatchStatement({
      build: (runner, keys) =>
        runner
          .insertInto('queue_sets')
          .values(keys.map((set_key) => ({ set_key, state_version: 1 })))
          .onConflict((conflict) =>
            conflict.column('set_key').doUpdateSet((eb) => ({
              state_version: eb(eb.ref('queue_sets.state_version'), '+', eb.ref('excluded.state_version')),
            })),
          )
          .returning(['set_key', 'state_version']),
      parameters: (key) => [key, 1],
      repeatable: false,
    }),
  }
}

function reading<Row>(
  build: (runner: Kysely<DagManagerTables>, keys: readonly string[]) => Compilable<Row>,
): Reading<Row> {
  return createBatchStatement({ build, parameters: (key) => [key], repeatable: true })
}

/** Rows of one table are made in one place, so their members stand in one order: that of the statement. */
function writing<Row extends object>(
  build: (runner: Kysely<DagManagerTables>, rows: readonly Row[]) => Compilable,
): Writing<Row> {
  const parameters = (row: Row): readonly unknown[] => Object.values(row)
  return createBatchStatement({ build, parameters, repeatable: false })
}
