import type { Migration, SchemaTransaction } from '@qmtl/service-kit'
import { sql } from 'kysely'
import type { NodeRow, PlanRow, QueueRow, SentinelRow } from '../graph/records.ts'

/** One tag of one queue: by it tag queries find the queue. */
export interface QueueTagRow {
  readonly tag: string
  readonly interval: number
  /** That of the queue. */
  readonly context: string
  readonly queue_position: number
}

/** The counter of a queue set: how often the list of queues with one tag set changed in one context. */
export interface QueueSetRow {
  readonly set_key: string
  readonly state_version: number
}

export interface DagManagerTables {
  nodes: NodeRow
  queues: QueueRow
  queue_tags: QueueTagRow
  queue_sets: QueueSetRow
  plans: PlanRow
  sentinels: SentinelRow
}

/** The schema of the graph; steps are only ever added. */
export const graphMigrations: readonly Migration[] = [
  {
    name: '0001-strategy-graph',
    async up(trx) {
      await createNodes(trx)
      await createQueues(trx)
      await createPlans(trx)
    },
  },
]

/** Nodes, found by their ids. */
async function createNodes({ schema }: SchemaTransaction): Promise<void> {
  await schema
    .createTable('nodes')
    // `integer` makes it SQLite's own row number; positions fit into 32 bits.
    .addColumn('position', 'integer', (column) => column.primaryKey())
    .addColumn('node_id', 'text', (column) => column.notNull().unique())
    .addColumn('node_type', 'text', (column) => column.notNull())
    .addColumn('interval', 'bigint', (column) => column.notNull())
    .addColumn('period', 'bigint', (column) => column.notNull())
    .addColumn('schema_hash', 'text', (column) => column.notNull())
    .addColumn('code_hash', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('buffering_since_ms', 'bigint')
    .execute()
}

/** Bindings and their topics, and what tag queries read. */
async function createQueues({ schema }: SchemaTransaction): Promise<void> {
  await schema
    .createTable('queues')
    .addColumn('position', 'integer', (column) => column.primaryKey())
    .addColumn('node_position', 'integer', (column) => column.notNull())
    .addColumn('compute_key', 'text', (column) => column.notNull())
    .addColumn('topic', 'text')
    .addColumn('context', 'text', (column) => column.notNull())
    .addColumn('settings', 'text')
    .addColumn('tags', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    // New queues belong to new nodes for the most part, so this index grows at its end.
    .addUniqueConstraint('queues_key', ['node_position', 'compute_key'])
    .execute()
  await schema
    .createIndex('queues_topic')
    .on('queues')
    .expression(sql`lower(topic)`)
    .unique()
    .execute()
  await schema
    .createTable('queue_tags')
    .addColumn('tag', 'text', (column) => column.notNull())
    .addColumn('interval', 'bigint', (column) => column.notNull())
    .addColumn('context', 'text', (column) => column.notNull())
    .addColumn('queue_position', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('queue_tags_key', ['tag', 'interval', 'context', 'queue_position'])
    .execute()
  await schema
    .createTable('queue_sets')
    .addColumn('set_key', 'text', (column) => column.primaryKey())
    .addColumn('state_version', 'bigint', (column) => column.notNull())
    .execute()
}

/** Plans and the versions they belong to. */
async function createPlans({ schema }: SchemaTransaction): Promise<void> {
  await schema
    .createTable('plans')
    .addColumn('strategy_id', 'text', (column) => column.notNull())
    .addColumn('plan_number', 'bigint', (column) => column.notNull())
    .addColumn('context_key', 'text', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('plans_number', ['strategy_id', 'plan_number'])
    .addUniqueConstraint('plans_context', ['strategy_id', 'context_key'])
    .execute()
  await schema
    .createTable('sentinels')
    .addColumn('sentinel_id', 'text', (column) => column.primaryKey())
    .addColumn('strategy_id', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('world_id', 'text')
    .addColumn('traffic_weight', 'double precision', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .execute()
}
