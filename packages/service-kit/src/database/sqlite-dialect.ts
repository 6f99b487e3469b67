import { QmtlError } from '@qmtl/contracts'
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'
import { createFairLock } from './fair-lock.ts'
import type { SqliteHandle, SqliteStatement, SqliteValue } from './sqlite-binding.ts'

const statementCacheSize = 256

/**
 * Kysely on one SQLite connection. Whoever holds the connection (a statement, or a transaction from begin to commit) has
 * it alone, in order of arrival, so transactions of concurrent callers never interleave. A statement on the database
 * itself inside a transaction would wait for its own transaction: after `timeoutMs` it fails with `E_TIMEOUT`.
 */
export function createSqliteDialect(handle: SqliteHandle, options: { readonly timeoutMs: number }): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(handle, options.timeoutMs),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

function createDriver(handle: SqliteHandle, timeoutMs: number): Driver {
  const lock = createFairLock({ what: 'the SQLite connection; inside a transaction use the transaction', timeoutMs })
  const statements = createStatementCache(handle)
  const releases = new WeakMap<DatabaseConnection, () => void>()
  const command = async (connection: DatabaseConnection, sql: string) => {
    await connection.executeQuery(CompiledQuery.raw(sql))
  }
  return {
    init: () => Promise.resolve(),
    async acquireConnection() {
      const release = await lock.acquire()
      const connection = createConnection(statements)
      releases.set(connection, release)
      return connection
    },
    beginTransaction: (connection) => command(connection, 'begin immediate'),
    commitTransaction: (connection) => command(connection, 'commit'),
    async rollbackTransaction() {
      // A commit that failed for want of space has undone itself; its own error says more than this one would.
      if (handle.isTransaction) handle.exec('rollback')
    },
    async releaseConnection(connection) {
      releases.get(connection)?.()
    },
    async destroy() {
      handle.close()
    },
  }
}

interface PreparedStatement {
  readonly statement: SqliteStatement
  readonly hasRows: boolean
}

interface StatementCache {
  prepare(sql: string): PreparedStatement
}

function createStatementCache(handle: SqliteHandle): StatementCache {
  const cache = new Map<string, PreparedStatement>()
  return {
    prepare(sql) {
      const known = cache.get(sql)
      if (known !== undefined) {
        // Moved to the end: the first entry is the one unused longest.
        cache.delete(sql)
        cache.set(sql, known)
        return known
      }
      const statement = handle.prepare(sql)
      const prepared = { statement, hasRows: statement.columns().length > 0 }
      cache.set(sql, prepared)
      const oldest = cache.keys().next()
      if (cache.size > statementCacheSize && oldest.done !== true) cache.delete(oldest.value)
      return prepared
    },
  }
}

function createConnection(statements: StatementCache): DatabaseConnection {
  return {
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      const { statement, hasRows } = statements.prepare(query.sql)
      const parameters = query.parameters.map(bindable)
      if (hasRows) {
        // Copies with a prototype, equal to what PostgreSQL's driver returns.
        return { rows: statement.all<Row>(...parameters).map((row) => ({ ...row })) }
      }
      const { changes, lastInsertRowid } = statement.run(...parameters)
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
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
