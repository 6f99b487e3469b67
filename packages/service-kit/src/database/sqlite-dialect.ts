import { QmtlError } from '@qmtl/contracts'
import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'
import { createFairLock } from './fair-lock.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import type { SqliteValue } from './sqlite-handle.ts'

/**
 * Kysely on one SQLite connection. Whoever holds the connection (a statement, or a transaction from begin to commit) has
 * it alone, in order of arrival, so transactions of concurrent callers never interleave. A statement on the database
 * itself inside a transaction would wait for its own transaction: after `timeoutMs` it fails with `E_TIMEOUT`.
 */
export function createSqliteDialect(file: SqliteConnection, options: { readonly timeoutMs: number }): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(file, options.timeoutMs),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

function createDriver(file: SqliteConnection, timeoutMs: number): Driver {
  const lock = createFairLock({ what: 'the SQLite connection; inside a transaction use the transaction', timeoutMs })
  const releases = new WeakMap<DatabaseConnection, () => void>()
  return {
    init: () => Promise.resolve(),
    async acquireConnection() {
      const release = await lock.acquire()
      const connection = createConnection(file)
      releases.set(connection, release)
      return connection
    },
    // The answer would say nothing that the first statement does not.
    beginTransaction: async () => file.begin(),
    async commitTransaction() {
      await file.execute('commit', [])
    },
    rollbackTransaction: () => file.rollback(),
    async releaseConnection(connection) {
      releases.get(connection)?.()
    },
    destroy: () => file.close(),
  }
}

function createConnection(file: SqliteConnection): DatabaseConnection {
  return {
    async executeQuery<Row>(query: CompiledQuery) {
      const { rows, changes, lastInsertRowid } = await file.execute<Row>(query.sql, query.parameters.map(bindable))
      if (changes === undefined || lastInsertRowid === undefined) return { rows }
      return { rows, numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
    },
    async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
      throw new QmtlError('E_INTERNAL', 'QMTL pages through tables by position; it does not stream queries')
    },
  }
}

/** The values that both dialects store alike. A truth is stored as 0 or 1, a time as epoch milliseconds, JSON as text. */
function bindable(value: unknown, index: number): SqliteValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  if (value instanceof Uint8Array) return value
  throw new TypeError(`SQL parameter ${index + 1} is a ${typeof value}; use text, a number, a bigint, bytes or null`)
}
