import { openDatabase } from '../database/database.ts'
import { migrate } from '../database/migrate.ts'

// A process to be killed: writes numbers, one commit each, and tells its parent the last one that was acknowledged.
const [, , file = ''] = process.argv
const database = await openDatabase<{ line: { n: number } }>({ kind: 'sqlite', file })
await migrate(database, [
  {
    name: '0001-line',
    up: (trx) => trx.schema.createTable('line').addColumn('n', 'bigint').execute(),
  },
])
for (let n = 1; ; n++) {
  await database.transaction((trx) => trx.insertInto('line').values({ n }).execute())
  process.send?.(n)
}
