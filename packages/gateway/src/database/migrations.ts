import { withPositionColumn, type Migration, type SchemaTransaction } from '@qmtl/service-kit'
import { instanceMigration, orderFactsMigration } from './order-facts-migration.ts'

/** Steps of the Gateway's schema. */
export const gatewayMigrations: readonly Migration[] = [
  { name: '0001-submission-log', up: createSubmissionTables },
  { name: '0002-orders', up: createOrderTables },
  orderFactsMigration,
  instanceMigration,
]

async function createSubmissionTables(trx: SchemaTransaction): Promise<void> {
  await withPositionColumn(trx, trx.schema.createTable('submission'))
    .addColumn('strategy_id', 'text', (column) => column.notNull().unique())
    .addColumn('dag_hash', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('node_ids_crc32', 'bigint', (column) => column.notNull())
    .addColumn('context', 'text', (column) => column.notNull())
    .addColumn('hints', 'text', (column) => column.notNull())
    .addColumn('meta', 'text', (column) => column.notNull())
    .addColumn('warnings', 'text', (column) => column.notNull())
    .addColumn('submitted_by', 'text', (column) => column.notNull())
    .addColumn('submitted_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('dag_size', 'bigint', (column) => column.notNull())
    // Last: what stands behind a long text in a row is read only by way of its pages.
    .addColumn('dag', 'text', (column) => column.notNull())
    .execute()
  // What belongs to a submission has its position, so that each row is written behind the last one.
  await withPositionColumn(trx, trx.schema.createTable('strategy'))
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('attempts', 'bigint', (column) => column.notNull())
    .addColumn('failures', 'bigint', (column) => column.notNull())
    .addColumn('due_at_ms', 'bigint')
    .addColumn('error', 'text')
    .addColumn('history', 'text', (column) => column.notNull())
    .execute()
  await createDueIndex(trx, 'strategy')
  await createWorldTable(trx, 'strategy_world')
    .addColumn('ordinal', 'bigint', (column) => column.notNull())
    .addColumn('attempts', 'bigint', (column) => column.notNull())
    .addColumn('failures', 'bigint', (column) => column.notNull())
    .addColumn('due_at_ms', 'bigint')
    .addColumn('dropped_at_ms', 'bigint')
    .addColumn('error', 'text')
    .execute()
  await createDueIndex(trx, 'strategy_world')
  await trx.schema
    .createIndex('strategy_world_by_world')
    .on('strategy_world')
    .columns(['world_id', 'position'])
    .execute()
  await createWorldTable(trx, 'strategy_plan')
    .addColumn('context', 'text', (column) => column.notNull())
    .addColumn('plan', 'text', (column) => column.notNull())
    .execute()
}

/** What is done leaves the index, which so is as large as the work that is left. */
async function createDueIndex(trx: SchemaTransaction, table: string): Promise<void> {
  await trx.schema
    .createIndex(`${table}_due`)
    .on(table)
    .columns(['due_at_ms', 'position'])
    .where('due_at_ms', 'is not', null)
    .execute()
}

function createWorldTable(trx: SchemaTransaction, table: string) {
  return trx.schema
    .createTable(table)
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addColumn('world_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${table}_key`, ['position', 'world_id'])
}

async function createOrderTables(trx: SchemaTransaction): Promise<void> {
  await withPositionColumn(trx, trx.schema.createTable('trade_order'))
    .addColumn('order_id', 'text', (column) => column.notNull().unique())
    .addColumn('client_order_id', 'text', (column) => column.notNull())
    .addColumn('world_id', 'text', (column) => column.notNull())
    .addColumn('strategy_id', 'text', (column) => column.notNull())
    .addColumn('venue', 'text', (column) => column.notNull())
    .addColumn('domain', 'text', (column) => column.notNull())
    .addColumn('instance', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('request', 'text', (column) => column.notNull())
    .addColumn('filled_quantity', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('trade_order_client', ['world_id', 'client_order_id'])
    .execute()
  await trx.schema.createIndex('trade_order_status').on('trade_order').columns(['status', 'position']).execute()
  await trx.schema
    .createIndex('trade_order_of')
    .on('trade_order')
    .columns(['world_id', 'strategy_id', 'position'])
    .execute()
  await withPositionColumn(trx, trx.schema.createTable('fill'))
    .addColumn('order_id', 'text', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('world_id', 'text', (column) => column.notNull())
    .addColumn('strategy_id', 'text', (column) => column.notNull())
    .addColumn('fill', 'text', (column) => column.notNull())
    .addUniqueConstraint('fill_sequence', ['order_id', 'sequence'])
    .execute()
  await trx.schema.createIndex('fill_of').on('fill').columns(['world_id', 'strategy_id', 'position']).execute()
  await trx.schema
    .createTable('order_refusal')
    .addColumn('world_id', 'text', (column) => column.notNull())
    .addColumn('strategy_id', 'text', (column) => column.notNull())
    .addColumn('code', 'text', (column) => column.notNull())
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('client_order_id', 'text', (column) => column.notNull())
    .addColumn('refusals', 'bigint', (column) => column.notNull())
    .addColumn('first_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('last_at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('order_refusal_key', ['world_id', 'strategy_id', 'code'])
    .execute()
}
