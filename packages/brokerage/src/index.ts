export {
  feeRate,
  type FeeCurrency,
  type FeeRow,
  type FeeSchedule,
  type FeeTable,
  type MakerTakerFee,
  type OptionPremiumFee,
  type PercentFee,
  type PerUnitFee,
  type SpotPayment,
  type TieredFee,
} from './fees/fee-schedule.ts'
export { feeTable, makerTaker, perUnit, spotCrypto, type MakerTakerRates } from './fees/build-schedule.ts'
export { feeModelText } from './fees/fee-model-text.ts'
export { feeOfOrder, type FeeContext } from './fees/fee-of-order.ts'
export { feeNames, namedFees } from './fees/named-fees.ts'
export { coinbaseFees } from './fees/schedules/coinbase.ts'
export {
  binanceFees,
  binanceUsFees,
  bitfinexFees,
  bybitFees,
  krakenFees,
  type VenueRates,
} from './fees/schedules/crypto-venues.ts'
export { alpacaFees } from './fees/schedules/stock-brokers.ts'
export { inheritHours, optionHours } from './hours/inherit-hours.ts'
export { calendarOf, oandaForexHours } from './hours/market-calendars.ts'
export { alwaysOpenHours, tradingHoursOf } from './hours/trading-hours-of.ts'
export { accrue, type Accrual, type AccrualInput } from './interest/accrue.ts'
export {
  accrueCash,
  cashInterest,
  type CashAccrual,
  type CashAccrualInput,
  type CashRates,
  type RateTier,
} from './interest/cash-interest.ts'
export type { InterestClock, InterestModel, ShortableModel, ShortableRow } from './interest/interest-model.ts'
export { judgeShort, readShortableRows, shortableOn, type ShortSale } from './interest/shortable.ts'
export type { BrokerDefinition } from './profiles/broker-definition.ts'
export { brokerProfile, profileIds, profileOf, type ProfileOptions } from './profiles/broker-profile-of.ts'
export { describeProfile, type ProfileRow, type ProfileTable } from './profiles/describe-profile.ts'
export { modelsOf } from './profiles/models-of.ts'
export { readProfileConfig } from './profiles/profile-config.ts'
export { canExecute } from './rules/clock-checks.ts'
export { judgeSubmit } from './rules/judge-submit.ts'
export { judgeUpdate } from './rules/judge-update.ts'
export {
  noAuctionOfFutures,
  type AuctionWindow,
  type ClockSpan,
  type ExtendedHours,
  type ForexBounds,
  type OrderCheck,
  type OrderRules,
  type OrderTypeRow,
  type UpdateRules,
} from './rules/order-rules.ts'
export type { RuleContext } from './rules/rule-context.ts'
export { markToMarket, type Marked, type MarkedPosition } from './settlement/mark-to-market.ts'
export {
  releaseDue,
  settleAmount,
  settlementInstant,
  type AmountToSettle,
  type SettledAmount,
} from './settlement/settle-amount.ts'
export { nextDaySettlement, type DelayedSettlement, type SettlementModel } from './settlement/settlement-model.ts'
export { knownSymbols } from './symbols/known-symbols.ts'
export { readSymbolTable } from './symbols/read-symbol-table.ts'
export {
  effectiveTick,
  roundOrder,
  roundPrice,
  roundQuantity,
  roundSizing,
  type TickTerms,
} from './symbols/rounding.ts'
export {
  createSymbolTable,
  securityFrom,
  symbolProperties,
  type SecurityNaming,
  type SymbolKey,
  type SymbolProperties,
  type SymbolTable,
} from './symbols/symbol-table.ts'
export { slippageRate, type SlippageModel } from './slippage/slippage-model.ts'
export type { BuyingPowerModel } from './buying-power/buying-power-model.ts'
export type { MarketMoment } from './fills/market-moment.ts'
export { securityOf } from './symbols/security-of.ts'
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
export { openAccount } from './account/open-account.ts'
export { submitOrder, type SubmissionOutcome } from './account/submit-order.ts'
export { scanOrders, type Scan } from './account/scan-orders.ts'
export type { OrderEvent } from './account/order-event.ts'
export { cancelOrder, updateOrder, type ChangeOutcome } from './account/change-order.ts'
export { applySplitTo, openSlice, payDividend, type SliceOpening } from './account/open-slice.ts'
export { portfolioIn, type TradingContext } from './account/trading-context.ts'
export { callMargin, isMarginRestored, marginCallDefaults, type MarginCall } from './buying-power/margin-call.ts'
export { judgeBuyingPower, marginNumbers, type MarginNumbers } from './buying-power/affordability.ts'
export { portfolioValue } from './buying-power/portfolio-value.ts'
export { sizeForValue, type FeeOf } from './buying-power/cash-model.ts'
export { sizeForHoldings, sizeForMargin, sizeForMarginChange, type Sizing } from './buying-power/target-size.ts'
export { attemptFill, sizeForVolume, type Execution, type FillAttempt } from './fills/attempt-fill.ts'
export { fillModel, type FillModel } from './fills/fill-model.ts'
export { slippagePerUnit } from './slippage/slip.ts'
export type { Account, AccountType, Portfolio } from './model/account.ts'
export type { BrokerProfile, ProfileHook, SecurityModels } from './model/broker-profile.ts'
export type {
  BareValue,
  DailyFacts,
  Feed,
  MarketTick,
  MarketView,
  PriceSpan,
  QuoteBar,
  RateOf,
  TradeBar,
} from './model/market-view.ts'
export type { CashMovement, CashReason, Fee, MonthlyVolumes, UnsettledCash } from './model/money.ts'
export {
  isMaker,
  isMarketable,
  newOrder,
  orderTermsOf,
  orderValue,
  remainingQuantity,
} from './model/order-questions.ts'
export type { OrderState, OrderTerms, OrderUpdate } from './model/order-terms.ts'
export { refusalCodes, type Refusal, type RefusalCode } from './model/refusal.ts'
export type { FutureMargins, OptionTerms, Security, SecurityClass } from './model/security.ts'
export type { TradingHours } from './model/trading-hours.ts'
export {
  planQuotes,
  type QuoteIntent,
  type QuoteOrder,
  type QuotePlan,
  type QuoteQuestion,
} from './quoting/quote-plan.ts'
export { joinQueue } from './quoting/queue-place.ts'
export { emptyMarket, takeMarketData, type MarketDatum } from './market/take-market-data.ts'
export { executeMarginCall } from './account/execute-margin-call.ts'
