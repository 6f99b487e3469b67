import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql, type Generated } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeOnEveryDatabase } from '../testing/every-database.ts'
import { forkSource } from '../testing/fork-source.ts'
import { isUniqueViolation } from './database-faults.ts'
import { openDatabase, type Database } from './database.ts'
import { claimRows, inByteOrder, withPositionColumn } from './dialect-statements.ts'
import { migrate, type Migration } from './migrate.ts'

interface Tables {
  account: { name: string; balance: number; changed_at_ms: number; ratio: number; note: string | null }
}

const accounts: Migration = {
  name: '0001-account',
  async up(trx) {
    await trx.schema
      .createTable('account')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('balance', 'bigint', (column) => column.notNull())
      .addColumn('changed_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('ratio', 'double precision', (column) => column.notNull())
      .addColumn('note', 'text')
      .execute()
  },
}

const row = { name: 'a', balance: 10, changed_at_ms: 1_700_000_000_123, ratio: 0.1, note: null }

async function afterTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve()
}

describeOnEveryDatabase('a database', (open) => {
  let database: Database<Tables>
  beforeEach(async () => {
    database = await open<Tables>()
    await migrate(database, [accounts])
  })

  test('gives rows back with the types they were written with', async () => {
    const written = await database.kysely.insertInto('account').values(row).returningAll().execute()
    expect(written).toStrictEqual([row])
    const totals = await sql<{ n: number; sum: number; mean: number }>`
      select count(*) as n, sum(balance) as sum, avg(balance) as mean from account`.execute(database.kysely)
    expect(totals.rows).toStrictEqual([{ n: 1, sum: 10, mean: 10 }])
  })

  test('refuses a number it cannot return exactly', async () => {
    await expect(sql`select cast('9007199254740993' as bigint) as n`.execute(database.kysely)).rejects.toThrow(
      /too large/,
    )
  })

  test('undoes a transaction whose work throws', async () => {
    const failing = database.transaction(async (trx) => {
      await trx.insertInto('account').values(row).execute()
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await database.kysely.selectFrom('account').selectAll().execute()).toEqual([])
  })

  test('refuses a statement that comes after the end of its transaction, instead of keeping it', async () => {
    const outcomes: string[] = []
    for (let turns = 0; turns < 30; turns++) {
      let late: Promise<unknown> = Promise.resolve()
      const undone = database.transaction(async (trx) => {
        late = afterTurns(turns).then(() =>
          trx
            .insertInto('account')
            .values({ ...row, name: `late-${turns}` })
            .execute(),
        )
        late.catch(() => undefined)
        throw new Error('no')
      })
      await expect(undone).rejects.toThrow('no')
      outcomes.push((await Promise.allSettled([late]))[0].status)
    }
    expect(outcomes.at(-1)).toBe('rejected')
    expect(await database.kysely.selectFrom('account').selectAll().execute()).toEqual([])
  })

  test.each([
    ['no number', { ratio: NaN }],
    ['an infinite number', { ratio: Infinity }],
    ['a text with the character 0, which would end it', { note: 'a\u0000b' }],
    ['a text with half a character', { note: 'a\ud800' }],
  ])('refuses %s instead of writing something else', async (_, change) => {
    const writing = database.kysely
      .insertInto('account')
      .values({ ...row, ...change })
      .execute()
    await expect(writing).rejects.toThrow(/SQL parameter \d/)
    expect(await database.kysely.selectFrom('account').selectAll().execute()).toEqual([])
  })

  test('tells a taken key from other failures', async () => {
    const insert = () => database.kysely.insertInto('account').values(row).execute()
    await insert()
    const thrown = await insert().catch((error: unknown) => error)
    expect(isUniqueViolation(thrown)).toBe(true)
    expect(isUniqueViolation(await sql`nonsense`.execute(database.kysely).catch((error: unknown) => error))).toBe(false)
  })

  test('never interleaves transactions that read, wait and write', async () => {
    await database.kysely
      .insertInto('account')
      .values({ ...row, balance: 0 })
      .execute()
    const increments = Array.from({ length: 4 }, () =>
      database.transaction(async (trx) => {
        const { balance } = await trx.selectFrom('account').select('balance').executeTakeFirstOrThrow()
        await new Promise((resolve) => setImmediate(resolve))
        await trx
          .updateTable('account')
          .set({ balance: balance + 1 })
          .execute()
      }),
    )
    await Promise.all(increments)
    expect(await database.kysely.selectFrom('account').select('balance').execute()).toEqual([{ balance: 4 }])
  })

  test('orders text by bytes and tells cases apart', async () => {
    const names = ['b', 'B', 'a', 'ä', 'A', '_']
    await database.kysely
      .insertInto('account')
      .values(names.map((name) => ({ ...row, name })))
      .execute()
    const found = await database.kysely
      .selectFrom('account')
      .select('name')
      .orderBy(inByteOrder(database.kysely, 'name'))
      .execute()
    expect(found.map(({ name }) => name)).toEqual(['A', 'B', '_', 'a', 'b', 'ä'])
    const like = await database.kysely.selectFrom('account').select('name').where('name', 'like', 'a%').execute()
    expect(like).toEqual([{ name: 'a' }])
  })
})

describeOnEveryDatabase('migrations', (open) => {
  const second: Migration = {
    name: '0002-more',
    async up(trx) {
      await trx.schema.alterTable('account').addColumn('more', 'text').execute()
    },
  }

  test('run once each, in order, and say what they did', async () => {
    const database = await open<Tables>()
    expect(await migrate(database, [accounts])).toEqual(['0001-account'])
    expect(await migrate(database, [accounts, second])).toEqual(['0002-more'])
    expect(await migrate(database, [accounts, second])).toEqual([])
  })

  test('that race run once', async () => {
    const database = await open<Tables>()
    const applied = await Promise.all([1, 2, 3].map(() => migrate(database, [accounts, second])))
    expect(applied.flat()).toEqual(['0001-account', '0002-more'])
  })

  test('leave nothing behind when one of them fails', async () => {
    const database = await open<Tables>()
    const failing: Migration = { name: '0002-bad', up: () => Promise.reject(new Error('bad')) }
    await expect(migrate(database, [accounts, failing])).rejects.toThrow('bad')
    expect(await migrate(database, [accounts])).toEqual(['0001-account'])
  })

  test('refuse a database of a newer or another release', async () => {
    const database = await open<Tables>()
    await migrate(database, [accounts, second])
    await expect(migrate(database, [accounts])).rejects.toMatchObject({ code: 'E_MIGRATION', message: /'0002-more'/ })
    await expect(migrate(database, [second, accounts])).rejects.toMatchObject({ code: 'E_MIGRATION' })
  })
})

describeOnEveryDatabase('claimed rows', (open) => {
  interface Jobs {
    job: { position: Generated<number>; state: string }
  }

  test('are given to one claimer each, oldest first', async () => {
    const database = await open<Jobs>()
    await migrate(database, [
      {
        name: '0001-job',
        up: (trx) => withPositionColumn(trx, trx.schema.createTable('job')).addColumn('state', 'text').execute(),
      },
    ])
    await database.kysely
      .insertInto('job')
      .values(Array.from({ length: 10 }, () => ({ state: 'waiting' })))
      .execute()
    const claim = () =>
      claimRows<{ position: number; state: string }>(database.kysely, {
        table: 'job',
        key: 'position',
        where: sql`state = 'waiting'`,
        orderBy: sql`position`,
        limit: 3,
        set: sql`state = 'running'`,
      })
    expect((await claim()).map(({ position }) => position).sort()).toEqual([1, 2, 3])
    const claimed = (await Promise.all([claim(), claim(), claim()])).flat()
    expect(claimed.map(({ position }) => position).sort((a, b) => a - b)).toEqual([4, 5, 6, 7, 8, 9, 10])
    expect(await claim()).toEqual([])
  })
})

describe('a SQLite file', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qmtl-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('is refused to a second opener with the name of the first, and free again after stop', async () => {
    const file = join(folder, 'deep', 'x.db')
    const first = await openDatabase({ kind: 'sqlite', file })
    await expect(openDatabase({ kind: 'sqlite', file })).rejects.toMatchObject({
      code: 'E_DATABASE_LOCKED',
      message: `${file} is in use by process ${process.pid}`,
    })
    await first.stop()
    await first.stop()
    const again = await openDatabase({ kind: 'sqlite', file })
    await again.stop()
  })

  test('keeps every committed row and no lock when its process is killed', async () => {
    const file = join(folder, 'x.db')
    const child = await forkSource(fileURLToPath(new URL('../testing/endless-writer.ts', import.meta.url)), [file])
    const acknowledged = await new Promise<number>((resolve, reject) => {
      child.on('message', (count) => typeof count === 'number' && count >= 20 && resolve(count))
      child.on('exit', (code) => reject(new Error(`the writer ended with ${code}`)))
    })
    await expect(openDatabase({ kind: 'sqlite', file })).rejects.toMatchObject({
      details: { holder: `process ${child.pid}` },
    })
    child.removeAllListeners('exit')
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
    const database = await openDatabase<{ line: { n: number } }>({ kind: 'sqlite', file })
    const rows = await database.kysely.selectFrom('line').select('n').orderBy('n').execute()
    expect(rows.length).toBeGreaterThanOrEqual(acknowledged)
    await database.stop()
  })

  test('says why a path or a foreign file is no database', async () => {
    const foreign = join(folder, 'notes.txt')
    writeFileSync(foreign, 'not a database, but long enough to have a header'.repeat(20))
    for (const file of [foreign, join(foreign, 'x.db')]) {
      const opening = openDatabase({ kind: 'sqlite', file })
      await expect(opening).rejects.toMatchObject({ code: 'E_DATABASE_UNAVAILABLE' })
      await expect(opening).rejects.toThrow(file)
    }
  })
})

describe('an unreachable PostgreSQL', () => {
  test('is named without its password', async () => {
    const opening = openDatabase({ kind: 'postgres', url: 'postgres://user:secret@127.0.0.1:1/x', schema: 'a' })
    const thrown = await opening.catch((error: unknown) => error)
    expect(thrown).toMatchObject({ code: 'E_DATABASE_UNAVAILABLE' })
    expect(String(thrown)).toContain('127.0.0.1:1')
    expect(String(thrown)).not.toContain('secret')
  })

  test('is not asked for a schema whose name would need quoting', async () => {
    const url = 'postgres://127.0.0.1:1/x'
    await expect(openDatabase({ kind: 'postgres', url, schema: 'a; drop' })).rejects.toMatchObject({
      code: 'E_INVALID_CONFIG',
    })
  })
})
