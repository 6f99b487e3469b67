import { migrate, type Database, type Migration } from '@qmtl/service-kit'
import type { CheckpointStore } from '@qmtl/sdk'

/** Tables of the runner's own database. */
export interface RunnerTables {
  checkpoint: {
    /** World that was worked on. */
    world_id: string
    /** Close time of the last bar worked through, epoch milliseconds. */
    close_time_ms: number
  }
}

const migrations: readonly Migration[] = [
  {
    name: '0001-checkpoint',
    up: async (trx) => {
      await trx.schema
        .createTable('checkpoint')
        .addColumn('world_id', 'text', (column) => column.primaryKey())
        .addColumn('close_time_ms', 'bigint', (column) => column.notNull())
        .execute()
    },
  },
]

/** Checkpoints in a database, one row per world. */
export async function createCheckpointStore(database: Database<RunnerTables>): Promise<CheckpointStore> {
  await migrate(database, migrations)
  return {
    async load(worldId) {
      const query = database.kysely.selectFrom('checkpoint').select('close_time_ms').where('world_id', '=', worldId)
      return (await query.executeTakeFirst())?.close_time_ms
    },
    async save(worldId, closeTimeMs) {
      await database.kysely
        .insertInto('checkpoint')
        .values({ world_id: worldId, close_time_ms: closeTimeMs })
        .onConflict((conflict) => conflict.column('world_id').doUpdateSet({ close_time_ms: closeTimeMs }))
        .execute()
    },
  }
}
