import { QmtlError } from '@qmtl/contracts'
import { isDatabaseOutage } from './database-faults.ts'

export interface GroupCommitOptions<Row, Result> {
  /**
   * Writes the rows in one transaction, durably, and returns one result per row in the same order. It may see a row
   * again after a failure, so it must be idempotent by the row's key.
   */
  write(rows: readonly Row[]): Promise<readonly Result[]>
  /** Rows per commit at most; default 256. */
  readonly maxRows?: number
  /** Rows that may wait; the next one is refused with `E_DEGRADED`. Default 10,000. */
  readonly capacity?: number
  /** True for a failure that no row caused, so that trying the rows one by one is useless. Default `isDatabaseOutage`. */
  readonly isOutage?: (thrown: unknown) => boolean
}

/** Appends whose concurrent callers share one commit. */
export interface GroupCommit<Row, Result> {
  /** Resolves when the row is durable. Rejects with the failure of this row, `E_DEGRADED` when too many wait, `E_STOPPING`. */
  append(row: Row): Promise<Result>
  /** Refuses new rows, then resolves when those waiting are settled. */
  stop(): Promise<void>
}

interface Waiting<Row, Result> {
  readonly row: Row
  readonly resolve: (result: Result) => void
  readonly reject: (thrown: unknown) => void
}

/** What a refused caller is told to wait, in seconds: a full queue is written in less. */
const retryAfterS = 1

/** One commit runs at a time; what arrives meanwhile makes the next. A batch that fails is halved until the bad rows stand alone. */
export function createGroupCommit<Row, Result>(options: GroupCommitOptions<Row, Result>): GroupCommit<Row, Result> {
  const { maxRows = 256, capacity = 10_000, isOutage = isDatabaseOutage } = options
  let waiting: Waiting<Row, Result>[] = []
  let draining: Promise<void> | undefined
  let stopped = false

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      // Answers go out and requests come in before each commit, so that those of one turn of the event loop share it.
      await new Promise((resolve) => setImmediate(resolve))
      const batch = waiting.slice(0, maxRows)
      waiting = waiting.slice(maxRows)
      await settle(batch)
    }
    draining = undefined
  }

  async function settle(batch: readonly Waiting<Row, Result>[]): Promise<void> {
    try {
      const results = await options.write(batch.map(({ row }) => row))
      if (results.length !== batch.length) {
        throw new TypeError(`write returned ${results.length} results for ${batch.length} rows`)
      }
      for (const [index, result] of results.entries()) batch[index]?.resolve(result)
    } catch (thrown) {
      if (batch.length === 1 || isOutage(thrown)) {
        for (const { reject } of batch) reject(thrown)
        return
      }
      const middle = batch.length >> 1
      await settle(batch.slice(0, middle))
      await settle(batch.slice(middle))
    }
  }

  return {
    append(row) {
      if (stopped) return Promise.reject(new QmtlError('E_STOPPING', 'the log takes no more rows'))
      if (waiting.length >= capacity) {
        const details = { retry_after_s: retryAfterS }
        return Promise.reject(
          new QmtlError('E_DEGRADED', `${waiting.length} rows wait for the log already`, { details }),
        )
      }
      return new Promise((resolve, reject) => {
        waiting.push({ row, resolve, reject })
        draining ??= drain()
      })
    },
    async stop() {
      stopped = true
      await draining
    },
  }
}
