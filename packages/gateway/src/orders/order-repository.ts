import {
  canonicalJson,
  compare,
  decimal,
  decimalText,
  formatInstant,
  isClosedOrder,
  negate,
  orderRequestSchema,
  orderStatuses,
  plus,
  QmtlError,
  type Decimal,
  type ErrorCause,
  type Fill,
  type Order,
  type OrderRequest,
  type OrderStatus,
} from '@qmtl/contracts'
import type { VenueFill } from '@qmtl/brokerage'
import type { Database } from '@qmtl/service-kit'
import type { Insertable, Selectable, Transaction } from 'kysely'
import { commitInTurn } from '../database/commit-in-turn.ts'
import { storedJson } from '../database/stored-json.ts'
import type { GatewayTables, TradeOrderTable, TradingDomain } from '../database/tables.ts'
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

/** A row's request: only `place` writes it, from a checked order. */
function requestOf(row: Pick<Selectable<TradeOrderTable>, 'request'>): OrderRequest {
  return storedJson(row.request)
}

function orderOf(row: Omit<Selectable<TradeOrderTable>, 'position'>): Order {
  return {
    ...requestOf(row),
    order_id: row.order_id,
    status: row.status,
    filled_quantity: row.filled_quantity,
    venue: row.venue,
    created_at: formatInstant(row.created_at_ms),
    updated_at: formatInstant(row.updated_at_ms),
    ...(row.reason === null ? {} : { reason: row.reason }),
  }
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

async function recordFill(trx: Trx, { fill: reported, domain }: ReportedFill, nowMs: number): Promise<FillResult> {
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
