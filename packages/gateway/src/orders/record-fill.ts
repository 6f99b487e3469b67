import {
  compare,
  decimal,
  decimalText,
  formatInstant,
  isClosedOrder,
  negate,
  plus,
  type ErrorCause,
  type Fill,
  type Order,
} from '@qmtl/contracts'
import type { VenueFill } from '@qmtl/brokerage'
import type { Selectable, Transaction } from 'kysely'
import { storedJson } from '../database/stored-json.ts'
import type { GatewayTables, TradeOrderTable, TradingDomain } from '../database/tables.ts'
import { orderOf, requestOf } from './order-row.ts'

/** A fill, and what an order means at the venue that reported it. */
export interface ReportedFill {
  readonly fill: VenueFill
  readonly domain: TradingDomain
}

export type FillResult =
  /** Its sequence is another than reported where that one is taken by another execution. */
  | { readonly outcome: 'recorded'; readonly fill: Fill; readonly order: Order | undefined }
  | { readonly outcome: 'known' }
  /** It says otherwise than its order, or than an earlier report of the same execution. */
  | { readonly outcome: 'contradicted'; readonly causes: readonly ErrorCause[] }

type Trx = Transaction<GatewayTables>

/** Records an execution as `OrderRepository.recordFill` promises, inside its transaction. */
export async function recordFill(
  trx: Trx,
  { fill: reported, domain }: ReportedFill,
  nowMs: number,
): Promise<FillResult> {
  const order = await trx
    .selectFrom('trade_order')
    .selectAll()
    .where('world_id', '=', reported.world_id)
    .where('client_order_id', '=', reported.client_order_id)
    .executeTakeFirst()
  // A venue that has forgotten our id after a restart still knows the client's.
  const orderId = order?.order_id ?? reported.order_id
  const earlier = await trx
    .selectFrom('fill')
    .select('fill')
    .where('order_id', '=', orderId)
    .where('fill_id', '=', reported.fill_id)
    .executeTakeFirst()
  const causes = [
    ...differences(reported, order && requestOf(order), ['strategy_id', 'instrument', 'side']),
    ...differences(exactly(reported), earlier && exactly(storedJson<Fill>(earlier.fill)), ['quantity', 'price']),
  ]
  if (causes.length > 0) return { outcome: 'contradicted', causes }
  if (earlier !== undefined) return { outcome: 'known' }
  const sequence = await freeSequence(trx, orderId, reported.sequence)
  const fill: Fill = { ...reported, order_id: orderId, sequence, received_at: formatInstant(nowMs) }
  const { fill_id, world_id, strategy_id } = fill
  await trx
    .insertInto('fill')
    .values({ order_id: orderId, sequence, fill_id, world_id, strategy_id, fill: JSON.stringify(fill) })
    .execute()
  await movePosition(trx, fill, order?.domain ?? domain)
  return { outcome: 'recorded', fill, order: order && (await addToOrder(trx, order, fill, nowMs)) }
}

/** Where a fill says otherwise than what is known; nothing where nothing is. */
function differences<Name extends string>(
  fill: Readonly<Record<Name, unknown>>,
  known: Readonly<Record<Name, unknown>> | undefined,
  names: readonly Name[],
): readonly ErrorCause[] {
  if (known === undefined) return []
  return names
    .filter((name) => fill[name] !== known[name])
    .map((name) => ({ path: `/fill/${name}`, message: `is known as ${String(known[name])}`, value: fill[name] }))
}

/** The numbers of a fill in their one spelling. */
function exactly({ quantity, price }: VenueFill) {
  return { quantity: decimalText(decimal(quantity)), price: decimalText(decimal(price)) }
}

/** The sequence of a fill, or the next one where another execution has it. */
async function freeSequence(trx: Trx, orderId: string, sequence: number): Promise<number> {
  const ofOrder = trx.selectFrom('fill').where('order_id', '=', orderId)
  const taken = await ofOrder.select('sequence').where('sequence', '=', sequence).executeTakeFirst()
  if (taken === undefined) return sequence
  const { last } = await ofOrder.select((eb) => eb.fn.max('sequence').as('last')).executeTakeFirstOrThrow()
  return last + 1
}

async function movePosition(trx: Trx, fill: Fill, domain: TradingDomain): Promise<void> {
  const { world_id, strategy_id, instrument, side } = fill
  const held = await trx
    .selectFrom('strategy_position')
    .select('quantity')
    .where('world_id', '=', world_id)
    .where('strategy_id', '=', strategy_id)
    .where('instrument', '=', instrument)
    .where('domain', '=', domain)
    .executeTakeFirst()
  const size = decimal(fill.quantity)
  const quantity = decimalText(plus(decimal(held?.quantity ?? '0'), side === 'buy' ? size : negate(size)))
  await trx
    .insertInto('strategy_position')
    .values({ world_id, strategy_id, instrument, domain, quantity })
    .onConflict((conflict) =>
      conflict.columns(['world_id', 'strategy_id', 'instrument', 'domain']).doUpdateSet({ quantity }),
    )
    .execute()
}

async function addToOrder(trx: Trx, row: Selectable<TradeOrderTable>, fill: Fill, nowMs: number): Promise<Order> {
  const filled = plus(decimal(row.filled_quantity), decimal(fill.quantity))
  const isFull = compare(filled, decimal(requestOf(row).quantity)) >= 0
  const status = isFull ? 'filled' : isClosedOrder(row.status) ? row.status : 'partially_filled'
  // What ended an order that was filled all the same was no end.
  const reason = isFull ? null : row.reason
  const updated = { status, reason, filled_quantity: decimalText(filled), updated_at_ms: nowMs }
  await trx.updateTable('trade_order').set(updated).where('order_id', '=', row.order_id).execute()
  return orderOf({ ...row, ...updated })
}
