import {
  compare,
  decimalNumber,
  decimalText,
  formatInstant,
  formatInterval,
  QmtlError,
  ZERO,
  type TradeRecord,
} from '@qmtl/contracts'
import { closedTradeRecord, describeModels, modelsOf, openTradeRecord, securityOf, type Book } from '@qmtl/brokerage'
import type { BarColumns, Instrument } from '@qmtl/market'
import { computeStatistics, type PerformanceStatistics } from '@qmtl/statistics'
import { benchmarkReturns } from './benchmark-returns.ts'
import {
  describeRules,
  fingerprintOfRun,
  oneFingerprint,
  sortedUnique,
  type BacktestOrigin,
} from './run-fingerprint.ts'
import { simulate, type RefusalCount, type Simulation, type SimulationInput } from './simulate.ts'

export interface BacktestResult {
  /** Close times of the bars, epoch milliseconds, ascending; `equity[i]` is at `closeTimesMs[i]`, in quote currency. */
  readonly closeTimesMs: Float64Array
  readonly equity: Float64Array
  /** `returns[i]` = equity[i + 1] ÷ equity[i] − 1, never below −1; 0 from ruin on. */
  readonly returns: Float64Array
  /** Sums over the positions at each close, in quote currency: of notionals, and of signed ones (long is positive). */
  readonly grossNotional: Float64Array
  readonly netNotional: Float64Array
  /** Closed trades in order of their exit, then open positions without exit. Profits sum to final equity − cash. */
  readonly trades: readonly TradeRecord[]
  readonly statistics: PerformanceStatistics
  /** Decimal text in quote currency. */
  readonly openingEquity: string
  /** BLAKE3 over everything the run depends on: the same inputs give the same bytes, other inputs another fingerprint. */
  readonly fingerprint: string
  readonly book: Book
  /** Orders decided; those of the last bar stay unfilled. */
  readonly orders: number
  readonly fills: number
  /** Sum of all fees, decimal text in quote currency. */
  readonly fees: string
  /** What fills were worse than the opens (or closes) they were made at, decimal text in quote currency. */
  readonly slippage: string
  readonly refusals: readonly RefusalCount[]
  /** Close of the first bar with no equity left. */
  readonly ruinedAtMs: number | undefined
  /** What a reader must know before trusting the result. */
  readonly marks: readonly string[]
  readonly intervalMs: number
  readonly calendar: string
  readonly dataFingerprint: string
  /** Of every node evaluated, sorted. */
  readonly codeHashes: readonly string[]
  /** Of the intents, sorted: they cover code, parameters and wiring. */
  readonly nodeIds: readonly string[]
  readonly models: Readonly<Record<string, string>>
  /** The planner's rules by name; shares are of equity. */
  readonly planner: Readonly<Record<string, string>>
}

/**
 * Trades target columns over bars and measures the outcome, against holding `benchmark` where one is given. Throws
 * `E_INVALID_PARAMETER` without cash, `E_STRATEGY_BUILD` for two targets of one instrument or instruments of several quote
 * currencies, `E_MIXED_INTERVALS` for bars of several intervals, `E_DATA_MISSING` for a traded instrument without bars or with
 * no bar at all, `E_INVALID_DATA` for bars out of order, `E_INVALID_PARAMETER` for an instrument of a class that the broker of
 * the models does not trade.
 */
export function runBacktest(
  input: SimulationInput,
  origin: BacktestOrigin,
  { benchmark }: { readonly benchmark?: BarColumns | undefined } = {},
): BacktestResult {
  const intervalMs = checkInput(input)
  const run = simulate(input)
  const returns = returnsOf(run.equity)
  const trades = tradesOf(run)
  const calendar = calendarOf(input)
  const closeTimesMs = run.closeTimesMs.subarray(1)
  return {
    closeTimesMs: run.closeTimesMs,
    equity: run.equity,
    returns,
    grossNotional: run.grossNotional,
    netNotional: run.netNotional,
    trades,
    statistics: computeStatistics({
      ...{ startMs: run.closeTimesMs[0] ?? 0, closeTimesMs, returns, trades, calendar },
      ...{ openingEquity: decimalNumber(input.cash), bars: input.bars },
      ...(benchmark === undefined ? {} : { benchmark: benchmarkReturns(benchmark, run.closeTimesMs) }),
    }),
    openingEquity: decimalText(input.cash),
    fingerprint: fingerprintOfRun(input, origin),
    book: run.book,
    orders: run.orders,
    fills: run.fills,
    fees: decimalText(run.book.fees),
    slippage: decimalText(run.slippage),
    refusals: run.refusals,
    ruinedAtMs: run.ruinedAtMs,
    marks: marksOf(run, input),
    intervalMs,
    calendar,
    dataFingerprint: oneFingerprint(origin.dataFingerprints),
    codeHashes: sortedUnique(origin.codeHashes),
    nodeIds: sortedUnique(origin.nodeIds),
    models: describeModels(input.models),
    planner: describeRules(input.rules),
  }
}

function checkInput(input: SimulationInput): number {
  const { cash, targets, bars } = input
  if (compare(cash, ZERO) <= 0) {
    throw new QmtlError('E_INVALID_PARAMETER', `cash is ${decimalText(cash)}; a backtest starts with more than 0`)
  }
  const twin = targets.find(({ instrument }, at) => targets.findIndex((one) => one.instrument === instrument) < at)
  if (twin) {
    throw new QmtlError('E_STRATEGY_BUILD', `two target columns for ${twin.instrument}`, {
      hint: 'combine the signals into one target per instrument',
    })
  }
  const traded = tradedInstruments(input)
  checkCurrency(traded)
  const { broker } = input.models
  if (broker) for (const instrument of traded) modelsOf(broker, securityOf(instrument))
  return intervalOf(bars.filter((columns) => targets.some((target) => target.instrument === columns.instrument)))
}

/** A book adds cash and values as they stand: nothing in it converts one currency into another. */
function checkCurrency(traded: readonly Instrument[]): void {
  const [first, ...others] = traded
  const other = others.find((instrument) => instrument.quoteCurrency !== first?.quoteCurrency)
  if (!first || !other) return
  const seen = [first, other].map(({ id, quoteCurrency }) => `${id} is quoted in ${quoteCurrency}`)
  throw new QmtlError('E_STRATEGY_BUILD', `${seen.join(', ')}; a book keeps one currency`, {
    hint: 'trade instruments of one quote currency in a strategy',
  })
}

function intervalOf(traded: readonly BarColumns[]): number {
  const [first, ...others] = traded
  if (!first) throw new QmtlError('E_DATA_MISSING', 'no bars of a traded instrument are given')
  const other = others.find((columns) => columns.intervalMs !== first.intervalMs)
  if (other) {
    const seen = [first, other].map(
      ({ instrument, intervalMs }) => `${instrument} has ${formatInterval(intervalMs)} bars`,
    )
    throw new QmtlError('E_MIXED_INTERVALS', seen.join(', '), { hint: 'trade all instruments on one interval' })
  }
  const empty = traded.find((columns) => columns.length === 0)
  if (empty) throw new QmtlError('E_DATA_MISSING', `${empty.instrument} has no bar in the range`)
  return first.intervalMs
}

function returnsOf(equity: Float64Array): Float64Array {
  const returns = new Float64Array(Math.max(0, equity.length - 1))
  for (let index = 0; index < returns.length; index++) {
    const before = equity[index]!
    if (before <= 0) break
    returns[index] = Math.max(-1, equity[index + 1]! / before - 1)
  }
  return returns
}

function tradesOf({ closed, book, priceOf }: Simulation): readonly TradeRecord[] {
  const open = Array.from(book.positions.values(), (position) =>
    openTradeRecord(position, priceOf(position.instrument)),
  )
  return [...closed.map(closedTradeRecord), ...open]
}

/** The calendar of the traded instruments; where they differ, days are UTC days. */
function calendarOf(input: SimulationInput): string {
  const calendars = new Set(tradedInstruments(input).map((instrument) => instrument.calendar))
  const [only = '24/7'] = calendars
  return calendars.size === 1 ? only : '24/7'
}

function tradedInstruments({ targets, instruments }: SimulationInput): readonly Instrument[] {
  return instruments.filter(({ id }) => targets.some((target) => target.instrument === id))
}

function marksOf(run: Simulation, { models }: SimulationInput): readonly string[] {
  const marks: string[] = []
  if (models.fill === 'close') marks.push('orders fill at the close they were decided on: no live venue can do that')
  if (run.ruinedAtMs !== undefined) marks.push(`the strategy lost all its equity by ${formatInstant(run.ruinedAtMs)}`)
  for (const { code, count, message } of run.refusals) {
    marks.push(`${count} orders refused (${code}); the first: ${message}`)
  }
  return marks
}
