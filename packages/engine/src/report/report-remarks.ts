import { errorTable, formatInstant, isErrorCode } from '@qmtl/contracts'
import { findBarGaps } from '@qmtl/market'
import type { BacktestResult } from '../backtest/run-backtest.ts'
import { replayFindingText, type ReplayCheck } from '../replay/check-replay.ts'
import { counted, fixedText, percentText } from './number-text.ts'
import type { ReportData } from './report-input.ts'

export type RemarkKind =
  | 'looks-ahead'
  | 'fills-at-close'
  | 'ruined'
  | 'orders-refused'
  | 'flat-equity'
  | 'open-trades'
  | 'costs-dominate'
  | 'one-trade-profit'
  | 'few-trades'
  | 'few-days'
  | 'high-sharpe'
  | 'high-win-rate'
  | 'never-a-loss'
  | 'bars-missing'

/** What a reader must know before trusting a run. */
export interface Remark {
  readonly kind: RemarkKind
  /** `warning`: figures may mislead; `note`: good to know. */
  readonly weight: 'warning' | 'note'
  readonly text: string
  /** What to do about it. */
  readonly remedy: string
}

/** Below these, chance alone explains most figures. */
const fewTrades = 30
const fewDays = 60
/** Above these, a mistake is likelier than skill. */
const highSharpe = 4
const highWinRate = 0.9
/** Fewer trades say nothing about how often one wins. */
const tradesForWinRate = 10
/** A share of the profit before fees, and of all profit. */
const half = 0.5
/** A hole of this share of the data is a large one. */
const largeHole = 0.01

type RunRemarks = (result: BacktestResult) => readonly Remark[]

/**
 * Everything there is to remark on a run, the bars it read and the replay check where one was made, what weighs most first
 * within each matter.
 */
export function remarksOn(
  result: BacktestResult,
  data: readonly ReportData[],
  replay?: ReplayCheck,
): readonly Remark[] {
  const found = [
    ...onReplay(replay),
    ...runRemarks.flatMap((remarks) => remarks(result)),
    ...data.flatMap(onMissingBars),
  ]
  return found.toSorted((a, b) => Number(b.weight === 'warning') - Number(a.weight === 'warning'))
}

const runRemarks: readonly RunRemarks[] = [
  onFills,
  onRuin,
  onRefusals,
  onFlatEquity,
  onOpenTrades,
  onCosts,
  onConcentration,
  onFewTrades,
  onFewDays,
  onSharpe,
  onWinRate,
]

function onReplay(replay: ReplayCheck | undefined): readonly Remark[] {
  if (replay === undefined) return []
  return replay.findings.map((finding) => {
    const text = `${replayFindingText(finding)}, on the bar closing ${formatInstant(finding.closeTimeMs)}`
    const remedy =
      'believe no figure of this run: let the node read its inputs alone, by their views, and no chance or clock'
    return warning('looks-ahead', text, remedy)
  })
}

function onFills({ models }: BacktestResult): readonly Remark[] {
  if (models['fill'] !== 'close') return []
  const text = 'orders fill at the close they were decided on: no live venue can do that'
  return [warning('fills-at-close', text, 'run with fills at the next open before you believe a figure')]
}

function onRuin({ ruinedAtMs }: BacktestResult): readonly Remark[] {
  if (ruinedAtMs === undefined) return []
  const text = `the strategy lost all its equity by ${formatInstant(ruinedAtMs)}`
  return [warning('ruined', text, 'use smaller targets or less leverage; figures after that moment say nothing')]
}

function onRefusals({ refusals }: BacktestResult): readonly Remark[] {
  return refusals.map(({ code, count, message }) => {
    const remedy = isErrorCode(code) ? errorTable[code].action : 'see what the first one says'
    return warning('orders-refused', `${counted(count, 'order')} refused (${code}); the first: ${message}`, remedy)
  })
}

function onFlatEquity({ equity, orders, fills }: BacktestResult): readonly Remark[] {
  if (equity.some((value) => value !== equity[0])) return []
  if (orders === 0) {
    const remedy = 'look at the signal: compare its warm-up with the number of bars, and its thresholds with the data'
    return [warning('flat-equity', 'no order was planned: the signal never asked for a position', remedy)]
  }
  const text = `equity never moved: ${counted(orders, 'order')} planned, ${fixedText(fills, 0)} filled`
  return [warning('flat-equity', text, 'give more bars after the first order, and look at refused orders')]
}

function onOpenTrades({ trades }: BacktestResult): readonly Remark[] {
  const open = trades.filter(({ exit_ts }) => exit_ts === undefined).length
  if (open === 0) return []
  const text = `${counted(open, 'trade')} still open at the end: in the equity, not in win rate and profit factor`
  return [note('open-trades', text, 'read them at the end of the table of trades; they are valued at the last close')]
}

function onCosts({ trades, fees }: BacktestResult): readonly Remark[] {
  const paid = Number(fees)
  const profits = trades.map(({ pnl, fee }) => Number(pnl) + Number(fee))
  const before = profits.reduce((sum, profit) => sum + profit, 0)
  const gross = profits.reduce((sum, profit) => sum + Math.max(0, profit), 0)
  const remedy = 'trade less often, hold longer, or have the signal clear a threshold that pays for the fee'
  if (before > 0 && before < paid) {
    return [warning('costs-dominate', 'before fees the strategy earns money; fees turn it into a loss', remedy)]
  }
  if (!(gross > 0 && paid > half * gross)) return []
  const share = percentText(paid / gross, 0)
  return [warning('costs-dominate', `fees are ${share} of what winning trades earn before fees`, remedy)]
}

function onConcentration({ trades }: BacktestResult): readonly Remark[] {
  const profits = trades.map(({ pnl }) => Number(pnl))
  const total = profits.reduce((sum, profit) => sum + profit, 0)
  const best = profits.reduce((most, profit) => Math.max(most, profit), 0)
  if (trades.length < 2 || !(total > 0 && best > half * total)) return []
  const share = percentText(best / total, 0)
  const remedy = 'look at that trade, and at what the run is worth without it'
  return [warning('one-trade-profit', `one trade of ${trades.length} makes ${share} of the profit`, remedy)]
}

function onFewTrades({ statistics, orders }: BacktestResult): readonly Remark[] {
  const closed = statistics.trades.value ?? 0
  if (orders === 0 || closed >= fewTrades) return []
  const text = `only ${counted(closed, 'trade')} closed: too few to tell skill from luck (${fewTrades} and more say something)`
  return [warning('few-trades', text, 'run over more bars, or over more instruments')]
}

function onFewDays({ statistics }: BacktestResult): readonly Remark[] {
  const days = statistics.sharpe.sample
  if (days >= fewDays) return []
  const text = `ratios rest on ${counted(days, 'daily return')}: too few (${fewDays} and more say something)`
  return [warning('few-days', text, 'run over a longer range; read no ratio without its standard error')]
}

const suspicion =
  'look for a value that is known only later, for prices that could not be traded, and for missing costs'

function onSharpe({ statistics }: BacktestResult): readonly Remark[] {
  const { value } = statistics.sharpe
  if (value === null || value <= highSharpe) return []
  const text = `a Sharpe ratio of ${fixedText(value, 2)} is suspicious: hardly any strategy keeps one above ${highSharpe}`
  return [warning('high-sharpe', text, suspicion)]
}

function onWinRate({ statistics, trades }: BacktestResult): readonly Remark[] {
  const closed = trades.filter(({ exit_ts }) => exit_ts !== undefined)
  const rate = statistics.win_rate.value
  if (rate === null || closed.length < tradesForWinRate) return []
  if (closed.every(({ pnl }) => Number(pnl) >= 0)) {
    return [
      warning(
        'never-a-loss',
        `none of ${fixedText(closed.length, 0)} closed trades lost: that is suspicious`,
        suspicion,
      ),
    ]
  }
  if (rate <= highWinRate) return []
  const text = `${percentText(rate, 1)} of ${fixedText(closed.length, 0)} closed trades won: that is suspicious`
  return [warning('high-win-rate', text, `${suspicion}; a rare loss may be large`)]
}

function onMissingBars({ instrument, columns, source }: ReportData): readonly Remark[] {
  const gaps = findBarGaps(columns.openTimeMs, columns.intervalMs, instrument.calendar)
  if (gaps.length === 0) return []
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0)
  const text = `${source}: ${counted(missing, 'bar')} missing, in ${counted(gaps.length, 'place')}`
  const largest = gaps.reduce((most, gap) => (gap.missing > most.missing ? gap : most))
  if (largest.missing < largeHole * (columns.length + missing)) {
    return [note('bars-missing', text, 'windows reach across holes: fill them where the venue traded')]
  }
  const where = `the largest, of ${counted(largest.missing, 'bar')}, from ${formatInstant(largest.fromMs)}`
  const remedy = 'fill it, or run on either side of it: nothing could be traded there, and windows reach across it'
  return [warning('bars-missing', `${text}; ${where}`, remedy)]
}

function warning(kind: RemarkKind, text: string, remedy: string): Remark {
  return { kind, weight: 'warning', text, remedy }
}

function note(kind: RemarkKind, text: string, remedy: string): Remark {
  return { kind, weight: 'note', text, remedy }
}
