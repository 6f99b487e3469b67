export { feeRate, type FeeSchedule } from './fees/fee-schedule.ts'
export { slippageRate, type SlippageModel } from './slippage/slippage-model.ts'
export type { BuyingPowerModel } from './buying-power/buying-power.ts'
export {
  realityModels,
  describeModels,
  type RealityModels,
  type RealityModelOptions,
  type FillRule,
} from './models/reality-models.ts'
export {
  fillMarketOrder,
  type FillOutcome,
  type FillRefusal,
  type Funds,
  type MarketMoment,
  type MarketOrder,
} from './fills/fill-market-order.ts'
export {
  openBook,
  bookEquity,
  positionQuantity,
  type Book,
  type LedgerFill,
  type Position,
  type PriceOf,
} from './ledger/book.ts'
export { applyFill, rebuildBook, type AppliedFill, type ClosedTrade } from './ledger/apply-fill.ts'
export { checkBalance, type BalanceCheck, type Imbalance } from './ledger/check-balance.ts'
export { closedTradeRecord, openTradeRecord } from './ledger/trade-record.ts'
export { ledgerFillOf } from './ledger/ledger-fill.ts'
export type { CancelAnswer, CancelRequest, Venue, VenueAnswer, VenueFill, VenueReport, VenueStats } from './ports.ts'
