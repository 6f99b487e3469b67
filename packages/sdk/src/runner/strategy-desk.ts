import { decimal, negate, plus, sign, ZERO, type Decimal, type Fill, type OrderRequest } from '@qmtl/contracts'
import { applyFill, ledgerFillOf, openBook, type Book, type PriceOf } from '@qmtl/brokerage'
import { orderRequestOf, planOrders, type PlannerRules, type PlannerState, type TargetRequest } from '@qmtl/engine'
import type { Instrument } from '@qmtl/market'
import type { WeightOf } from './strategy-weight.ts'

/** An order that was sent and has not ended as far as the desk knows. */
export interface OpenOrder {
  readonly instrument: string
  /** Signed rest. */
  readonly quantity: Decimal
}

/** One strategy's trading state in one world: its book, the planner's memory and its open orders. */
export interface StrategyDesk {
  readonly worldId: string
  readonly strategyId: string
  readonly book: Book
  readonly planner: PlannerState
  readonly open: ReadonlyMap<string, OpenOrder>
}

/** A desk that has never traded. */
export function openDesk(worldId: string, strategyId: string, cash: Decimal): StrategyDesk {
  return { worldId, strategyId, book: openBook(cash), planner: new Map(), open: new Map() }
}

/** Folds a recorded fill into the book. */
export function foldFill(desk: StrategyDesk, fill: Fill, instrument: Instrument): StrategyDesk {
  const filled = ledgerFillOf(fill, instrument)
  const order = desk.open.get(fill.client_order_id)
  const open = new Map(desk.open)
  if (order) {
    const rest = plus(order.quantity, negate(filled.quantity))
    if (sign(rest) === sign(order.quantity)) open.set(fill.client_order_id, { ...order, quantity: rest })
    else open.delete(fill.client_order_id)
  }
  return { ...desk, book: applyFill(desk.book, filled).book, open }
}

/** Notes an order as sent. */
export function noteSent(desk: StrategyDesk, order: OrderRequest): StrategyDesk {
  const size = decimal(order.quantity)
  const quantity = order.side === 'buy' ? size : negate(size)
  return { ...desk, open: new Map([...desk.open, [order.client_order_id, { instrument: order.instrument, quantity }]]) }
}

/** Forgets every order that the Gateway no longer lists as open. */
export function keepOpen(desk: StrategyDesk, listed: ReadonlySet<string>): StrategyDesk {
  if ([...desk.open.keys()].every((id) => listed.has(id))) return desk
  return { ...desk, open: new Map([...desk.open].filter(([id]) => listed.has(id))) }
}

export interface DeskTarget {
  readonly instrument: Instrument
  readonly target: number
  /** Open time of the target's own bar, epoch milliseconds: bars of several intervals may close together. */
  readonly barOpenMs: number
}

export interface DeskDecision {
  /** What is wanted of each traded instrument, as a fraction of equity; `NaN` is no opinion. */
  readonly targets: readonly DeskTarget[]
  readonly priceOf: PriceOf
  /** Share of a target that the world lets the strategy trade. */
  readonly weightOf: WeightOf
  /** Activation epoch of the decision. */
  readonly epoch: number
}

/** Plans the orders of one bar. The planner's memory moves on; books and open orders move with what comes of the orders. */
export function decideOrders(
  desk: StrategyDesk,
  decision: DeskDecision,
  rules: PlannerRules,
): { readonly desk: StrategyDesk; readonly orders: readonly OrderRequest[] } {
  const { targets, priceOf, weightOf, epoch } = decision
  const { worldId, strategyId } = desk
  const requests = targets.map(({ instrument, target }): TargetRequest => {
    const ofInstrument = [...desk.open.values()].filter((order) => order.instrument === instrument.id)
    const openQuantity = ofInstrument.reduce((sum, { quantity }) => plus(sum, quantity), ZERO)
    return { instrument, target: target * weightOf(target), openQuantity }
  })
  const barOpens = new Map(targets.map(({ instrument, barOpenMs }) => [instrument.id, barOpenMs]))
  const plan = planOrders({ targets: requests, book: desk.book, priceOf, weight: 1 }, desk.planner, rules)
  const orders = plan.orders.map((order) => {
    const barOpenMs = barOpens.get(order.instrument) ?? 0
    return orderRequestOf(order, { worldId, strategyId, barOpenMs, epoch, price: priceOf(order.instrument) })
  })
  return { desk: { ...desk, planner: plan.state }, orders }
}
