import {
  compare,
  decimal,
  isClosedOrder,
  maximum,
  minus,
  negate,
  orderStatuses,
  ZERO,
  type Decimal,
  type OrderRequest,
} from '@qmtl/contracts'
import type { Transaction } from 'kysely'
import { storedJson } from '../database/stored-json.ts'
import type { GatewayTables, TradingDomain } from '../database/tables.ts'

/** A reduce-only order before it is recorded. */
export interface ReducingOrder {
  readonly domain: TradingDomain
  readonly request: OrderRequest
}

/** Judges the reduce-only orders of one transaction, one after the other: each counts for those after it. */
export interface ReduceOnlyJudge {
  /** What the order would leave no room for: the quantity that is left to reduce, where the order is over it. */
  excess(order: ReducingOrder): Promise<Decimal | undefined>
}

const openStatuses = orderStatuses.filter((status) => !isClosedOrder(status))

export function createReduceOnlyJudge(trx: Transaction<GatewayTables>): ReduceOnlyJudge {
  const rooms = new Map<string, Decimal>()
  const passed = new Set<string>()
  return {
    async excess(order) {
      const { world_id, strategy_id, instrument, side, client_order_id, quantity } = order.request
      const id = [world_id, client_order_id].join('\n')
      // A repeat has been counted already.
      if (passed.has(id) || (await isRecorded(trx, order.request))) return undefined
      const key = [world_id, strategy_id, instrument, side, order.domain].join('\n')
      const room = rooms.get(key) ?? (await roomOf(trx, order))
      const left = minus(room, decimal(quantity))
      const isOver = compare(left, ZERO) < 0
      rooms.set(key, isOver ? room : left)
      if (isOver) return room
      passed.add(id)
      return undefined
    },
  }
}

/** What an order of this side may still take off a position: what is held on the other side less what open orders take off it. */
export function leftToReduce(side: 'buy' | 'sell', position: Decimal, openRests: readonly Decimal[]): Decimal {
  const held = side === 'sell' ? position : negate(position)
  return maximum(ZERO, openRests.reduce(minus, held))
}

async function isRecorded(trx: Transaction<GatewayTables>, request: OrderRequest): Promise<boolean> {
  const row = await trx
    .selectFrom('trade_order')
    .select('order_id')
    .where('world_id', '=', request.world_id)
    .where('client_order_id', '=', request.client_order_id)
    .executeTakeFirst()
  return row !== undefined
}

async function roomOf(trx: Transaction<GatewayTables>, { domain, request }: ReducingOrder): Promise<Decimal> {
  const { world_id, strategy_id, instrument, side } = request
  const held = await trx
    .selectFrom('strategy_position')
    .select('quantity')
    .where('world_id', '=', world_id)
    .where('strategy_id', '=', strategy_id)
    .where('instrument', '=', instrument)
    .where('domain', '=', domain)
    .executeTakeFirst()
  const open = await trx
    .selectFrom('trade_order')
    .select(['request', 'filled_quantity'])
    .where('world_id', '=', world_id)
    .where('strategy_id', '=', strategy_id)
    .where('status', 'in', openStatuses)
    .where('domain', '=', domain)
    .execute()
  const rests = open.flatMap((row) => {
    const other = storedJson<OrderRequest>(row.request)
    const counts = other.reduce_only === true && other.instrument === instrument && other.side === side
    return counts ? [minus(decimal(other.quantity), decimal(row.filled_quantity))] : []
  })
  return leftToReduce(side, decimal(held?.quantity ?? '0'), rests)
}
