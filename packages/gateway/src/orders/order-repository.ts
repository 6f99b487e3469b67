import {
  canonicalJson,
  isClosedOrder,
  orderRequestSchema,
  orderStatuses,
  QmtlError,
  type Decimal,
  type Fill,
  type Order,
  type OrderRequest,
  type OrderStatus,
} from '@qmtl/contracts'
import type { Database } from '@qmtl/service-kit'
import type { Insertable, Selectable, Transaction } from 'kysely'
import { commitInTurn } from '../database/commit-in-turn.ts'
import { storedJson } from '../database/stored-json.ts'
import type { GatewayTables, TradeOrderTable, TradingDomain } from '../database/tables.ts'
import { orderOf, requestOf } from './order-row.ts'
import { recordFill, type FillResult, type ReportedFill } from './record-fill.ts'
import { createReduceOnlyJudge } from './reduce-only.ts'

export interface NewOrder {
  readonly orderId: string
  readonly venue: string
  readonly domain: TradingDomain
  readonly instance: string
  readonly request: OrderRequest
  readonly nowMs: number
}

export type PlaceResult =
  | { readonly outcome: 'placed' | 'known'; readonly order: Order }
  /** The client_order_id belongs to an order with other content. */
  | { readonly outcome: 'reused'; readonly order: Order }
  /** A reduce-only order over what is left to reduce. */
  | { readonly outcome: 'not_reducing'; readonly left: Decimal }

export interface OrderChange {
  readonly status: OrderStatus
  readonly reason?: string
  /** The change happens only from one of these. */
  readonly from: readonly OrderStatus[]
}

/** An order that is not closed, and where it is. */
export interface OpenOrder {
  readonly order: Order
  readonly venue: string
  readonly domain: TradingDomain
}

export interface OrderFilter {
  readonly worldId: string
  readonly strategyId?: string | undefined
  readonly open?: boolean | undefined
  /** Position already seen. */
  readonly after: number
  readonly limit: number
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** What the next page comes after. */
  readonly nextAfter: number
}

/**
 * Orders and fills. A fill and what it changes of its order are one transaction. Everything that writes them takes its turn,
 * across processes, so that both lists grow at their end only.
 */
export interface OrderRepository {
  /**
   * Records orders, durably, in one transaction; an id that is known gives the order it belongs to. A reduce-only order is
   * recorded only while it and the open ones before it leave the strategy's position on its side.
   */
  place(orders: readonly NewOrder[]): Promise<readonly PlaceResult[]>
  find(worldId: string, clientOrderId: string): Promise<Order | undefined>
  /** Changes an order unless it has moved on; returns the order where it changed. */
  change(orderId: string, change: OrderChange, nowMs: number): Promise<Order | undefined>
  /**
   * Records an execution once per order and `fill_id`, also of an order that had ended or is not known: a fill is a fact. It
   * moves its order and what the strategy holds.
   */
  recordFill(report: ReportedFill, nowMs: number): Promise<FillResult>
  /** Orders that an instance took and that are not closed, oldest first, whatever their world. */
  unfinished(instance: string): Promise<readonly OpenOrder[]>
  /** Those of them that are still `new`. */
  unsent(instance: string): Promise<readonly OpenOrder[]>
  /** When a strategy's latest order in a world was recorded; nothing without one. */
  lastPlacedMs(worldId: string, strategyId: string): Promise<number | undefined>
  list(filter: OrderFilter): Promise<Page<Order>>
  listFills(filter: Omit<OrderFilter, 'open'>): Promise<Page<Fill>>
}

export function createOrderRepository(database: Database<GatewayTables>): OrderRepository {
  return {
    place: (orders) => commitInTurn(database, 'order', (trx) => place(trx, orders)),
    async find(worldId, clientOrderId) {
      const row = await database.kysely
        .selectFrom('trade_order')
        .selectAll()
        .where('world_id', '=', worldId)
        .where('client_order_id', '=', clientOrderId)
        .executeTakeFirst()
      return row && orderOf(row)
    },
    change: (orderId, change, nowMs) =>
      commitInTurn(database, 'order', (trx) => changeOrder(trx, orderId, change, nowMs)),
    recordFill: (report, nowMs) => commitInTurn(database, 'order', (trx) => recordFill(trx, report, nowMs)),
    unfinished: (instance) => listOfInstance(database, instance, openStatuses),
    unsent: (instance) => listOfInstance(database, instance, ['new']),
    async lastPlacedMs(worldId, strategyId) {
      const row = await database.kysely
        .selectFrom('trade_order')
        .select('created_at_ms')
        .where('world_id', '=', worldId)
        .where('strategy_id', '=', strategyId)
        .orderBy('position', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row?.created_at_ms
    },
    list: (filter) => list(database, filter),
    listFills: (filter) => listFills(database, filter),
  }
}

/** What makes an order the same: all that its sender says but the epoch, its permission, which a repeated decision renews. */
export function isSameOrder(a: OrderRequest, b: OrderRequest): boolean {
  return contentOf(a) === contentOf(b)
}

const contentMembers = new Set(Object.keys(orderRequestSchema.properties).filter((name) => name !== 'epoch'))

function contentOf(order: OrderRequest): string {
  return canonicalJson(Object.fromEntries(Object.entries(order).filter(([name]) => contentMembers.has(name))))
}

type Trx = Transaction<GatewayTables>
const openStatuses = orderStatuses.filter((status) => !isClosedOrder(status))

async function place(trx: Trx, orders: readonly NewOrder[]): Promise<readonly PlaceResult[]> {
  const judge = createReduceOnlyJudge(trx)
  const refused = new Map<string, Decimal>()
  for (const order of orders.filter(({ request }) => request.reduce_only === true)) {
    const left = await judge.excess(order)
    if (left !== undefined) refused.set(order.orderId, left)
  }
  const taken = orders.filter(({ orderId }) => !refused.has(orderId))
  const placed = new Set(await insertOrders(trx, taken))
  const results: PlaceResult[] = []
  for (const order of orders) {
    const left = refused.get(order.orderId)
    if (left !== undefined) results.push({ outcome: 'not_reducing', left })
    else if (placed.has(order.orderId)) results.push({ outcome: 'placed', order: orderOf(newRow(order)) })
    else results.push(await knownOrder(trx, order))
  }
  return results
}

/** The ids of those that were not known. */
async function insertOrders(trx: Trx, orders: readonly NewOrder[]): Promise<readonly string[]> {
  if (orders.length === 0) return []
  const inserted = await trx
    .insertInto('trade_order')
    .values(orders.map(newRow))
    .onConflict((conflict) => conflict.columns(['world_id', 'client_order_id']).doNothing())
    .returning('order_id')
    .execute()
  return inserted.map((row) => row.order_id)
}

function newRow({
  orderId,
  venue,
  domain,
  instance,
  request,
  nowMs,
}: NewOrder): Insertable<TradeOrderTable> & Omit<Selectable<TradeOrderTable>, 'position'> {
  return {
    order_id: orderId,
    client_order_id: request.client_order_id,
    world_id: request.world_id,
    strategy_id: request.strategy_id,
    venue,
    domain,
    instance,
    status: 'new',
    request: JSON.stringify(request),
    filled_quantity: '0',
    reason: null,
    created_at_ms: nowMs,
    updated_at_ms: nowMs,
  }
}

async function knownOrder(trx: Trx, { orderId, request }: NewOrder): Promise<PlaceResult> {
  const row = await trx
    .selectFrom('trade_order')
    .selectAll()
    .where('world_id', '=', request.world_id)
    .where('client_order_id', '=', request.client_order_id)
    .executeTakeFirstOrThrow()
  const order = orderOf(row)
  // The transaction ran before and its answer was lost: the row is this very order.
  if (row.order_id === orderId) return { outcome: 'placed', order }
  return { outcome: isSameOrder(requestOf(row), request) ? 'known' : 'reused', order }
}

async function changeOrder(trx: Trx, orderId: string, change: OrderChange, nowMs: number): Promise<Order | undefined> {
  const row = await trx
    .updateTable('trade_order')
    .set({
      status: change.status,
      updated_at_ms: nowMs,
      ...(change.reason === undefined ? {} : { reason: change.reason }),
    })
    .where('order_id', '=', orderId)
    .where('status', 'in', change.from)
    .returningAll()
    .executeTakeFirst()
  return row && orderOf(row)
}

async function listOfInstance(
  { kysely }: Database<GatewayTables>,
  instance: string,
  statuses: readonly OrderStatus[],
): Promise<readonly OpenOrder[]> {
  const rows = await kysely
    .selectFrom('trade_order')
    .selectAll()
    .where('status', 'in', statuses)
    .where('instance', '=', instance)
    .orderBy('position')
    .execute()
  return rows.map((row) => ({ order: orderOf(row), venue: row.venue, domain: row.domain }))
}

async function list(database: Database<GatewayTables>, filter: OrderFilter): Promise<Page<Order>> {
  const rows = await database.kysely
    .selectFrom('trade_order')
    .selectAll()
    .where('world_id', '=', filter.worldId)
    .where('position', '>', filter.after)
    .$if(filter.strategyId !== undefined, (query) => query.where('strategy_id', '=', filter.strategyId ?? ''))
    .$if(filter.open === true, (query) => query.where('status', 'in', openStatuses))
    .$if(filter.open === false, (query) => query.where('status', 'not in', openStatuses))
    .orderBy('position')
    .limit(filter.limit)
    .execute()
  return { items: rows.map(orderOf), nextAfter: nextAfter(rows, filter.after) }
}

async function listFills(
  database: Database<GatewayTables>,
  { worldId, strategyId, after, limit }: Omit<OrderFilter, 'open'>,
): Promise<Page<Fill>> {
  const rows = await database.kysely
    .selectFrom('fill')
    .select(['position', 'fill'])
    .where('world_id', '=', worldId)
    .where('position', '>', after)
    .$if(strategyId !== undefined, (query) => query.where('strategy_id', '=', strategyId ?? ''))
    .orderBy('position')
    .limit(limit)
    .execute()
  return { items: rows.map((row) => storedJson<Fill>(row.fill)), nextAfter: nextAfter(rows, after) }
}

/** The position that the next page comes after, also when it does not exist yet. */
export function nextAfter(rows: readonly { readonly position: number }[], after: number): number {
  return rows.at(-1)?.position ?? after
}

/** The refusal of an id that stands for another order. */
export function reusedOrder(order: Order): QmtlError {
  const message = `client_order_id ${order.client_order_id} belongs to another order of world ${order.world_id}`
  return new QmtlError('E_ORDER_REUSED', message, { details: { order_id: order.order_id } })
}
