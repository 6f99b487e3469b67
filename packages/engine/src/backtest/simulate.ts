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
import { planOrders, type PlannerState, type TargetRequest } from '../planner/plan-orders.ts'
import type { PlannerRules } from '../planner/planner-rules.ts'
import { layLanes, type Lane, type TargetColumn, type WaitingOrder } from './lane.ts'

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
  /** The broker's rule where one refused, else an error code. */
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
  /** Sums over the positions at each close, in quote currency: of notionals, and of signed ones. */
  readonly grossNotional: Float64Array
  readonly netNotional: Float64Array
  readonly book: Book
  readonly closed: readonly ClosedTrade[]
  /** Latest price of each traded instrument. */
  readonly priceOf: PriceOf
  /** Orders decided; those of the last bar stay unfilled. */
  readonly orders: number
  readonly fills: number
  /** What fills were worse than the prices they were made at, in quote currency. */
  readonly slippage: Decimal
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
  slippage: Decimal
  ruinedAtMs: number | undefined
}

/**
 * Trades target columns bar by bar: fill what was decided before the bar opened, value at the close, plan. The planner is
 * the one that runs live; it is asked only where its answer can differ from "nothing": after a change of target and until
 * the position is the one sized. So bars without orders cost a few additions. Targets may change between two closes; the
 * curve has a point at each close of a traded bar alone, the first of them with the opening cash.
 */
export function simulate(input: SimulationInput): Simulation {
  const { closeTimesMs, lanes } = layLanes(input.targets, input.bars, input.instruments)
  const desk = openDesk(input, lanes)
  const curve = emptyCurve(closeTimesMs.length)
  for (let step = 0; step < closeTimesMs.length; step++) {
    if (isCalm(desk)) step = passCalmSteps(desk, { closeTimesMs, curve, step })
    if (step < closeTimesMs.length) takeStep(desk, { closeTimesMs, curve, step })
  }
  const { points } = curve
  return {
    closeTimesMs: curve.times.subarray(0, points),
    equity: curve.equity.subarray(0, points),
    grossNotional: curve.gross.subarray(0, points),
    netNotional: curve.net.subarray(0, points),
    book: desk.book,
    closed: desk.closed,
    priceOf: desk.priceOf,
    orders: desk.orders,
    fills: desk.fills,
    slippage: desk.slippage,
    refusals: Array.from(desk.refusals, ([code, seen]) => ({ code, ...seen })),
    ruinedAtMs: desk.ruinedAtMs,
  }
}

/** A step of the grid, and the curve it is drawn on. */
interface CurveStep {
  readonly closeTimesMs: Float64Array
  readonly curve: Curve
  readonly step: number
}

function takeStep(desk: Desk, { closeTimesMs, curve, step }: CurveStep): void {
  const closeMs = closeTimesMs[step]!
  if (takeBars(desk, step)) {
    const equity = equityOf(desk)
    addPoint(curve, desk, { closeMs, equity })
    if (equity <= 0) desk.ruinedAtMs ??= closeMs
  }
  if (!markDue(desk, step)) return
  plan(desk, step, closeMs)
  if (desk.input.models.fill !== 'close' || !fillAtClose(desk, step, closeMs) || curve.points === 0) return
  setNotionals(curve, curve.points - 1, desk)
  if (curve.points > 1) curve.equity[curve.points - 1] = equityOf(desk)
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
    slippage: ZERO,
    ruinedAtMs: undefined,
  }
}

/** The lane's price as a decimal, made once per price. */
function exactPrice(lane: Lane): Decimal {
  if (lane.exact.of !== lane.price) lane.exact = { of: lane.price, value: decimal(lane.price) }
  return lane.exact.value
}

/** Nothing is to be filled or planned before a target changes. */
function isCalm({ lanes, ruinedAtMs }: Desk): boolean {
  if (ruinedAtMs !== undefined) return false
  for (const lane of lanes) if (lane.isDue || lane.pending.length > 0) return false
  return true
}

/** Values the book at each close until a target changes or equity runs out; gives the step that has to be taken whole. */
function passCalmSteps(desk: Desk, { closeTimesMs, curve, step: first }: CurveStep): number {
  let step = first
  for (; step < closeTimesMs.length && !isTargetNew(desk.lanes, step); step++) {
    if (!movePrices(desk.lanes, step)) continue
    const equity = equityOf(desk)
    if (equity <= 0) break
    addPoint(curve, desk, { closeMs: closeTimesMs[step]!, equity })
  }
  return step
}

function isTargetNew(lanes: readonly Lane[], step: number): boolean {
  for (const lane of lanes) {
    const target = lane.targets[step]!
    if (target !== lane.target && !Number.isNaN(target)) return true
  }
  return false
}

/** Moves prices to the closes of this step's bars; true where there is a bar. */
function movePrices(lanes: readonly Lane[], step: number): boolean {
  let hasBar = false
  for (const lane of lanes) {
    const row = lane.rows[step]!
    if (row < 0) continue
    hasBar = true
    lane.price = lane.bars.close[row]!
  }
  return hasBar
}

/** Fills waiting orders at the opens of this step's bars and moves prices to their closes; true where there is a bar. */
function takeBars(desk: Desk, step: number): boolean {
  fillAtOpen(desk, step)
  return movePrices(desk.lanes, step)
}

function equityOf(desk: Desk): number {
  let value = desk.cash
  for (const lane of desk.lanes) value += lane.exposure * lane.price
  return value
}

/** What a run leaves at each close; as long as its grid, and filled as far as there are bars. */
interface Curve {
  readonly times: Float64Array
  readonly equity: Float64Array
  readonly gross: Float64Array
  readonly net: Float64Array
  points: number
}

function emptyCurve(length: number): Curve {
  const column = (): Float64Array => new Float64Array(length)
  return { times: column(), equity: column(), gross: column(), net: column(), points: 0 }
}

function addPoint(
  curve: Curve,
  desk: Desk,
  { closeMs, equity }: { readonly closeMs: number; readonly equity: number },
) {
  curve.times[curve.points] = closeMs
  curve.equity[curve.points] = equity
  setNotionals(curve, curve.points, desk)
  curve.points += 1
}

function setNotionals({ gross, net }: Curve, point: number, { lanes }: Desk): void {
  let sum = 0
  let signed = 0
  for (const lane of lanes) {
    const notional = lane.exposure * lane.price
    sum += Math.abs(notional)
    signed += notional
  }
  gross[point] = sum
  net[point] = signed
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

function plan(desk: Desk, step: number, decidedMs: number): void {
  const { rules } = desk.input
  const due: Lane[] = []
  const targets: TargetRequest[] = []
  for (const lane of desk.lanes) {
    if (!lane.isDue || !(lane.price > 0) || Number.isNaN(targetAt(desk, lane, step))) continue
    due.push(lane)
    targets.push({ instrument: lane.instrument, target: lane.target, openQuantity: openQuantity(lane) })
  }
  const planned = planOrders({ targets, book: desk.book, priceOf: desk.priceOf, weight: 1 }, desk.planner, rules)
  desk.planner = planned.state
  desk.orders += planned.orders.length
  for (const lane of due) {
    lane.isDue = rules.rebalance.kind === 'band'
    for (const { instrument, quantity, reduceOnly, leg } of planned.orders) {
      if (instrument === lane.instrument.id) lane.pending.push({ instrument, quantity, reduceOnly, leg, decidedMs })
    }
  }
}

function openQuantity({ pending }: Lane): Decimal {
  let sum = ZERO
  for (const order of pending) sum = plus(sum, order.quantity)
  return sum
}

/** All bars of a step open together, so every instrument is valued at its open: later prices are not known yet. */
function fillAtOpen(desk: Desk, step: number): void {
  if (!desk.lanes.some(({ pending }) => pending.length > 0)) return
  let openMs: number | undefined
  for (const lane of desk.lanes) {
    const row = lane.rows[step]!
    if (row < 0) continue
    lane.price = lane.bars.open[row]!
    openMs ??= lane.bars.openTimeMs[row]!
  }
  if (openMs !== undefined) fillWaiting(desk, step, openMs)
}

/** True when something was filled. */
function fillAtClose(desk: Desk, step: number, closeMs: number): boolean {
  const before = desk.fills
  fillWaiting(desk, step, closeMs)
  return desk.fills > before
}

/** Fills what was decided by an instant: of all instruments first what reduces, because it frees the funds of the others. */
function fillWaiting(desk: Desk, step: number, tsMs: number): void {
  fillEach(desk, { step, tsMs, isReducing: true })
  fillEach(desk, { step, tsMs, isReducing: false })
  for (const lane of desk.lanes) {
    if (lane.rows[step]! >= 0 && lane.pending.some(({ decidedMs }) => decidedMs <= tsMs)) settle(desk, lane, tsMs)
  }
  desk.cash = decimalNumber(desk.book.cash)
}

interface FillPass {
  readonly step: number
  readonly tsMs: number
  readonly isReducing: boolean
}

function fillEach(desk: Desk, { step, tsMs, isReducing }: FillPass): void {
  for (const lane of desk.lanes) {
    if (lane.rows[step]! < 0) continue
    for (const order of lane.pending) {
      if (order.reduceOnly === isReducing && order.decidedMs <= tsMs) fillOne(desk, lane, order, tsMs)
    }
  }
}

function settle(desk: Desk, lane: Lane, tsMs: number): void {
  lane.pending = lane.pending.filter(({ decidedMs }) => decidedMs > tsMs)
  lane.isDue = true // the planner must see what came of them
  const held = desk.book.positions.get(lane.instrument.id)
  lane.exposure = held ? decimalNumber(held.quantity) * lane.multiplier : 0
}

function fillOne(desk: Desk, lane: Lane, order: WaitingOrder, tsMs: number): void {
  const moment = { instrument: lane.instrument, referencePrice: exactPrice(lane), tsMs }
  const funds = { book: desk.book, priceOf: desk.priceOf }
  const outcome = fillMarketOrder(order, moment, desk.input.models, funds)
  if (outcome.kind === 'refused') {
    const code = outcome.rule ?? outcome.code
    const seen = desk.refusals.get(code)
    if (seen) seen.count += 1
    else desk.refusals.set(code, { count: 1, message: outcome.message })
    return
  }
  const { book, closed } = applyFill(desk.book, outcome.fill)
  desk.book = book
  desk.fills += 1
  desk.slippage = plus(desk.slippage, outcome.slippage)
  if (closed) desk.closed.push(closed)
}
