import { PostgresDialect, type Dialect } from 'kysely'
import pg from 'pg'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string
  /** The schema of this service; created when missing. Lower-case letters, digits and underscores. */
  readonly schema: string
  /** Connections at most; default 10. */
  readonly maxConnections?: number | undefined
}

/** A pool whose every connection sees the one schema, commits durably and returns the JavaScript types of the SQLite dialect. */
export function createPostgresPool(options: PostgresOptions, onIdleError: (thrown: unknown) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 5_000,
    application_name: `qmtl-${options.schema}`,
    options: [
      `-c search_path=${options.schema}`,
      '-c synchronous_commit=on',
      '-c TimeZone=UTC',
      '-c statement_timeout=60000',
      '-c idle_in_transaction_session_timeout=60000',
    ].join(' '),
    types: numberTypes(),
  })
  // Without a listener a connection that breaks while idle would end the process.
  pool.on('error', onIdleError)
  return pool
}

export function createPostgresDialect(pool: pg.Pool): Dialect {
  return new PostgresDialect({ pool })
}

const int8 = 20
const numeric = 1700 // the type of a sum of integers

function numberTypes(): InstanceType<typeof pg.TypeOverrides> {
  const types = new pg.TypeOverrides()
  types.setTypeParser(int8, parseNumber)
  types.setTypeParser(numeric, parseNumber)
  return types
}

function parseNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new RangeError(`${text} is too large for a JavaScript number; store it as text`)
  }
  return value
}
