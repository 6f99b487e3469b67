import fc from 'fast-check'
import { expect, test } from 'vitest'
import { QmtlError } from '@qmtl/contracts'
import { createGroupCommit } from './group-commit.ts'

/** A store whose commits are released by hand or at once, recording what each commit held. */
function recordingStore(bad: ReadonlySet<number> = new Set()) {
  const commits: number[][] = []
  return {
    commits,
    async write(rows: readonly number[]) {
      await Promise.resolve()
      const refused = rows.find((row) => bad.has(row))
      if (refused !== undefined) throw new Error(`bad ${refused}`)
      commits.push([...rows])
      return rows.map((row) => row * 10)
    },
  }
}

test('concurrent appends share one commit and each gets its own result', async () => {
  const store = recordingStore()
  const log = createGroupCommit(store)
  expect(await Promise.all([1, 2, 3].map((row) => log.append(row)))).toEqual([10, 20, 30])
  expect(store.commits).toEqual([[1, 2, 3]])
})

test('rows that arrive during a commit make the next one, at most maxRows each', async () => {
  const store = recordingStore()
  const log = createGroupCommit({ ...store, maxRows: 2 })
  await Promise.all([1, 2, 3, 4, 5].map((row) => log.append(row)))
  expect(store.commits).toEqual([[1, 2], [3, 4], [5]])
  await log.append(6)
  expect(store.commits).toHaveLength(4)
})

test('every good row is committed once and every bad one fails alone, whatever the batches', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(200)),
      fc.uniqueArray(fc.nat(200)),
      fc.integer({ min: 1, max: 20 }),
      async (rows, badRows, maxRows) => {
        const bad = new Set(badRows)
        const store = recordingStore(bad)
        const log = createGroupCommit({ ...store, maxRows })
        const outcomes = await Promise.allSettled(rows.map((row) => log.append(row)))
        for (const [index, outcome] of outcomes.entries()) {
          const row = rows[index] ?? -1
          if (bad.has(row)) expect(outcome).toMatchObject({ status: 'rejected', reason: { message: `bad ${row}` } })
          else expect(outcome).toEqual({ status: 'fulfilled', value: row * 10 })
        }
        expect(store.commits.flat()).toEqual(rows.filter((row) => !bad.has(row)))
      },
    ),
    { numRuns: 50 },
  )
})

test.each([
  ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
  ['a full disk', new Error('database or disk is full')],
  ['a broken disk', new Error('disk I/O error')],
  ['a damaged file', new Error('database disk image is malformed')],
  ['a file that became read-only', new Error('attempt to write a readonly database')],
  ['a file locked by a shell', new Error('database is locked')],
  ['a connection that is not handed over', new QmtlError('E_TIMEOUT', 'waited 30000 ms for the SQLite connection')],
])('%s fails the whole batch at once instead of row by row', async (_, outage) => {
  let calls = 0
  const log = createGroupCommit<number, number>({
    async write() {
      calls += 1
      throw outage
    },
  })
  const outcomes = await Promise.allSettled([1, 2, 3].map((row) => log.append(row)))
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  expect(calls).toBe(1)
})

test('a full queue refuses and says when to come again, and stop settles what waits before it refuses the rest', async () => {
  const log = createGroupCommit({ ...recordingStore(), capacity: 1 })
  const first = log.append(1)
  await expect(log.append(2)).rejects.toMatchObject({ code: 'E_DEGRADED', details: { retry_after_s: 1 } })
  await log.stop()
  expect(await first).toBe(10)
  await expect(log.append(3)).rejects.toMatchObject({ code: 'E_STOPPING' })
})
