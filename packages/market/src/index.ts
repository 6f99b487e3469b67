export {
  createSyntheticMarket,
  type SyntheticMarket,
  type SyntheticMarketOptions,
} from './adapters/synthetic-market.ts'
export {
  barAt,
  barColumnsOf,
  barsBetween,
  emptyBarColumns,
  firstBarFrom,
  setBar,
  sliceBars,
  type Bar,
  type BarColumns,
  type BarSource,
} from './bars/bar-columns.ts'
export type { BarBlock } from './bars/bar-block.ts'
export { findBarGaps, type BarGap } from './bars/bar-gaps.ts'
export { fingerprintOf } from './bars/fingerprint.ts'
export { findCalendar, type Calendar } from './calendars/calendar.ts'
export { calendarIds } from './calendars/calendar-ids.ts'
export { defineCalendar, type ExchangeHours, type HoursSegment, type WeekdayName } from './calendars/define-calendar.ts'
export type { ExchangeCalendar } from './calendars/exchange-calendar.ts'
export { loadCalendar } from './calendars/load-calendar.ts'
export {
  isBarExpected,
  isOpen,
  isOpenBetween,
  nextClose,
  nextOpen,
  previousOpen,
  type HoursOptions,
} from './calendars/open-hours.ts'
export {
  countSessions,
  describeDate,
  sessionAt,
  sessionOn,
  sessionsBetween,
  type Session,
  type SessionSegment,
} from './calendars/sessions.ts'
export { fixedCalendar } from './calendars/fixed-calendar.ts'
export { formatDay, parseDay, type CivilDay } from './calendars/civil-date.ts'
export { hoursOnDay, instantOnDay, localDayAt, localTimeAt } from './calendars/wall-clock.ts'
export { findInstrument } from './instruments/find-instrument.ts'
export {
  defineInstrument,
  splitInstrumentId,
  type AssetClass,
  type Instrument,
  type InstrumentTerms,
} from './instruments/instrument.ts'
export type { BarRequest, HistoryRequest, MarketData } from './ports.ts'
export { createFileBarStore } from './adapters/file-bar-store.ts'
export { importBars, type ImportOptions, type ImportProgress, type ImportRequest } from './adapters/import-bars.ts'
export type { ImportFile } from './adapters/bar-file.ts'
export type { FileLayout } from './layout/file-layout.ts'
export type {
  BarStore,
  DraftCommit,
  FileLock,
  StoredRange,
  StoreDraft,
  StoreOutcome,
  WriteMode,
} from './store/bar-store.ts'
export {
  createCoverageCounter,
  type Coverage,
  type CoverageGap,
  type CoverageOptions,
  type GapCause,
} from './store/coverage.ts'
export { rollUpStored, type RollUpOutcome, type StoredRollUpOptions } from './store/roll-up-stored.ts'
export { createRollUp, type RollUp, type RollUpOptions } from './bars/roll-up.ts'
export { adjustBars, unadjustBars, type Adjustment } from './actions/adjust-bars.ts'
export type { AdjustKind } from './actions/adjustments.ts'
export { actionsAsText, parseActions, type CorporateAction } from './actions/corporate-action.ts'
export { adjustmentsFor, readAdjusted, type AdjustOptions } from './store/read-adjusted.ts'
export { verifyBars, type StoredFault } from './store/verify-bars.ts'
export { barsAsCsv } from './csv/bar-text.ts'
export { sourceOf, type BarOrigin, type StoredBars } from './store/stored-bars.ts'
export { readBarsCsv, type ReadBarsOptions } from './csv/read-bars-csv.ts'
export { createCsvMarket, createRecordedMarket, type CsvFile, type RecordedBars } from './adapters/recorded-market.ts'
