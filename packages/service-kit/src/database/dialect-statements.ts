import {
  PostgresAdapter,
  sql,
  type CreateTableBuilder,
  type Kysely,
  type QueryExecutorProvider,
  type RawBuilder,
  type Simplify,
} from 'kysely'

/** The statements that must differ by dialect; everything else is SQL that both share. */

/** True when the statements of this executor run on PostgreSQL. */
function isPostgres(executor: QueryExecutorProvider): boolean {
  return executor.getExecutor().adapter instanceof PostgresAdapter
}

/** Adds the primary key `position`: whole numbers that grow by insertion and are never used twice (gaps are possible). */
export function withPositionColumn<Table extends string, Columns extends string>(
  executor: QueryExecutorProvider,
  table: CreateTableBuilder<Table, Columns>,
): CreateTableBuilder<Table, Columns | 'position'> {
  return isPostgres(executor)
    ? table.addColumn('position', 'bigint', (column) => column.generatedByDefaultAsIdentity().primaryKey())
    : table.addColumn('position', 'integer', (column) => column.primaryKey().autoIncrement())
}

/** Holds a named lock until the transaction ends, across processes. SQLite's transactions exclude each other already. */
export async function advisoryTransactionLock(trx: QueryExecutorProvider, name: string): Promise<void> {
  if (!isPostgres(trx)) return
  await sql`select pg_advisory_xact_lock(hashtext(current_schema()), hashtext(${name}))`.execute(trx)
}

/**
 * Runs `work` unless another process is running the work of this name on the same schema, and says whether it ran. The
 * right ends with the connection that holds it. A SQLite file has one process, so there it always runs.
 */
export async function withExclusiveTurn<Tables>(
  kysely: Kysely<Tables>,
  name: string,
  work: () => Promise<void>,
): Promise<boolean> {
  if (!isPostgres(kysely)) {
    await work()
    return true
  }
  return kysely.connection().execute(async (connection) => {
    const key = sql`hashtext(current_schema()), hashtext(${name})`
    const { rows } = await sql<{ held: boolean }>`select pg_try_advisory_lock(${key}) as held`.execute(connection)
    if (rows[0]?.held !== true) return false
    try {
      await work()
      return true
    } finally {
      await sql`select pg_advisory_unlock(${key})`.execute(connection)
    }
  })
}

/** Orders text by its bytes on both dialects, whatever the locale of the PostgreSQL database. */
export function inByteOrder(executor: QueryExecutorProvider, column: string): RawBuilder<string> {
  return isPostgres(executor) ? sql<string>`${sql.ref(column)} collate "C"` : sql<string>`${sql.ref(column)}`
}

export interface ClaimRequest {
  readonly table: string
  /** The column, or the columns, that name a row. */
  readonly key: string | readonly string[]
  /** Which rows may be claimed, such as sql`state = 'waiting' and due_at_ms <= ${nowMs}`. */
  readonly where: RawBuilder<unknown>
  readonly orderBy: RawBuilder<unknown>
  readonly limit: number
  /** What marks them as claimed, such as sql`state = 'running', lease_until_ms = ${untilMs}`. */
  readonly set: RawBuilder<unknown>
}

/**
 * Marks at most `limit` rows as claimed and returns them whole, in no particular order. Callers that claim at the same
 * time get different rows and do not wait for each other.
 */
export async function claimRows<Row>(executor: QueryExecutorProvider, request: ClaimRequest): Promise<Simplify<Row>[]> {
  const columns = typeof request.key === 'string' ? [request.key] : request.key
  const key = sql.join(columns.map((column) => sql.ref(column)))
  const skipLocked = isPostgres(executor) ? sql` for update skip locked` : sql``
  const { rows } = await sql<Simplify<Row>>`
    update ${sql.table(request.table)} set ${request.set} where (${key}) in (
      select ${key} from ${sql.table(request.table)} where ${request.where}
      order by ${request.orderBy} limit ${request.limit}${skipLocked}
    ) returning *`.execute(executor)
  return rows
}
