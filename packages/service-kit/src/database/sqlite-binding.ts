import { createRequire } from 'node:module'

export type SqliteValue = null | number | bigint | string | Uint8Array

/** The part of `node:sqlite`'s prepared statement that QMTL uses. */
export interface SqliteStatement {
  /** The caller names the row type, as with every SQL driver; rows come without a prototype. */
  all<Row>(...parameters: readonly SqliteValue[]): Row[]
  run(...parameters: readonly SqliteValue[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  columns(): readonly unknown[]
}

/** The part of `node:sqlite`'s database that QMTL uses. */
export interface SqliteHandle {
  readonly isTransaction: boolean
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  close(): void
}

interface SqliteModule {
  readonly DatabaseSync: new (file: string) => SqliteHandle
}

let loaded: SqliteModule | undefined

/** Opens a SQLite file by the API of `node:sqlite`: Node's own where it is complete, else the package with its binaries. */
export function openSqliteFile(file: string): SqliteHandle {
  loaded ??= loadSqlite()
  return new loaded.DatabaseSync(file)
}

function loadSqlite(): SqliteModule {
  const builtIn: unknown = process.getBuiltinModule('node:sqlite')
  if (isSqliteModule(builtIn)) return builtIn
  const require = createRequire(import.meta.url)
  const installed: unknown = require('@photostructure/sqlite')
  if (isSqliteModule(installed)) return installed
  throw new TypeError('neither node:sqlite nor @photostructure/sqlite has the API that QMTL needs')
}

/** Early releases of `node:sqlite` lack `columns`, by which a statement with rows is told from one without, and `isTransaction`. */
function isSqliteModule(value: unknown): value is SqliteModule {
  if (typeof value !== 'object' || value === null) return false
  if (!('DatabaseSync' in value) || typeof value.DatabaseSync !== 'function') return false
  if (!('StatementSync' in value) || typeof value.StatementSync !== 'function') return false
  return prototypeHas(value.StatementSync, 'columns') && prototypeHas(value.DatabaseSync, 'isTransaction')
}

function prototypeHas(constructor: object, member: string): boolean {
  const prototype: unknown = 'prototype' in constructor ? constructor.prototype : undefined
  return typeof prototype === 'object' && prototype !== null && member in prototype
}
