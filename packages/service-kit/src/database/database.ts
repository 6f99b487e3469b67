import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { messageOf, QmtlError } from '@qmtl/contracts'
import { Kysely, type Transaction } from 'kysely'
import { isSerializationFailure, isUniqueViolation } from './database-faults.ts'
import { guardDialect } from './guarded-driver.ts'
import type { PostgresOptions } from './postgres-dialect.ts'
import { openSqliteFile, type SqliteHandle } from './sqlite-binding.ts'
import { createSqliteDialect } from './sqlite-dialect.ts'
import { lockSqliteFile } from './sqlite-lock.ts'

export type DatabaseOptions =
  { readonly kind: 'sqlite'; readonly file: string } | ({ readonly kind: 'postgres' } & PostgresOptions)

/** The one store of a service. Stop it after everything that uses it. */
export interface Database<Tables> {
  readonly kind: DatabaseOptions['kind']
  /** For single statements and reads. Inside a transaction use the transaction. */
  readonly kysely: Kysely<Tables>
  /**
   * Runs `work` in one transaction that sees and leaves the database as if it ran alone: one after the other on SQLite,
   * serializable on PostgreSQL, where it runs again (ten times at most) when a concurrent one won. So `work` has no
   * effect but on the transaction. It is committed, durably, when the promise resolves, and undone when `work` throws.
   */
  transaction<Result>(work: (trx: Transaction<Tables>) => Promise<Result>): Promise<Result>
  /** Closes the connections after the statements under way; idempotent. */
  stop(): Promise<void>
}

export interface OpenDatabaseOptions {
  /** Told when an idle PostgreSQL connection breaks; the pool replaces it. */
  readonly onConnectionLost?: (thrown: unknown) => void
}

/**
 * Opens a SQLite file (made with its folder when missing; this process alone may have it open) or one schema of a
 * PostgreSQL database. Errors: `E_DATABASE_LOCKED`, `E_DATABASE_UNAVAILABLE`.
 */
export async function openDatabase<Tables>(
  options: DatabaseOptions,
  { onConnectionLost = () => undefined }: OpenDatabaseOptions = {},
): Promise<Database<Tables>> {
  return options.kind === 'sqlite' ? openSqlite(options.file) : openPostgres(options, onConnectionLost)
}

const connectionTimeoutMs = 30_000

// PostgreSQL's LIKE tells cases apart; so does this one.
const settings = `
  pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 5000;
  pragma case_sensitive_like = on; pragma cache_size = -16000; pragma temp_store = memory`

function openSqlite<Tables>(file: string): Database<Tables> {
  const { handle, unlock } = openLocked(file)
  const kysely = new Kysely<Tables>({
    dialect: guardDialect(createSqliteDialect(handle, { timeoutMs: connectionTimeoutMs })),
  })
  return {
    kind: 'sqlite',
    kysely,
    transaction: (work) => kysely.transaction().execute(work),
    stop: once(async () => {
      await kysely.destroy()
      unlock()
    }),
  }
}

function openLocked(file: string): { readonly handle: SqliteHandle; readonly unlock: () => void } {
  let undo = (): void => undefined
  try {
    mkdirSync(dirname(file), { recursive: true })
    const unlock = lockSqliteFile(file)
    undo = unlock
    const handle = openSqliteFile(file)
    undo = () => {
      handle.close()
      unlock()
    }
    handle.exec(settings)
    return { handle, unlock }
  } catch (cause) {
    undo()
    if (cause instanceof QmtlError) throw cause
    throw new QmtlError('E_DATABASE_UNAVAILABLE', `${file} cannot be opened: ${messageOf(cause)}`, { cause })
  }
}

const schemaName = /^[a-z][a-z0-9_]{0,62}$/
const transactionAttempts = 10

async function openPostgres<Tables>(
  options: PostgresOptions,
  onConnectionLost: (thrown: unknown) => void,
): Promise<Database<Tables>> {
  if (!schemaName.test(options.schema)) {
    throw new QmtlError(
      'E_INVALID_CONFIG',
      `schema '${options.schema}' is not lower-case letters, digits and underscores`,
    )
  }
  // Loaded here, so that a process on SQLite does not pay for the driver.
  const { createPostgresDialect, createPostgresPool } = await import('./postgres-dialect.ts')
  const pool = createPostgresPool(options, onConnectionLost)
  try {
    await createSchema(pool, options.schema)
  } catch (cause) {
    await pool.end()
    const place = new URL(options.url).host
    throw new QmtlError('E_DATABASE_UNAVAILABLE', `PostgreSQL at ${place}: ${messageOf(cause)}`, { cause })
  }
  const kysely = new Kysely<Tables>({ dialect: guardDialect(createPostgresDialect(pool)) })
  return {
    kind: 'postgres',
    kysely,
    transaction: (work) => runSerializable(kysely, work),
    stop: once(() => kysely.destroy()),
  }
}

async function createSchema(pool: { query(sql: string): Promise<unknown> }, schema: string): Promise<void> {
  try {
    await pool.query(`create schema if not exists ${schema}`)
  } catch (thrown) {
    // Two processes that create it at once: the second finds the name taken.
    if (!isUniqueViolation(thrown)) throw thrown
  }
}

async function runSerializable<Tables, Result>(
  kysely: Kysely<Tables>,
  work: (trx: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await kysely.transaction().setIsolationLevel('serializable').execute(work)
    } catch (thrown) {
      if (!isSerializationFailure(thrown) || attempt === transactionAttempts) throw thrown
      await wait(Math.random() * 5 * 2 ** attempt)
    }
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= work())
}
