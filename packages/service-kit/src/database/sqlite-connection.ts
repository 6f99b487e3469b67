import { MessageChannel, Worker } from 'node:worker_threads'
import type { SqliteAnswer, SqliteRequest, SqliteResult, SqliteValue } from './sqlite-handle.ts'

/** A SQLite file, open in the thread where SQLite works. Requests are done one after the other, in their order. */
export interface SqliteConnection {
  /** Runs one statement, which stays prepared. */
  execute<Row>(sql: string, parameters: readonly SqliteValue[]): Promise<SqliteResult<Row>>
  /** Begins a transaction, without waiting: where that fails, so do the statements that follow. */
  begin(): void
  /** Undoes the transaction, where there is one. */
  rollback(): Promise<void>
  close(): Promise<void>
}

interface Pending {
  readonly resolve: (result: SqliteResult<never>) => void
  readonly reject: (thrown: unknown) => void
}

/** Opens a SQLite file and runs `settings` on it. Throws what SQLite throws. */
export async function openSqliteConnection(file: string, settings: string): Promise<SqliteConnection> {
  const { send, close } = openChannel()
  try {
    await send({ kind: 'open', file, settings })
  } catch (thrown) {
    close()
    throw thrown
  }
  return {
    execute: <Row>(sql: string, parameters: readonly SqliteValue[]) =>
      send<Row>({ kind: 'statement', sql, parameters }),
    begin() {
      send({ kind: 'begin' }).catch(() => undefined)
    },
    async rollback() {
      await send({ kind: 'rollback' })
    },
    async close() {
      await send({ kind: 'close' })
      close()
    },
  }
}

interface Channel {
  /** Answers come in the order of the requests. */
  send<Row>(request: SqliteRequest): Promise<SqliteResult<Row>>
  close(): void
}

function openChannel(): Channel {
  const { port1: port, port2 } = new MessageChannel()
  const waiting: Pending[] = []
  port.on('message', (answer: SqliteAnswer) => {
    const pending = waiting.shift()
    // The process may end only when nothing is waited for.
    if (waiting.length === 0) port.unref()
    if ('error' in answer) pending?.reject(answer.error)
    else pending?.resolve(answer.result)
  })
  port.on('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('database is not open: its thread has ended'))
  })
  port.unref()
  sqliteThread().postMessage(port2, [port2])
  return {
    send: <Row>(request: SqliteRequest) =>
      new Promise<SqliteResult<Row>>((resolve, reject) => {
        if (waiting.length === 0) port.ref()
        waiting.push({ resolve, reject })
        port.postMessage(request)
      }),
    close: () => port.close(),
  }
}

let thread: Worker | undefined

/** One thread for all files of a process: a thread costs memory, and one keeps up with the disk. Its failure ends the process. */
function sqliteThread(): Worker {
  if (thread === undefined) {
    thread = new Worker(new URL('./sqlite-thread.js', import.meta.url), {
      name: 'sqlite',
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    })
    thread.unref()
  }
  return thread
}
