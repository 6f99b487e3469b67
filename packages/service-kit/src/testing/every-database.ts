import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, describe } from 'vitest'
import { openDatabase, type Database } from '../database/database.ts'

/** Opens a new, empty database. It is stopped and removed after the test. */
export type OpenTestDatabase = <Tables>() => Promise<Database<Tables>>

/** Where the tests look for PostgreSQL; `QMTL_TEST_POSTGRES_URL` names another place. */
export const testPostgresUrl = process.env['QMTL_TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'

/**
 * Runs a suite on SQLite (a temporary file) and on PostgreSQL (a schema of its own per database opened, dropped
 * afterwards). Where PostgreSQL does not answer its half is skipped, and fails when `CI` is set.
 */
export function describeOnEveryDatabase(name: string, suite: (open: OpenTestDatabase) => void): void {
  describe(`${name} on sqlite`, () => suite(sqliteOpener()))
  const skip = process.env['QMTL_TEST_POSTGRES'] === 'unreachable' && !process.env['CI']
  describe.skipIf(skip)(`${name} on postgres`, () => suite(postgresOpener()))
}

/** Opens temporary SQLite files, for suites that need one dialect only. Call it inside `describe`. */
export function sqliteOpener(): OpenTestDatabase {
  const cleanups: (() => Promise<void>)[] = []
  afterEach(() => runAll(cleanups))
  return async <Tables>() => {
    const folder = mkdtempSync(join(tmpdir(), 'qmtl-test-'))
    const database = await openDatabase<Tables>({ kind: 'sqlite', file: join(folder, 'test.db') })
    cleanups.push(async () => {
      await database.stop()
      rmSync(folder, { recursive: true, force: true })
    })
    return database
  }
}

let schemas = 0

/** Opens schemas of their own in the PostgreSQL of the tests. Call it inside `describe`. */
export function postgresOpener(): OpenTestDatabase {
  const cleanups: (() => Promise<void>)[] = []
  const admin = new pg.Pool({ connectionString: testPostgresUrl, max: 1 })
  afterEach(() => runAll(cleanups))
  afterAll(() => admin.end())
  return async <Tables>() => {
    const schema = `test_${process.pid}_${Math.floor(performance.timeOrigin)}_${++schemas}`
    const database = await openDatabase<Tables>({ kind: 'postgres', url: testPostgresUrl, schema, maxConnections: 4 })
    cleanups.push(async () => {
      await database.stop()
      await admin.query(`drop schema ${schema} cascade`)
    })
    return database
  }
}

async function runAll(cleanups: (() => Promise<void>)[]): Promise<void> {
  for (const cleanup of cleanups.splice(0)) await cleanup()
}
