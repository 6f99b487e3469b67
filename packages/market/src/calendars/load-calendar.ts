import { QmtlError, suggestName } from '@qmtl/contracts'
import { findCalendar } from './calendar.ts'
import { calendarIds, isCalendarId, type CalendarId } from './calendar-ids.ts'
import type { CalendarTerms } from './calendar-terms.ts'
import type { ExchangeCalendar } from './exchange-calendar.ts'

/** Imported when asked for, like the machinery below: most processes trade around the clock and need none of it. */
const terms: Readonly<Record<CalendarId, () => Promise<CalendarTerms>>> = {
  '24/7': async () => (await import('./fixed-terms.ts')).termsOfFixed(findCalendar('24/7')),
  'sim-sessions': async () => (await import('./fixed-terms.ts')).termsOfFixed(findCalendar('sim-sessions')),
  XNYS: async () => (await import('./venues/us-equities.ts')).newYorkStockExchange,
  XNAS: async () => (await import('./venues/us-equities.ts')).nasdaq,
  'US-OPTIONS': async () => (await import('./venues/us-equities.ts')).usOptions,
  'US-INDEX': async () => (await import('./venues/us-equities.ts')).usIndices,
  'CME-EQUITY': async () => (await import('./venues/cme-equity.ts')).cmeEquityFutures,
  'CME-COMMODITIES': async () => (await import('./venues/cme-commodities.ts')).cmeCommodityFutures,
  XLON: async () => (await import('./venues/london.ts')).londonStockExchange,
  XETR: async () => (await import('./venues/frankfurt.ts')).frankfurtXetra,
  XEUR: async () => (await import('./venues/eurex.ts')).eurex,
  XTKS: async () => (await import('./venues/tokyo.ts')).tokyoStockExchange,
  XHKG: async () => (await import('./venues/hong-kong.ts')).hongKongExchange,
  FX: async () => (await import('./venues/foreign-exchange.ts')).foreignExchange,
}

const loaded = new Map<CalendarId, Promise<ExchangeCalendar>>()

/**
 * The calendar with this id, one of `calendarIds`; all callers share one. Questions to it are answered at once, only loading its
 * rules and time zone waits. Throws `E_INVALID_DATA` for an id that is not known.
 */
export async function loadCalendar(id: string): Promise<ExchangeCalendar> {
  if (!isCalendarId(id)) {
    throw new QmtlError('E_INVALID_DATA', `'${id}' is not a known calendar; ${suggestName(id, calendarIds)}`)
  }
  const calendar = loaded.get(id) ?? open(id)
  loaded.set(id, calendar)
  return calendar
}

async function open(id: CalendarId): Promise<ExchangeCalendar> {
  const { openCalendar } = await import('./open-calendar.ts')
  return openCalendar(await terms[id]())
}
