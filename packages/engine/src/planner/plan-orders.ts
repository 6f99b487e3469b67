import {
  absolute,
  compare,
  decimal,
  dividedBy,
  isZero,
  maximum,
  minus,
  negate,
  ONE,
  plus,
  quantizeDown,
  sign,
  times,
  ZERO,
  type Decimal,
} from '@qmtl/contracts'
import { bookEquity, positionQuantity, type Book, type PriceOf } from '@qmtl/brokerage'
import type { Instrument } from '@qmtl/market'
import { investableFraction, type PlannerRules } from './planner-rules.ts'

/** A market order the planner asks for; nothing was sent yet. */
export interface PlannedOrder {
  readonly instrument: string
  /** Signed, a multiple of the lot, not zero. */
  readonly quantity: Decimal
  /** The order can only make the present position smaller. */
  readonly reduceOnly: boolean
  /** 1, or 2 for the opening half of a flip; part of the order's id. */
  readonly leg: 1 | 2
}

/** What the planner last did for an instrument. */
export interface Sizing {
  /** Target times weight that was sized. */
  readonly target: number
  /** Position that the target came to. */
  readonly quantity: Decimal
  /** Position and open orders before the orders of that sizing. */
  readonly from: Decimal
}

/** Memory of the planner between bars, by instrument; empty at the start. */
export type PlannerState = ReadonlyMap<string, Sizing>

/** One instrument to plan. */
export interface TargetRequest {
  readonly instrument: Instrument
  /** Fraction of the strategy's equity, negative is short; `NaN` is no opinion and plans nothing. */
  readonly target: number
  /** Signed quantity of orders sent and not yet filled or ended. */
  readonly openQuantity: Decimal
}

/** One bar's question. Prices must be known for every instrument asked for or held. */
export interface PlanRequest {
  readonly targets: readonly TargetRequest[]
  readonly book: Book
  readonly priceOf: PriceOf
  /** Share of its targets that the world lets the strategy trade, 0 to 1. */
  readonly weight: number
}

export interface Plan {
  /** Orders that reduce come first: they free the funds of the others. */
  readonly orders: readonly PlannedOrder[]
  readonly state: PlannerState
}

/**
 * Orders for target − position − open orders, the same in backtest and live: pure, called once per closed bar.
 *
 * A target is a fraction of the strategy's own equity and becomes a quantity when it changes: then price drift alone
 * trades nothing (`Rebalance`), because re-sizing a standing target on every bar would pay costs for no new information.
 * An order that was refused is not remembered: as long as the position is not the one sized, each bar sizes and plans
 * anew at current prices. Quantities are cut to lots toward zero after room for costs and the free fraction. A flip
 * through zero is two legs: the first, reduce-only, may pass where opening orders may not (a drain), and the second
 * alone can be refused.
 */
export function planOrders(request: PlanRequest, state: PlannerState, rules: PlannerRules): Plan {
  let next: Map<string, Sizing> | undefined
  const orders: PlannedOrder[] = []
  const equityOnce = onceOf(() => maximum(bookEquity(request.book, request.priceOf), ZERO))
  for (const asked of request.targets) {
    const { id } = asked.instrument
    const position = positionQuantity(request.book, id)
    const from = isZero(asked.openQuantity) ? position : plus(position, asked.openQuantity)
    const target = asked.target * request.weight
    const threshold = thresholdFraction({ target, current: from, previous: state.get(id) }, rules)
    if (threshold === undefined) continue
    const priced = { instrument: asked.instrument, target, price: request.priceOf(id), equityOnce }
    const delta = tradedDelta(priced, { from, threshold }, rules)
    next ??= new Map(state)
    next.set(id, { target, quantity: plus(from, delta), from })
    if (!isZero(delta)) orders.push(...legsOf(asked.instrument, position, delta))
  }
  return { orders: reducingFirst(orders), state: next ?? state }
}

/**
 * Signed quantity, a multiple of the lot, of a target: what this fraction of equity, less the free fraction, buys at this
 * unit value (price × multiplier) with its costs. Zero without equity.
 */
export function sizeTarget(
  request: {
    readonly target: number
    readonly equity: Decimal
    readonly unitValue: Decimal
    readonly lotSize: Decimal
  },
  rules: PlannerRules,
): Decimal {
  if (request.target === 0 || sign(request.equity) <= 0) return ZERO
  const budget = times(times(request.equity, decimal(request.target)), investableFraction(rules))
  const perUnit = times(request.unitValue, plus(ONE, rules.costRate))
  return quantizeDown(dividedBy(budget, perUnit), request.lotSize)
}

/** What to trade, in lots, to come from `from` to the target; zero where that is too small to send. */
function tradedDelta(
  asked: {
    readonly instrument: Instrument
    readonly target: number
    readonly price: Decimal
    readonly equityOnce: () => Decimal
  },
  { from, threshold }: { readonly from: Decimal; readonly threshold: Decimal },
  rules: PlannerRules,
): Decimal {
  const { target, equityOnce } = asked
  const { lotSize, multiplier } = asked.instrument
  const unitValue = times(asked.price, multiplier)
  const isExit = target === 0 // leaving a position is never too small in its own eyes, only for the venue
  const sized = isExit ? ZERO : sizeTarget({ target, equity: equityOnce(), unitValue, lotSize }, rules)
  const delta = quantizeDown(minus(sized, from), lotSize)
  const least = isExit ? rules.minimumNotional : maximum(rules.minimumNotional, times(equityOnce(), threshold))
  return compare(times(absolute(delta), unitValue), least) < 0 ? ZERO : delta
}

/** The share of equity from which a difference is traded on this bar; undefined where nothing is to be planned. */
function thresholdFraction(
  seen: { readonly target: number; readonly current: Decimal; readonly previous: Sizing | undefined },
  rules: PlannerRules,
): Decimal | undefined {
  const { target, current, previous } = seen
  if (Number.isNaN(target)) return undefined
  if (previous?.target !== target) return rules.minimumOrderFraction
  if (compare(current, previous.quantity) === 0) {
    return rules.rebalance.kind === 'band' ? rules.rebalance.fraction : undefined
  }
  // Nothing of the last plan was filled: it stands as new. A part of it was: small differences stay.
  return compare(current, previous.from) === 0 ? rules.minimumOrderFraction : rules.mendFraction
}

function onceOf<T>(compute: () => T): () => T {
  let value: T | undefined
  return () => (value ??= compute())
}

/** The orders of a difference in lots; what a position holds beside whole lots cannot be closed by itself. */
function legsOf({ id, lotSize }: Instrument, position: Decimal, delta: Decimal): readonly PlannedOrder[] {
  const closing = quantizeDown(negate(position), lotSize)
  if (sign(closing) !== sign(delta)) return [{ instrument: id, quantity: delta, reduceOnly: false, leg: 1 }]
  if (compare(absolute(delta), absolute(closing)) <= 0) {
    return [{ instrument: id, quantity: delta, reduceOnly: true, leg: 1 }]
  }
  return [
    { instrument: id, quantity: closing, reduceOnly: true, leg: 1 },
    { instrument: id, quantity: minus(delta, closing), reduceOnly: false, leg: 2 },
  ]
}

function reducingFirst(orders: readonly PlannedOrder[]): readonly PlannedOrder[] {
  if (orders.length < 2) return orders
  return [...orders.filter((order) => order.reduceOnly), ...orders.filter((order) => !order.reduceOnly)]
}
