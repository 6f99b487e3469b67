import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { QmtlError } from '@qmtl/contracts'
import { openSqliteFile, type SqliteHandle } from './sqlite-binding.ts'

/**
 * Takes the exclusive right to a SQLite file, or throws `E_DATABASE_LOCKED` naming the file and the process that has it.
 *
 * The right is an operating system lock on a file beside the database (an exclusive transaction on an empty SQLite file),
 * so it ends with the process however that ends: nothing can go stale. The process id stands in another file, because
 * reading and closing a file would drop the locks this process holds on it. Readers of the database itself, such as the
 * `sqlite3` shell, are not kept out.
 */
export function lockSqliteFile(file: string): () => void {
  const holderFile = `${file}.pid`
  const lock = openSqliteFile(`${file}.lock`)
  try {
    // Held in memory, the transaction leaves no journal behind when the process is killed.
    lock.exec('pragma busy_timeout = 0; pragma journal_mode = memory; begin exclusive')
  } catch (cause) {
    lock.close()
    if (!isBusy(cause)) throw cause
    const holder = readHolder(holderFile)
    throw new QmtlError('E_DATABASE_LOCKED', `${file} is in use by ${holder}`, { cause, details: { file, holder } })
  }
  writeFileSync(holderFile, `${process.pid}\n`)
  return () => unlock(lock, holderFile)
}

function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.message.includes('database is locked')
}

function unlock(lock: SqliteHandle, holderFile: string): void {
  rmSync(holderFile, { force: true })
  lock.close()
}

function readHolder(holderFile: string): string {
  try {
    return `process ${readFileSync(holderFile, 'utf8').trim()}`
  } catch {
    // The holder is between taking the lock and naming itself.
    return 'another process'
  }
}
