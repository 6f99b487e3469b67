import { absolute, decimalText, formatInstant, minus, sign, type Decimal, type TradeRecord } from '@qmtl/contracts'
import type { ClosedTrade } from './apply-fill.ts'
import { positionValue, type Position } from './book.ts'

/** The wire form of a closed trade; `pnl` is after its entry and exit fees. */
export function closedTradeRecord(trade: ClosedTrade): TradeRecord {
  return {
    instrument: trade.instrument,
    side: trade.side,
    quantity: decimalText(trade.quantity),
    entry_ts: formatInstant(trade.entryMs),
    entry_price: decimalText(trade.entryPrice),
    exit_ts: formatInstant(trade.exitMs),
    exit_price: decimalText(trade.exitPrice),
    fee: decimalText(trade.fee),
    pnl: decimalText(minus(trade.pnl, trade.fee)),
  }
}

/** The wire form of a position still open: no exit, `pnl` at the given price and after the fees paid so far. */
export function openTradeRecord(position: Position, price: Decimal): TradeRecord {
  const unrealised = minus(positionValue(position, price), position.cost)
  return {
    instrument: position.instrument,
    side: sign(position.quantity) > 0 ? 'long' : 'short',
    quantity: decimalText(absolute(position.quantity)),
    entry_ts: formatInstant(position.openedMs),
    entry_price: decimalText(position.averagePrice),
    fee: decimalText(position.entryFees),
    pnl: decimalText(minus(unrealised, position.entryFees)),
  }
}
