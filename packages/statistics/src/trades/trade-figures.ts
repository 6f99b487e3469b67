import {
  ZERO,
  decimal,
  decimalNumber,
  dividedBy,
  isZero,
  minus,
  parseInstant,
  plus,
  sign,
  type TradeRecord,
} from '@qmtl/contracts'
import { figure, missing, type Figure } from '../returns/figure.ts'

/** Trades that have an exit. */
export function closedTrades(trades: readonly TradeRecord[]): readonly TradeRecord[] {
  return trades.filter((trade) => trade.exit_ts !== undefined)
}

/** Share of closed trades with a profit after fees. */
export function winRate(closed: readonly TradeRecord[]): Figure {
  if (closed.length === 0) return missing('no trade was closed')
  return figure(closed.filter(({ pnl }) => sign(decimal(pnl)) > 0).length / closed.length)
}

/** Profits over losses of closed trades after fees. */
export function profitFactor(closed: readonly TradeRecord[]): Figure {
  if (closed.length === 0) return missing('no trade was closed')
  let profits = ZERO
  let losses = ZERO
  for (const trade of closed) {
    const pnl = decimal(trade.pnl)
    if (sign(pnl) > 0) profits = plus(profits, pnl)
    else losses = minus(losses, pnl)
  }
  return isZero(losses) ? missing('no trade lost') : figure(decimalNumber(dividedBy(profits, losses)))
}

/** Sum of fees in quote currency. */
export function feeSum(trades: readonly TradeRecord[]): Figure {
  return figure(decimalNumber(trades.reduce((sum, { fee }) => plus(sum, decimal(fee)), ZERO)))
}

/** Share of `[startMs, endMs]` within at least one trade; a trade without exit lasts to the end. */
export function exposureShare(trades: readonly TradeRecord[], startMs: number, endMs: number): Figure {
  if (endMs <= startMs) return missing('there are no returns')
  const spans = trades
    .map(({ entry_ts, exit_ts }) => ({
      fromMs: Math.max(startMs, parseInstant(entry_ts)),
      toMs: Math.min(endMs, exit_ts === undefined ? endMs : parseInstant(exit_ts)),
    }))
    .sort((a, b) => a.fromMs - b.fromMs)
  let coveredMs = 0
  let coveredToMs = startMs
  for (const { fromMs, toMs } of spans) {
    coveredMs += Math.max(0, toMs - Math.max(fromMs, coveredToMs))
    coveredToMs = Math.max(coveredToMs, toMs)
  }
  return figure(coveredMs / (endMs - startMs))
}
