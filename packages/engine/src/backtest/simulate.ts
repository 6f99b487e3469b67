import { decimal, decimalNumber, plus, ZERO, type Decimal } from '@qmtl/contracts'
import {
  applyFill,
  fillMarketOrder,
  openBook,
  type Book,
  type ClosedTrade,
  type PriceOf,
  type RealityModels,
} from '@qmtl/brokerage'
import type { BarColumns, Instrument } from '@qmtl/market'
import { planOrders, type PlannedOrder, type PlannerState } from '../planner/plan-orders.ts'
import type { PlannerRules } from '../planner/planner-rules.ts'
import { layLanes, type Lane, type TargetColumn } from './lane.ts'

export interface SimulationInput {
  /** One column per traded instrument. */
  readonly targets: readonly TargetColumn[]
  /** Bars of every traded instrument, all of one interval. */
  readonly bars: readonly BarColumns[]
  /** Terms of every traded instrument. */
  readonly instruments: readonly Instrument[]
  readonly cash: Decimal
  readonly models: RealityModels
  readonly rules: PlannerRules
}

/** Orders that were decided and not filled, by reason. */
export interface RefusalCount {
  readonly code: string
  readonly count: number
  /** The first of them, in words. */
  readonly message: string
}

export interface Simulation {
  /** Close times of the run's bars, epoch milliseconds, ascending. */
  readonly closeTimesMs: Float64Array
  /** Cash and market value at each close, in quote currency. */
  readonly equity: Float64Array
  readonly book: Book
  readonly closed: readonly ClosedTrade[]
  /** Latest price of each traded instrument. */
  readonly priceOf: PriceOf
  /** Orders decided; those of the last bar stay unfilled. */
  readonly orders: number
  readonly fills: number
  readonly refusals: readonly RefusalCount[]
  /** Close of the first bar with no equity left; from there on all targets are zero. */
  readonly ruinedAtMs: number | undefined
}

/** The mutable state of one run. Money is exact in `book`; `cash` and the lanes' exposures are its doubles for the curve. */
interface Desk {
  readonly input: SimulationInput
  readonly lanes: readonly Lane[]
  readonly priceOf: PriceOf
  readonly closed: ClosedTrade[]
  readonly refusals: Map<string, { count: number; message: string }>
  book: Book
  planner: PlannerState
  cash: number
  orders: number
  fills: number
  ruinedAtMs: number | undefined
}

/**
 * Trades target columns bar by bar: fill what the bar before decided, value at the close, plan. The planner is the one
 * that runs live; it is asked only where its answer can differ from "nothing": after a change of target and until the
 * position is the one sized. So bars without orders cost a few additions.
 */
export function simulate(input: SimulationInput): Simulation {
  const { closeTimesMs, lanes } = layLanes(input.targets, input.bars, input.instruments)
  const desk = openDesk(input, lanes)
  const equity = new Float64Array(closeTimesMs.length)
  for (let step = 0; step < closeTimesMs.length; step++) {
    openStep(desk, step)
    const value = equityOf(desk)
    equity[step] = value
    if (value <= 0) desk.ruinedAtMs ??= closeTimesMs[step]
    if (markDue(desk, step)) {
      plan(desk, step)
      if (input.models.fill === 'close' && fillAtClose(desk, step)) equity[step] = equityOf(desk)
    }
  }
  return {
    closeTimesMs,
    equity,
    book: desk.book,
    closed: desk.closed,
    priceOf: desk.priceOf,
    orders: desk.orders,
    fills: desk.fills,
    refusals: Array.from(desk.refusals, ([code, seen]) => ({ code, ...seen })),
    ruinedAtMs: desk.ruinedAtMs,
  }
}

function openDesk(input: SimulationInput, lanes: readonly Lane[]): Desk {
  const byInstrument = new Map(lanes.map((lane) => [lane.instrument.id, lane]))
  return {
    input,
    lanes,
    priceOf(instrument) {
      const lane = byInstrument.get(instrument)
      if (!lane) throw new RangeError(`${instrument} is held and not traded by the run`)
      return exactPrice(lane)
    },
    closed: [],
    refusals: new Map(),
    book: openBook(input.cash),
    planner: new Map(),
    cash: decimalNumber(input.cash),
    orders: 0,
    fills: 0,
    ruinedAtMs: undefined,
  }
}

/** The lane's price as a decimal, made once per price. */
function exactPrice(lane: Lane): Decimal {
  if (lane.exact.of !== lane.price) lane.exact = { of: lane.price, value: decimal(lane.price) }
  return lane.exact.value
}

/** Fills waiting orders at the open of their instrument's next bar and moves prices to the close. */
function openStep(desk: Desk, step: number): void {
  for (const lane of desk.lanes) {
    const row = lane.rows[step]!
    if (row < 0) continue
    if (lane.pending.length > 0) {
      lane.price = lane.bars.open[row]!
      fillPending(desk, lane, lane.bars.openTimeMs[row]!)
    }
    lane.price = lane.bars.close[row]!
  }
}

function equityOf(desk: Desk): number {
  let value = desk.cash
  for (const lane of desk.lanes) value += lane.exposure * lane.price
  return value
}

/** A ruined strategy has the target zero everywhere; `NaN` is no opinion. */
function targetAt(desk: Desk, lane: Lane, step: number): number {
  return desk.ruinedAtMs === undefined ? lane.targets[step]! : 0
}

/** Notes changed targets; true when the planner has to be asked. */
function markDue(desk: Desk, step: number): boolean {
  let isAnyDue = false
  for (const lane of desk.lanes) {
    const target = targetAt(desk, lane, step)
    if (target !== lane.target && !Number.isNaN(target)) {
      lane.target = target
      lane.isDue = true
    }
    if (lane.isDue) isAnyDue = true
  }
  return isAnyDue
}

function plan(desk: Desk, step: number): void {
  const { rules } = desk.input
  const due = desk.lanes.filter((lane) => lane.isDue && lane.price > 0 && !Number.isNaN(targetAt(desk, lane, step)))
  const targets = due.map((lane) => ({
    instrument: lane.instrument,
    target: lane.target,
    openQuantity: lane.pending.reduce((sum, order) => plus(sum, order.quantity), ZERO),
  }))
  const planned = planOrders({ targets, book: desk.book, priceOf: desk.priceOf, weight: 1 }, desk.planner, rules)
  desk.planner = planned.state
  desk.orders += planned.orders.length
  for (const lane of due) {
    lane.isDue = rules.rebalance.kind === 'band'
    const orders = planned.orders.filter((order) => order.instrument === lane.instrument.id)
    if (orders.length > 0) lane.pending = [...lane.pending, ...orders]
  }
}

/** True when something was filled. */
function fillAtClose(desk: Desk, step: number): boolean {
  const before = desk.fills
  for (const lane of desk.lanes) {
    const row = lane.rows[step]!
    if (row >= 0) fillPending(desk, lane, lane.bars.openTimeMs[row]! + lane.bars.intervalMs)
  }
  return desk.fills > before
}

function fillPending(desk: Desk, lane: Lane, tsMs: number): void {
  const orders = lane.pending
  if (orders.length === 0) return
  lane.pending = []
  lane.isDue = true // the planner must see what came of them
  for (const order of orders) fillOne(desk, lane, order, tsMs)
  desk.cash = decimalNumber(desk.book.cash)
  const held = desk.book.positions.get(lane.instrument.id)
  lane.exposure = held ? decimalNumber(held.quantity) * lane.multiplier : 0
}

function fillOne(desk: Desk, lane: Lane, order: PlannedOrder, tsMs: number): void {
  const moment = { instrument: lane.instrument, referencePrice: exactPrice(lane), tsMs }
  const funds = { book: desk.book, priceOf: desk.priceOf }
  const outcome = fillMarketOrder(order, moment, desk.input.models, funds)
  if (outcome.kind === 'refused') {
    const seen = desk.refusals.get(outcome.code)
    if (seen) seen.count += 1
    else desk.refusals.set(outcome.code, { count: 1, message: outcome.message })
    return
  }
  const { book, closed } = applyFill(desk.book, outcome.fill)
  desk.book = book
  desk.fills += 1
  if (closed) desk.closed.push(closed)
}
