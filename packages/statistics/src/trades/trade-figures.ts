import { decimalNumber, dividedBy } from '@qmtl/contracts'
import type { tradeTable } from '../registry/trade-table.ts'
import { dayMs } from '../returns/daily-returns.ts'
import { distributionOf, type Distribution } from '../returns/distribution.ts'
import { figure, missing, shareFigure, tooFew, type Figure } from '../returns/figure.ts'
import { errorOfMean } from '../returns/growth.ts'
import { excursionFigures } from './excursions.ts'
import type { PriceBars } from './price-bars.ts'
import type { ClosedTrade, TradeLedger } from './trade-ledger.ts'

type TradeName = keyof typeof tradeTable

/** Figures of closed trades; those of excursions need the bars of the traded instruments. */
export function tradeFigures(ledger: TradeLedger, bars: readonly PriceBars[] | undefined): Record<TradeName, Figure> {
  const { closed } = ledger
  const profits = distributionOf(Float64Array.from(closed, ({ pnl }) => pnl))
  return {
    trades: figure(closed.length),
    ...profitFigures(ledger, profits.mean),
    ...resultFigures(profits),
    ...runFigures(ledger),
    ...excursionFigures(closed, bars),
  }
}

/** Longest runs and summed times of wins and losses. */
interface Runs {
  readonly longestWins: number
  readonly longestLosses: number
  readonly winMs: number
  readonly lossMs: number
  readonly allMs: number
}

/** One pass in the order of exits; a trade without profit or loss ends both runs. */
function runsOf(closed: readonly ClosedTrade[]): Runs {
  let [longestWins, longestLosses, winMs, lossMs, allMs] = [0, 0, 0, 0, 0]
  // Wins in a row count up from 0, losses down.
  let run = 0
  for (const { pnl, entryMs, exitMs } of closed) {
    const lastedMs = exitMs - entryMs
    allMs += lastedMs
    if (pnl > 0) {
      winMs += lastedMs
      run = Math.max(0, run) + 1
      longestWins = Math.max(longestWins, run)
    } else if (pnl < 0) {
      lossMs += lastedMs
      run = Math.min(0, run) - 1
      longestLosses = Math.max(longestLosses, -run)
    } else run = 0
  }
  return { longestWins, longestLosses, winMs, lossMs, allMs }
}

const noneClosed = missing('no trade was closed')
const noneWon = missing('no trade won')
const noneLost = missing('no trade lost')

/** Why a figure does not exist that needs closed trades, wins or losses. */
interface Absence {
  readonly closed: Figure | undefined
  readonly won: Figure | undefined
  readonly lost: Figure | undefined
  readonly both: Figure | undefined
}

function absenceOf({ closed, wins, losses }: TradeLedger): Absence {
  const none = closed.length === 0 ? noneClosed : undefined
  const won = none ?? (wins === 0 ? noneWon : undefined)
  const lost = none ?? (losses === 0 ? noneLost : undefined)
  return { closed: none, won, lost, both: won ?? lost }
}

type ProfitName =
  'win_rate' | 'profit_factor' | 'average_win' | 'average_loss' | 'payoff_ratio' | 'expectancy' | 'kelly'

/** Figures of wins against losses, from exact sums. */
function profitFigures(ledger: TradeLedger, mean: number): Record<ProfitName, Figure> {
  const { closed, wins, losses, profitSum, lossSum } = ledger
  const absent = absenceOf(ledger)
  const averageWin = decimalNumber(profitSum) / wins
  const averageLoss = decimalNumber(lossSum) / losses
  const payoff = averageWin / averageLoss
  const won = wins / (wins + losses)
  return {
    win_rate: absent.closed ?? shareFigure(wins, closed.length),
    profit_factor: absent.lost ?? figure(decimalNumber(dividedBy(profitSum, lossSum))),
    average_win: absent.won ?? figure(averageWin),
    average_loss: absent.lost ?? figure(averageLoss),
    payoff_ratio: absent.both ?? figure(payoff),
    expectancy: absent.lost ?? figure(mean / averageLoss),
    kelly: absent.both ?? figure(won - (1 - won) / payoff),
  }
}

type ResultName = 'average_trade' | 'best_trade' | 'worst_trade' | 'sqn'

function resultFigures(profits: Distribution): Record<ResultName, Figure> {
  const absent = profits.count === 0 ? noneClosed : undefined
  return {
    average_trade: absent ?? figure(profits.mean, errorOfMean(profits)),
    best_trade: absent ?? figure(profits.largest),
    worst_trade: absent ?? figure(profits.smallest),
    sqn: systemQuality(profits),
  }
}

function systemQuality(profits: Distribution): Figure {
  const few = tooFew(profits.count, { least: 2, phrase: 'two closed trades are' })
  if (few) return few
  if (profits.deviation === 0) return missing('the profits do not vary')
  return figure((profits.mean / profits.deviation) * Math.sqrt(profits.count))
}

type RunName = 'max_consecutive_wins' | 'max_consecutive_losses'
type DurationName = 'average_trade_duration' | 'average_win_duration' | 'average_loss_duration'

function runFigures(ledger: TradeLedger): Record<RunName | DurationName, Figure> {
  const { closed, wins, losses } = ledger
  const absent = absenceOf(ledger)
  const runs = runsOf(closed)
  return {
    max_consecutive_wins: absent.closed ?? figure(runs.longestWins),
    max_consecutive_losses: absent.closed ?? figure(runs.longestLosses),
    average_trade_duration: absent.closed ?? figure(runs.allMs / closed.length / dayMs),
    average_win_duration: absent.won ?? figure(runs.winMs / wins / dayMs),
    average_loss_duration: absent.lost ?? figure(runs.lossMs / losses / dayMs),
  }
}
