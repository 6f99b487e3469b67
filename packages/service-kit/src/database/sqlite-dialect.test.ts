import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDeferred } from '../testing/deferred.ts'
import { openSqliteFile } from './sqlite-binding.ts'
import { createSqliteDialect } from './sqlite-dialect.ts'
import { createWriteAheadLog } from './write-ahead-log.ts'

interface Tables {
  readonly line: { readonly n: number }
}

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'qmtl-dialect-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A database whose syncs are counted, and wait where a test says so. */
function openCounted() {
  const handle = openSqliteFile(join(folder, 'x.db'))
  handle.exec('pragma journal_mode = wal; pragma synchronous = normal; create table line (n integer)')
  const log = {
    syncs: 0,
    until: Promise.resolve(),
    sync: () => {
      log.syncs += 1
      return log.until
    },
    close: () => Promise.resolve(),
  }
  const kysely = new Kysely<Tables>({ dialect: createSqliteDialect(handle, { timeoutMs: 1_000, log }) })
  const add = (n: number) => kysely.insertInto('line').values({ n }).execute()
  return { log, kysely, add }
}

describe('what is acknowledged', () => {
  test('is on the disk: a transaction once, when it commits, and a change outside of one', async () => {
    const { log, kysely, add } = openCounted()
    await kysely.transaction().execute(async (trx) => {
      for (const n of [1, 2, 3]) await trx.insertInto('line').values({ n }).execute()
      expect(log.syncs).toBe(0)
    })
    expect(log.syncs).toBe(1)
    await add(4)
    expect(log.syncs).toBe(2)
    await kysely.destroy()
  })
  test('is not acknowledged before, and nobody else has the connection meanwhile', async () => {
    const { log, kysely, add } = openCounted()
    const disk = createDeferred<undefined>()
    log.until = disk.promise.then(() => undefined)
    const order: string[] = []
    const writing = add(1).then(() => order.push('written'))
    const reading = kysely
      .selectFrom('line')
      .selectAll()
      .execute()
      .then(() => order.push('read'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(order).toEqual([])
    disk.resolve(undefined)
    await Promise.all([writing, reading])
    expect(order).toEqual(['written', 'read'])
    await kysely.destroy()
  })
  test('reading costs no sync', async () => {
    const { log, kysely } = openCounted()
    await kysely.selectFrom('line').selectAll().execute()
    expect(log.syncs).toBe(0)
    await kysely.destroy()
  })
  test('fails when the disk does, and so does everything after it', async () => {
    // A file where a folder should be: opening the log fails in another way than by its absence.
    const log = createWriteAheadLog(join(import.meta.filename, 'x.db'))
    await expect(log.sync()).rejects.toMatchObject({ code: 'E_DATABASE_UNAVAILABLE' })
    await expect(log.sync()).rejects.toMatchObject({ code: 'E_DATABASE_UNAVAILABLE' })
  })
  test('needs no log while nothing was written', async () => {
    const log = createWriteAheadLog(join(folder, 'none.db'))
    await log.sync()
    await log.close()
  })
})
