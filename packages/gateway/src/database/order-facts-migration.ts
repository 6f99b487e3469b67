import { decimal, decimalText, negate, plus, ZERO, type Decimal, type Fill } from '@qmtl/contracts'
import { withPositionColumn, type Migration, type SchemaTransaction } from '@qmtl/service-kit'
import { sql } from 'kysely'
import { storedJson } from './stored-json.ts'
import type { StrategyPositionTable, TradingDomain } from './tables.ts'

/** Executions known by their own ids, what each strategy holds by them, and reports that cannot be recorded. */
export const orderFactsMigration: Migration = {
  name: '0003-order-facts',
  async up(trx) {
    await trx.schema
      .alterTable('fill')
      .addColumn('fill_id', 'text', (column) => column.notNull().defaultTo(''))
      .execute()
    await trx.schema
      .createTable('strategy_position')
      .addColumn('world_id', 'text', (column) => column.notNull())
      .addColumn('strategy_id', 'text', (column) => column.notNull())
      .addColumn('instrument', 'text', (column) => column.notNull())
      .addColumn('domain', 'text', (column) => column.notNull())
      .addColumn('quantity', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('strategy_position_key', ['world_id', 'strategy_id', 'instrument', 'domain'])
      .execute()
    await foldRecordedFills(trx)
    await trx.schema.createIndex('fill_execution').on('fill').columns(['order_id', 'fill_id']).unique().execute()
    await trx.schema
      .createIndex('trade_order_open')
      .on('trade_order')
      .columns(['world_id', 'strategy_id', 'status'])
      .execute()
    await withPositionColumn(trx, trx.schema.createTable('rejected_report'))
      .addColumn('venue', 'text', (column) => column.notNull())
      .addColumn('report_hash', 'text', (column) => column.notNull())
      .addColumn('report', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('received_at_ms', 'bigint', (column) => column.notNull())
      .addUniqueConstraint('rejected_report_content', ['venue', 'report_hash'])
      .execute()
  },
}

type Held = Map<string, StrategyPositionTable & { readonly sum: Decimal }>

interface RecordedFill {
  readonly position: number
  readonly fill: string
  readonly domain: TradingDomain | null
}

const pageSize = 500

/** Takes what was recorded before this step into its columns. */
async function foldRecordedFills(trx: SchemaTransaction): Promise<void> {
  const held: Held = new Map()
  for (let after = 0; ;) {
    const { rows } = await sql<RecordedFill>`
      select fill.position, fill.fill, trade_order.domain from fill
      left join trade_order on trade_order.order_id = fill.order_id
      where fill.position > ${after} order by fill.position limit ${pageSize}`.execute(trx)
    for (const row of rows) {
      const fill = storedJson<Fill>(row.fill)
      await sql`update fill set fill_id = ${fill.fill_id} where position = ${row.position}`.execute(trx)
      // No venue but simulated ones was connected before this step.
      move(held, fill, row.domain ?? 'dryrun')
    }
    after = rows.at(-1)?.position ?? after
    if (rows.length < pageSize) break
  }
  for (const { world_id, strategy_id, instrument, domain, quantity } of held.values()) {
    await sql`insert into strategy_position (world_id, strategy_id, instrument, domain, quantity)
      values (${world_id}, ${strategy_id}, ${instrument}, ${domain}, ${quantity})`.execute(trx)
  }
}

function move(held: Held, fill: Fill, domain: TradingDomain): void {
  const { world_id, strategy_id, instrument, side } = fill
  const key = [world_id, strategy_id, instrument, domain].join('\n')
  const size = decimal(fill.quantity)
  const sum = plus(held.get(key)?.sum ?? ZERO, side === 'buy' ? size : negate(size))
  held.set(key, { world_id, strategy_id, instrument, domain, sum, quantity: decimalText(sum) })
}

/** Which process bears which instance name. */
export const instanceMigration: Migration = {
  name: '0004-instances',
  async up(trx) {
    await trx.schema
      .createTable('instance_lease')
      .addColumn('instance', 'text', (column) => column.primaryKey())
      .addColumn('holder', 'text', (column) => column.notNull())
      .addColumn('until_ms', 'bigint', (column) => column.notNull())
      .execute()
  },
}
