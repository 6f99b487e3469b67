import { createBatchStatement, type BatchStatement } from '@qmtl/service-kit'
import { sql, type Compilable, type Kysely } from 'kysely'
import type { KnownBinding, KnownNode, NodeRow, PlanRow, QueueRow, SentinelRow } from '../graph/records.ts'
import type { DagManagerTables, QueueSetRow, QueueTagRow } from './tables.ts'

type Reading<Row> = BatchStatement<DagManagerTables, string, Row>
type Writing<Row> = BatchStatement<DagManagerTables, Row, unknown>

/** Where a binding is found: the position of its node and its compute key. */
export interface BindingKey {
  readonly position: number
  readonly computeKey: string
}

/** Every statement of the store that takes a list. They keep their compiled form, so there is one set per database. */
export interface GraphStatements {
  readonly nodesById: Reading<KnownNode>
  readonly bindingsByKey: BatchStatement<DagManagerTables, BindingKey, KnownBinding>
  /** By their topics in lower case. */
  readonly holdersByTopic: Reading<Pick<QueueRow, 'topic'> & Pick<NodeRow, 'node_id'>>
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
        .select(['position', 'node_id', 'code_hash', 'schema_hash', 'buffering_since_ms'])
        .where('node_id', 'in', ids),
    ),
    bindingsByKey: createBatchStatement({
      build: (runner, keys) =>
        runner
          .selectFrom('queues')
          .select(['position', 'compute_key', 'topic', 'context', 'tags'])
          .where(sql<boolean>`(node_position, compute_key) in (values ${sql.join(keys.map(bindingKeyValues))})`),
      parameters: ({ position, computeKey }) => [position, computeKey],
      repeatable: true,
    }),
    holdersByTopic: reading((runner, keys) =>
      runner
        .selectFrom('queues')
        .innerJoin('nodes', 'nodes.position', 'queues.node_position')
        .select(['queues.topic', 'nodes.node_id'])
        .where(sql<string>`lower(queues.topic)`, 'in', keys),
    ),
    plansByStrategy: reading((runner, ids) =>
      runner.selectFrom('plans').select(['strategy_id', 'plan_number', 'context_key']).where('strategy_id', 'in', ids),
    ),
    insertNodes: writing((runner, rows) => runner.insertInto('nodes').values(rows)),
    insertQueues: writing((runner, rows) => runner.insertInto('queues').values(rows)),
    // Of a queue with new tags the others are there already.
    insertQueueTags: writing((runner, rows) =>
      runner
        .insertInto('queue_tags')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing()),
    ),
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

/** PostgreSQL takes a parameter for text unless told otherwise. */
function bindingKeyValues({ position, computeKey }: BindingKey) {
  return sql`(cast(${position} as integer), ${computeKey})`
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
