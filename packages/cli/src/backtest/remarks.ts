import type { BacktestResult } from '@qmtl/engine'
import { findBarGaps } from '@qmtl/market'
import { counted } from '../output/numbers.ts'
import { instrumentTerms, type BacktestBars } from './backtest-bars.ts'

/** Below these, chance alone explains most figures. */
const fewTrades = 30
const fewDays = 60

/** What a reader should keep in mind about a run, beside the engine's own marks. */
export function remarksOn(result: BacktestResult, bars: readonly BacktestBars[]): readonly string[] {
  return [...activityRemarks(result), ...sampleRemarks(result), ...bars.flatMap(gapRemarks)]
}

function activityRemarks({ orders, trades, fees }: BacktestResult): string[] {
  if (orders === 0) return ['no order was planned: the signal never asked for a position']
  const remarks: string[] = []
  const open = trades.filter(({ exit_ts }) => exit_ts === undefined).length
  if (open > 0)
    remarks.push(`${counted(open, 'trade')} still open at the end: in the equity, not in win rate and profit factor`)
  const profit = trades.reduce((sum, { pnl }) => sum + Number(pnl), 0)
  const paid = Number(fees)
  if (profit < 0 && profit + paid > 0) remarks.push('before fees the strategy earns money; fees turn it into a loss')
  return remarks
}

function sampleRemarks({ statistics, orders }: BacktestResult): string[] {
  const closed = statistics.trades.value ?? 0
  const days = statistics.sharpe.sample
  return [
    ...(orders > 0 && closed < fewTrades
      ? [
          `only ${counted(closed, 'trade')} closed: too few to tell skill from luck (${fewTrades} and more say something)`,
        ]
      : []),
    ...(days < fewDays
      ? [`ratios rest on ${counted(days, 'daily return')}: too few (${fewDays} and more say something)`]
      : []),
  ]
}

function gapRemarks({ columns, source }: BacktestBars): string[] {
  const gaps = findBarGaps(columns.openTimeMs, columns.intervalMs, instrumentTerms(columns.instrument).calendar)
  if (gaps.length === 0) return []
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0)
  return [`${source}: ${counted(missing, 'bar')} missing, in ${counted(gaps.length, 'place')}`]
}
