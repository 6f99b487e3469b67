import type { TradeRecord } from '@qmtl/contracts'
import { figure, missing, type Figure } from '../returns/figure.ts'
import { barsOf, firstBarFrom, type PriceBars } from './price-bars.ts'
import { readTrades, type ClosedTrade } from './trade-ledger.ts'

/** How far the price moved while a trade was open, as shares of its entry price, never below 0. */
export interface Excursion {
  /** Against the position. */
  readonly adverse: number
  /** In favour of it. */
  readonly favourable: number
}

/**
 * Excursions of closed trades in the order of their exits, by the highs and lows of the bars that lie wholly within the trade
 * and by its exit price; undefined for a trade whose instrument has no bars here.
 */
export function tradeExcursions(
  trades: readonly TradeRecord[],
  bars: readonly PriceBars[],
): readonly { readonly trade: TradeRecord; readonly excursion: Excursion | undefined }[] {
  return readTrades(trades).closed.map((closed) => ({ trade: closed.record, excursion: excursionOf(closed, bars) }))
}

type ExcursionName = 'average_mae' | 'worst_mae' | 'average_mfe' | 'best_mfe'

export function excursionFigures(
  closed: readonly ClosedTrade[],
  bars: readonly PriceBars[] | undefined,
): Record<ExcursionName, Figure> {
  if (closed.length === 0) return eachOf(missing('no trade was closed'))
  if (bars === undefined) return eachOf(missing('no bars were given'))
  let [adverse, favourable, worst, best] = [0, 0, 0, 0]
  for (const trade of closed) {
    const excursion = excursionOf(trade, bars)
    if (!excursion) return eachOf(missing(`no bars of ${trade.record.instrument} were given`))
    adverse += excursion.adverse
    favourable += excursion.favourable
    worst = Math.max(worst, excursion.adverse)
    best = Math.max(best, excursion.favourable)
  }
  return {
    average_mae: figure(adverse / closed.length),
    worst_mae: figure(worst),
    average_mfe: figure(favourable / closed.length),
    best_mfe: figure(best),
  }
}

function eachOf(absent: Figure): Record<ExcursionName, Figure> {
  return { average_mae: absent, worst_mae: absent, average_mfe: absent, best_mfe: absent }
}

function excursionOf(trade: ClosedTrade, all: readonly PriceBars[]): Excursion | undefined {
  const { record, entryMs, exitMs, entryPrice, exitPrice } = trade
  const bars = barsOf(record.instrument, all)
  if (!bars) return undefined
  const { openTimeMs, low, high, length } = bars
  let lowest = Math.min(entryPrice, exitPrice)
  let highest = Math.max(entryPrice, exitPrice)
  const lastOpenMs = exitMs - bars.intervalMs
  for (let index = firstBarFrom(bars, entryMs); index < length && openTimeMs[index]! <= lastOpenMs; index++) {
    if (low[index]! < lowest) lowest = low[index]!
    if (high[index]! > highest) highest = high[index]!
  }
  const [fall, rise] = [(entryPrice - lowest) / entryPrice, (highest - entryPrice) / entryPrice]
  return record.side === 'long' ? { adverse: fall, favourable: rise } : { adverse: rise, favourable: fall }
}
