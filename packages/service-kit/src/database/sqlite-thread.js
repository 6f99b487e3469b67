// @ts-check
// The thread in which SQLite works, so that a disk that is slow to sync holds up nothing but its own statement. In plain
// JavaScript because a thread begins before anything could erase types.
import { parentPort } from 'node:worker_threads'
import { openSqliteFile } from './sqlite-binding.js'

/** @typedef {import('./sqlite-handle.ts').SqliteHandle} SqliteHandle */
/** @typedef {import('./sqlite-handle.ts').SqliteRequest} SqliteRequest */

const statementCacheSize = 256

// Each message is the port of one connection.
parentPort?.on('message', serve)

/** @param {import('node:worker_threads').MessagePort} port */
function serve(port) {
  /** @type {ReturnType<typeof openConnection> | undefined} */
  let connection
  port.on('message', (/** @type {SqliteRequest} */ request) => {
    try {
      if (request.kind === 'open') connection = openConnection(request)
      port.postMessage({ result: connection?.perform(request) })
    } catch (error) {
      port.postMessage({ error })
    }
  })
}

/** @param {SqliteRequest & { kind: 'open' }} request */
function openConnection({ file, settings }) {
  const handle = openSqliteFile(file)
  try {
    handle.exec(settings)
  } catch (error) {
    handle.close()
    throw error
  }
  const prepare = createStatementCache(handle)
  /** @type {{ error: unknown } | undefined} Why the transaction could not begin. */
  let failure

  /** @param {SqliteRequest & { kind: 'statement' }} request */
  function run({ sql, parameters }) {
    if (failure !== undefined) throw failure.error
    const { statement, hasRows } = prepare(sql)
    return hasRows ? { rows: statement.all(...parameters) } : { rows: [], ...statement.run(...parameters) }
  }

  function begin() {
    try {
      handle.exec('begin immediate')
    } catch (error) {
      failure = { error }
    }
  }

  function rollback() {
    failure = undefined
    // A commit that failed for want of space has undone itself; its own error says more than this one would.
    if (handle.isTransaction) handle.exec('rollback')
  }

  return {
    /**
     * @param {SqliteRequest} request
     * @returns {import('./sqlite-handle.ts').SqliteResult<never>}
     */
    perform(request) {
      if (request.kind === 'statement') return run(request)
      if (request.kind === 'begin') begin()
      if (request.kind === 'rollback') rollback()
      if (request.kind === 'close') handle.close()
      return { rows: [] }
    },
  }
}

/** @param {SqliteHandle} handle */
function createStatementCache(handle) {
  /** @type {Map<string, { statement: import('./sqlite-handle.ts').SqliteStatement, hasRows: boolean }>} */
  const cache = new Map()
  return (/** @type {string} */ sql) => {
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
  }
}
