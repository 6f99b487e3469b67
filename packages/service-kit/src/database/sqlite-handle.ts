export type SqliteValue = null | number | bigint | string | Uint8Array

/** The part of `node:sqlite`'s prepared statement that QMTL uses. */
export interface SqliteStatement {
  all(...parameters: readonly SqliteValue[]): never[]
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

export interface SqliteModule {
  readonly DatabaseSync: new (file: string) => SqliteHandle
}

/** What a connection asks of the thread; the first request opens the file, `close` is the last. */
export type SqliteRequest =
  | { readonly kind: 'open'; readonly file: string; readonly settings: string }
  | { readonly kind: 'statement'; readonly sql: string; readonly parameters: readonly SqliteValue[] }
  /** Begins a transaction. Where that fails, so does every statement until it is rolled back. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'close' }

/** The rows that a statement gives, or what it changed. */
export interface SqliteResult<Row> {
  readonly rows: Row[]
  readonly changes?: number | bigint
  readonly lastInsertRowid?: number | bigint
}

/** One per request, in the order of the requests. The caller names the type of its rows, as with every SQL driver. */
export type SqliteAnswer = { readonly result: SqliteResult<never> } | { readonly error: unknown }
