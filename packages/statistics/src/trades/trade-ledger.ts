import {
  ZERO,
  decimal,
  decimalNumber,
  minus,
  parseInstant,
  plus,
  sign,
  type Decimal,
  type TradeRecord,
} from '@qmtl/contracts'

/** A trade with its times and profit as numbers; an open one lasts to no known time. */
export interface TradeSpan {
  readonly record: TradeRecord
  readonly entryMs: number
  readonly exitMs: number | undefined
  /** After fees, in quote currency. */
  readonly pnl: number
  readonly quantity: number
  readonly entryPrice: number
  /** The entry price where there is no exit. */
  readonly exitPrice: number
}

/** A trade that has an exit. */
export interface ClosedTrade extends TradeSpan {
  readonly exitMs: number
}

/** All trades of an account, read once. */
export interface TradeLedger {
  readonly all: readonly TradeSpan[]
  /** In the order of their exits. */
  readonly closed: readonly ClosedTrade[]
  /** How many closed trades ended with a profit above 0, and with one below. */
  readonly wins: number
  readonly losses: number
  /** Exact sums over closed trades: of profits above 0, and of losses as a positive amount. */
  readonly profitSum: Decimal
  readonly lossSum: Decimal
  /** Exact sum over all trades. */
  readonly fees: Decimal
}

/** Throws `E_INVALID_TIME` or `E_INVALID_DECIMAL` for a record that breaks its schema. */
export function readTrades(trades: readonly TradeRecord[]): TradeLedger {
  const all: TradeSpan[] = []
  const closed: ClosedTrade[] = []
  let [wins, losses] = [0, 0]
  let [profitSum, lossSum, fees] = [ZERO, ZERO, ZERO]
  for (const record of trades) {
    const exact = decimal(record.pnl)
    fees = plus(fees, decimal(record.fee))
    const entryPrice = Number(record.entry_price)
    const span = {
      record,
      entryMs: parseInstant(record.entry_ts),
      exitMs: undefined,
      pnl: decimalNumber(exact),
      quantity: Number(record.quantity),
      entryPrice,
      exitPrice: record.exit_price === undefined ? entryPrice : Number(record.exit_price),
    }
    if (record.exit_ts === undefined) {
      all.push(span)
      continue
    }
    const trade = { ...span, exitMs: parseInstant(record.exit_ts) }
    all.push(trade)
    closed.push(trade)
    const result = sign(exact)
    if (result > 0) {
      wins++
      profitSum = plus(profitSum, exact)
    } else if (result < 0) {
      losses++
      lossSum = minus(lossSum, exact)
    }
  }
  return { all, closed: closed.sort((a, b) => a.exitMs - b.exitMs), wins, losses, profitSum, lossSum, fees }
}
