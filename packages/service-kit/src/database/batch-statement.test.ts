import { expect, test } from 'vitest'
import { describeOnEveryDatabase } from '../testing/every-database.ts'
import { createBatchStatement } from './batch-statement.ts'
import { migrate } from './migrate.ts'

interface Tables {
  readonly item: { readonly name: string; readonly size: number }
}

/** A statement keeps its text, which is the dialect's: each database has its own. */
const insertion = () =>
  createBatchStatement<Tables, Tables['item'], { name: string }>({
    build: (runner, items) =>
      runner
        .insertInto('item')
        .values([...items])
        .onConflict((conflict) => conflict.column('name').doNothing())
        .returning('name'),
    parameters: ({ name, size }) => [name, size],
    repeatable: false,
  })

describeOnEveryDatabase('a statement over a list', (open) => {
  test('writes lists of any length in their order, each row once', async () => {
    const reading = createBatchStatement<Tables, string, Tables['item']>({
      build: (runner, names) => runner.selectFrom('item').selectAll().where('name', 'in', names),
      parameters: (name) => [name],
      repeatable: true,
      isUrgent: true,
    })
    const { kysely } = await openItems()
    const inserting = insertion()
    const items = Array.from({ length: 700 }, (_, index) => ({ name: `n${index}`, size: index }))
    for (const length of [0, 1, 3, 100, 700]) {
      const part = items.slice(0, length)
      const inserted = await inserting.run(kysely, part)
      const found = await reading.run(
        kysely,
        part.map(({ name }) => name),
      )
      expect(new Set(found.map(({ name }) => name))).toEqual(new Set(part.map(({ name }) => name)))
      await kysely.deleteFrom('item').execute()
      expect(inserted.map(({ name }) => name)).toEqual(part.map(({ name }) => name))
    }
  })

  test('keeps its text for other values of the same number', async () => {
    const { kysely } = await openItems()
    const inserting = insertion()
    await inserting.run(kysely, [{ name: 'a', size: 1 }])
    await inserting.run(kysely, [{ name: 'b', size: 2 }])
    expect(await inserting.run(kysely, [{ name: 'b', size: 3 }])).toEqual([])
    expect(await kysely.selectFrom('item').selectAll().orderBy('name').execute()).toEqual([
      { name: 'a', size: 1 },
      { name: 'b', size: 2 },
    ])
  })

  async function openItems() {
    const database = await open<Tables>()
    await migrate(database, [
      {
        name: '0001-item',
        up: (trx) =>
          trx.schema
            .createTable('item')
            .addColumn('name', 'text', (column) => column.primaryKey())
            .addColumn('size', 'bigint', (column) => column.notNull())
            .execute(),
      },
    ])
    return database
  }
})
