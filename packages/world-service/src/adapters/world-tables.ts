import { outboxMigration, type Migration } from '@qmtl/service-kit'
import { sql } from 'kysely'

/**
 * The tables of WorldService. Documents are JSON text under the schemas of `@qmtl/contracts`; beside them stand only the
 * members that statements look at.
 */
export interface WorldTables {
  world: {
    world_id: string
    world: string
    /** JSON list of the strategies that the last apply made active. */
    decisions: string
    activation_version: number
    epoch_since: string
    /** Number of audit entries, and the `seq` of the last one. */
    audit_seq: number
  }
  policy_version: { world_id: string; version: number; policy: string }
  binding: { world_id: string; strategy_id: string; bound_at: string }
  activation: { world_id: string; strategy_id: string; side: string; entry: string }
  evidence: {
    world_id: string
    strategy_id: string
    stage: string
    runner_id: string
    stored_at: string
    record: string
  }
  /** `is_open` is 1 while the apply holds its world. */
  apply_run: { world_id: string; run_id: string; is_open: number; state: string }
  audit: {
    world_id: string
    seq: number
    actor: string
    event: string
    correlation_id: string
    ts: string
    data: string
  }
}

const tables: Migration = {
  name: '0001-worlds',
  async up(trx) {
    await trx.schema
      .createTable('world')
      .addColumn('world_id', 'text', (column) => column.primaryKey())
      .addColumn('world', 'text', (column) => column.notNull())
      .addColumn('decisions', 'text', (column) => column.notNull())
      .addColumn('activation_version', 'bigint', (column) => column.notNull())
      .addColumn('epoch_since', 'text', (column) => column.notNull())
      .addColumn('audit_seq', 'bigint', (column) => column.notNull())
      .execute()
    await trx.schema
      .createTable('policy_version')
      .addColumn('world_id', 'text', (column) => column.notNull())
      .addColumn('version', 'bigint', (column) => column.notNull())
      .addColumn('policy', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('policy_version_key', ['world_id', 'version'])
      .execute()
    await trx.schema
      .createTable('binding')
      .addColumn('world_id', 'text', (column) => column.notNull())
      .addColumn('strategy_id', 'text', (column) => column.notNull())
      .addColumn('bound_at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('binding_key', ['world_id', 'strategy_id'])
      .execute()
    await trx.schema
      .createTable('activation')
      .addColumn('world_id', 'text', (column) => column.notNull())
      .addColumn('strategy_id', 'text', (column) => column.notNull())
      .addColumn('side', 'text', (column) => column.notNull())
      .addColumn('entry', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('activation_key', ['world_id', 'strategy_id', 'side'])
      .execute()
    await trx.schema
      .createTable('evidence')
      .addColumn('world_id', 'text', (column) => column.notNull())
      .addColumn('strategy_id', 'text', (column) => column.notNull())
      .addColumn('stage', 'text', (column) => column.notNull())
      .addColumn('runner_id', 'text', (column) => column.notNull())
      .addColumn('stored_at', 'text', (column) => column.notNull())
      .addColumn('record', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('evidence_key', ['world_id', 'strategy_id', 'stage'])
      .execute()
    await trx.schema
      .createTable('apply_run')
      .addColumn('world_id', 'text', (column) => column.notNull())
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('is_open', 'bigint', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('apply_run_key', ['world_id', 'run_id'])
      .execute()
    // Single flight, whatever the code above it does: a second open apply of a world cannot be written.
    await sql`create unique index apply_run_open on apply_run (world_id) where is_open = 1`.execute(trx)
    await trx.schema
      .createTable('audit')
      .addColumn('world_id', 'text', (column) => column.notNull())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('correlation_id', 'text', (column) => column.notNull())
      .addColumn('ts', 'text', (column) => column.notNull())
      .addColumn('data', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('audit_key', ['world_id', 'seq'])
      .execute()
  },
}

/** All steps of the schema, in order. */
export const worldMigrations: readonly Migration[] = [outboxMigration, tables]
