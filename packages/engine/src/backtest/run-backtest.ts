import { b3, canonicalJson, compare, decimalText, formatInstant, QmtlError, ZERO } from '@qmtl/contracts'
import type { EvidenceSeries, TradeRecord } from '@qmtl/contracts'
import { closedTradeRecord, describeModels, openTradeRecord, type Book } from '@qmtl/brokerage'
import { computeStatistics } from '@qmtl/statistics'
import { simulate, type RefusalCount, type Simulation, type SimulationInput } from './simulate.ts'

/** Where targets came from: the parts of the fingerprint that the loop itself does not see. */
export interface BacktestOrigin {
  /** Of every column of bars that was read, in any order. */
  readonly dataFingerprints: readonly string[]
  /** Of every node that was evaluated, in any order. */
  readonly codeHashes: readonly string[]
  /** Ids of the intent nodes: they cover code, parameters and wiring. */
  readonly nodeIds: readonly string[]
}

export interface BacktestResult {
  /** Close times of the bars, epoch milliseconds, ascending; `equity[i]` is at `closeTimesMs[i]`, in quote currency. */
  readonly closeTimesMs: Float64Array
  readonly equity: Float64Array
  /** `returns[i]` = equity[i + 1] ÷ equity[i] − 1, never below −1; 0 from ruin on. */
  readonly returns: Float64Array
  /** Closed trades in order of their exit, then open positions without exit. Profits sum to final equity − cash. */
  readonly trades: readonly TradeRecord[]
  readonly statistics: ReturnType<typeof computeStatistics>
  /** BLAKE3 over everything the run depends on: the same inputs give the same bytes, other inputs another fingerprint. */
  readonly fingerprint: string
  readonly evidence: EvidenceSeries
  readonly book: Book
  readonly orders: number
  readonly fills: number
  /** Sum of all fees, decimal text in quote currency. */
  readonly fees: string
  readonly refusals: readonly RefusalCount[]
  readonly ruinedAtMs: number | undefined
  /** What a reader must know before trusting the result. */
  readonly marks: readonly string[]
}

/**
 * Trades target columns over bars and measures the outcome. Throws `E_INVALID_PARAMETER` without cash, `E_MIXED_INTERVALS`
 * for bars of several intervals, `E_DATA_MISSING` for a traded instrument without bars or with no bar at all.
 */
export function runBacktest(input: SimulationInput, origin: BacktestOrigin): BacktestResult {
  const intervalMs = checkInput(input)
  const run = simulate(input)
  const returns = returnsOf(run.equity)
  const trades = tradesOf(run)
  const calendar = calendarOf(input)
  const startMs = run.closeTimesMs[0] ?? 0
  const statistics = computeStatistics({
    startMs,
    closeTimesMs: run.closeTimesMs.subarray(1),
    returns,
    trades,
    calendar,
  })
  return {
    closeTimesMs: run.closeTimesMs,
    equity: run.equity,
    returns,
    trades,
    statistics,
    fingerprint: fingerprintOfRun(input, origin),
    evidence: evidenceOf({ run, returns, trades, calendar, intervalMs }, input, origin),
    book: run.book,
    orders: run.orders,
    fills: run.fills,
    fees: decimalText(run.book.fees),
    refusals: run.refusals,
    ruinedAtMs: run.ruinedAtMs,
    marks: marksOf(run, input),
  }
}

function checkInput({ cash, bars, targets }: SimulationInput): number {
  if (compare(cash, ZERO) <= 0) {
    throw new QmtlError('E_INVALID_PARAMETER', `cash is ${decimalText(cash)}; a backtest starts with more than 0`)
  }
  const traded = bars.filter((columns) => targets.some((target) => target.instrument === columns.instrument))
  const [first, ...others] = traded
  if (!first) throw new QmtlError('E_DATA_MISSING', 'no bars of a traded instrument are given')
  const other = others.find((columns) => columns.intervalMs !== first.intervalMs)
  if (other) {
    const message = `${first.instrument} has bars of ${first.intervalMs} ms, ${other.instrument} of ${other.intervalMs} ms`
    throw new QmtlError('E_MIXED_INTERVALS', message, { hint: 'trade all instruments of a strategy on one interval' })
  }
  const empty = traded.find((columns) => columns.length === 0)
  if (empty) throw new QmtlError('E_DATA_MISSING', `${empty.instrument} has no bar in the range`)
  return first.intervalMs
}

function returnsOf(equity: Float64Array): Float64Array {
  const returns = new Float64Array(Math.max(0, equity.length - 1))
  for (let index = 0; index < returns.length; index++) {
    const before = equity[index]!
    returns[index] = before > 0 ? Math.max(-1, equity[index + 1]! / before - 1) : 0
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
function calendarOf({ targets, instruments }: SimulationInput): string {
  const traded = instruments.filter(({ id }) => targets.some((target) => target.instrument === id))
  const calendars = new Set(traded.map((instrument) => instrument.calendar))
  const [only = '24/7'] = calendars
  return calendars.size === 1 ? only : '24/7'
}

function evidenceOf(
  measured: {
    readonly run: Simulation
    readonly returns: Float64Array
    readonly trades: readonly TradeRecord[]
    readonly calendar: string
    readonly intervalMs: number
  },
  input: SimulationInput,
  origin: BacktestOrigin,
): EvidenceSeries {
  const { run, returns, trades, calendar, intervalMs } = measured
  return {
    stage: 'backtest',
    interval_s: intervalMs / 1000,
    start: formatInstant(run.closeTimesMs[0] ?? 0),
    returns: Array.from(returns),
    ...(isEven(run.closeTimesMs, intervalMs) ? {} : { close_ts: closeSeconds(run.closeTimesMs) }),
    trades: [...trades],
    calendar,
    data_fingerprint: oneFingerprint(origin.dataFingerprints),
    code_hashes: sortedUnique(origin.codeHashes),
    models: describeModels(input.models),
  }
}

function isEven(closeTimesMs: Float64Array, intervalMs: number): boolean {
  for (let index = 1; index < closeTimesMs.length; index++) {
    if (closeTimesMs[index]! - closeTimesMs[index - 1]! !== intervalMs) return false
  }
  return true
}

function closeSeconds(closeTimesMs: Float64Array): number[] {
  return Array.from(closeTimesMs.subarray(1), (closeMs) => closeMs / 1000)
}

function oneFingerprint(fingerprints: readonly string[]): string {
  const [first = '', ...others] = sortedUnique(fingerprints)
  return others.length === 0 ? first : `lake:${b3(canonicalJson([first, ...others]))}`
}

function fingerprintOfRun(input: SimulationInput, origin: BacktestOrigin): string {
  const { rules } = input
  return b3(
    canonicalJson({
      data: sortedUnique(origin.dataFingerprints),
      code_hashes: sortedUnique(origin.codeHashes),
      nodes: sortedUnique(origin.nodeIds),
      cash: decimalText(input.cash),
      models: describeModels(input.models),
      planner: {
        rebalance: rules.rebalance.kind === 'band' ? decimalText(rules.rebalance.fraction) : rules.rebalance.kind,
        free_portfolio_fraction: decimalText(rules.freePortfolioFraction),
        minimum_order_fraction: decimalText(rules.minimumOrderFraction),
        mend_fraction: decimalText(rules.mendFraction),
        minimum_notional: decimalText(rules.minimumNotional),
      },
      instruments: input.instruments
        .map(({ id, lotSize, multiplier, calendar }) => [id, decimalText(lotSize), decimalText(multiplier), calendar])
        .sort((a, b) => (a.join() < b.join() ? -1 : 1)),
    }),
  )
}

function sortedUnique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}

function marksOf(run: Simulation, { models }: SimulationInput): readonly string[] {
  const marks: string[] = []
  if (models.fill === 'close') marks.push('orders fill at the close they were decided on: no live venue can do that')
  if (run.ruinedAtMs !== undefined) marks.push(`the strategy lost all its equity by ${formatInstant(run.ruinedAtMs)}`)
  for (const { code, count, message } of run.refusals)
    marks.push(`${count} orders refused (${code}); the first: ${message}`)
  return marks
}
