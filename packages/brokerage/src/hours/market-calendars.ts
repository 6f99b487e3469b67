import { QmtlError } from '@qmtl/contracts'
import type { ExchangeHours, HoursSegment } from '@qmtl/market'
import type { SecurityClass } from '../model/security.ts'

interface MarketCalendar {
  readonly calendar: string
  readonly assetClasses: readonly SecurityClass[]
  /** Absent: all. */
  readonly markets?: readonly string[]
  readonly symbols?: readonly string[]
}

const indexFutures = 'ES NQ YM RTY EMD MES MNQ MYM M2K'.split(' ')

/** The first row that fits counts. */
const rows: readonly MarketCalendar[] = [
  { calendar: '24/7', assetClasses: ['crypto', 'cryptoFuture'] },
  { calendar: 'FX', assetClasses: ['forex'] },
  { calendar: 'XNYS', assetClasses: ['equity'], markets: ['usa'] },
  { calendar: 'US-OPTIONS', assetClasses: ['option', 'indexOption'], markets: ['usa'] },
  { calendar: 'US-INDEX', assetClasses: ['index'], markets: ['usa'] },
  { calendar: 'CME-EQUITY', assetClasses: ['future', 'futureOption'], markets: ['cme', 'cbot'], symbols: indexFutures },
  { calendar: 'CME-COMMODITIES', assetClasses: ['future', 'futureOption'], markets: ['nymex', 'comex'] },
  { calendar: 'XEUR', assetClasses: ['future', 'futureOption'], markets: ['eurex'] },
]

/**
 * Id of the calendar of a market, class and symbol, for `loadCalendar`. Throws `E_INVALID_PARAMETER` where QMTL has none: a market
 * whose hours follow other rules is given as a calendar of one's own (`defineCalendar`).
 */
export function calendarOf(market: string, assetClass: SecurityClass, symbol: string): string {
  const row = rows.find(
    ({ assetClasses, markets, symbols }) =>
      assetClasses.includes(assetClass) && (markets?.includes(market) ?? true) && (symbols?.includes(symbol) ?? true),
  )
  if (row) return row.calendar
  throw new QmtlError('E_INVALID_PARAMETER', `no calendar is known for ${assetClass} ${symbol} of ${market}`, {
    hint: 'name its calendar, or define one with defineCalendar',
  })
}

const evening: HoursSegment = { state: 'regular', start: '17:03', end: '24:00' }
const day: HoursSegment = { state: 'regular', start: '00:00', end: '16:58' }

/** Spot currencies at Oanda as of 2024: from Sunday 17:03 to Friday 16:58 in New York with a pause of five minutes each day; without its holidays. */
export const oandaForexHours: ExchangeHours = {
  id: 'oanda-forex',
  title: 'Spot foreign exchange at Oanda',
  timeZone: 'America/New_York',
  weekly: {
    sunday: [evening],
    monday: [day, evening],
    tuesday: [day, evening],
    wednesday: [day, evening],
    thursday: [day, evening],
    friday: [day],
  },
}
