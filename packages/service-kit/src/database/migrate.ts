import { QmtlError } from '@qmtl/contracts'
import { sql, type QueryExecutorProvider, type SchemaModule } from 'kysely'
import type { Database } from './database.ts'
import { advisoryTransactionLock } from './dialect-statements.ts'

/** What a migration works with: Kysely's schema builder, and anything that `sql` can run on. */
export interface SchemaTransaction extends QueryExecutorProvider {
  readonly schema: SchemaModule
}

/** One step of a schema: SQL that both dialects share, or the named statements of this folder. Never changed once released. */
export interface Migration {
  /** Unique and sorting in order of application, such as `0001-nodes`. */
  readonly name: string
  up(trx: SchemaTransaction): Promise<void>
}

/**
 * Brings a database to the given migrations, in order, all in one transaction, and returns the names applied now. Several
 * processes may call it at once. `E_MIGRATION` when the database has a step that this release does not know, or knows
 * elsewhere in the order: it was written by a newer release.
 */
export async function migrate<Tables>(
  database: Database<Tables>,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  return database.kysely.transaction().execute(async (trx) => {
    await advisoryTransactionLock(trx, 'qmtl_migration')
    await sql`create table if not exists qmtl_migration (step integer primary key, name text not null)`.execute(trx)
    const done = await sql<{ name: string }>`select name from qmtl_migration order by step`.execute(trx)
    const pending = pendingOf(
      migrations,
      done.rows.map(({ name }) => name),
    )
    for (const [offset, migration] of pending.entries()) {
      await migration.up(trx)
      await sql`insert into qmtl_migration (step, name) values (${done.rows.length + offset + 1}, ${migration.name})`.execute(
        trx,
      )
    }
    return pending.map(({ name }) => name)
  })
}

function pendingOf(migrations: readonly Migration[], done: readonly string[]): readonly Migration[] {
  for (const [step, name] of done.entries()) {
    const expected = migrations[step]?.name
    if (expected === name) continue
    const known = expected === undefined ? 'none' : `'${expected}'`
    throw new QmtlError('E_MIGRATION', `step ${step + 1} of the database is '${name}', of this release ${known}`)
  }
  return migrations.slice(done.length)
}
