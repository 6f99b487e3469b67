import { QmtlError } from '@qmtl/contracts'
import type { CompiledQuery, DatabaseConnection, Dialect, Driver } from 'kysely'

/**
 * A dialect whose connections refuse what the database would take without a word: a statement that comes after the end of
 * its transaction (it would be kept though the transaction was undone, or land in another one), and values that it would
 * store as something else.
 */
export function guardDialect(dialect: Dialect): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => guardDriver(dialect.createDriver()),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  }
}

interface GuardedConnection extends DatabaseConnection {
  readonly inner: DatabaseConnection
  /** From here on every statement is late. */
  end(): void
}

function guardDriver(driver: Driver): Driver {
  const guarded = new WeakMap<DatabaseConnection, GuardedConnection>()
  const of = (connection: DatabaseConnection): GuardedConnection => {
    const found = guarded.get(connection)
    if (found === undefined) throw new TypeError('the connection is of another driver')
    return found
  }
  return {
    init: () => driver.init(),
    async acquireConnection() {
      const connection = guardConnection(await driver.acquireConnection())
      guarded.set(connection, connection)
      return connection
    },
    beginTransaction: (connection, settings) => driver.beginTransaction(of(connection).inner, settings),
    async commitTransaction(connection) {
      of(connection).end()
      await driver.commitTransaction(of(connection).inner)
    },
    async rollbackTransaction(connection) {
      of(connection).end()
      await driver.rollbackTransaction(of(connection).inner)
    },
    async releaseConnection(connection) {
      of(connection).end()
      await driver.releaseConnection(of(connection).inner)
    },
    destroy: () => driver.destroy(),
  }
}

function guardConnection(inner: DatabaseConnection): GuardedConnection {
  let isOver = false
  return {
    inner,
    end() {
      isOver = true
    },
    async executeQuery<Row>(query: CompiledQuery) {
      if (isOver) {
        throw new QmtlError('E_INTERNAL', 'a statement came after the end of its transaction; await it inside the work')
      }
      for (const [index, value] of query.parameters.entries()) checkParameter(value, index)
      return inner.executeQuery<Row>(query)
    },
    streamQuery: <Row>(query: CompiledQuery, chunkSize?: number) => inner.streamQuery<Row>(query, chunkSize),
  }
}

function checkParameter(value: unknown, index: number): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError(`SQL parameter ${index + 1} is ${value}; what does not exist is null`)
  }
  if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())) {
    throw new TypeError(`SQL parameter ${index + 1} holds the character 0 or half a character`)
  }
}
