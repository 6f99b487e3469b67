import { QmtlError, suggestName } from '@qmtl/contracts'
import { findCalendar } from './calendar.ts'
import { calendarIds, isExchangeId, type ExchangeId } from './calendar-ids.ts'
import type { CalendarTerms } from './calendar-terms.ts'
import { createExchangeCalendar, type ExchangeCalendar } from './exchange-calendar.ts'
import { termsOfFixed } from './fixed-terms.ts'
import { loadZoneClock } from './zone-clock.ts'

/** Loaded when asked for: most processes trade around the clock and need none of them. */
const venues: Readonly<Record<ExchangeId, () => Promise<CalendarTerms>>> = {
  XNYS: async () => (await import('./venues/us-equities.ts')).newYorkStockExchange,
  XNAS: async () => (await import('./venues/us-equities.ts')).nasdaq,
  'CME-EQUITY': async () => (await import('./venues/cme-equity.ts')).cmeEquityFutures,
  XLON: async () => (await import('./venues/london.ts')).londonStockExchange,
  XETR: async () => (await import('./venues/frankfurt.ts')).frankfurtXetra,
  XTKS: async () => (await import('./venues/tokyo.ts')).tokyoStockExchange,
  XHKG: async () => (await import('./venues/hong-kong.ts')).hongKongExchange,
  FX: async () => (await import('./venues/foreign-exchange.ts')).foreignExchange,
}

const loaded = new Map<string, Promise<ExchangeCalendar>>()

/**
 * The calendar with this id, one of `calendarIds`; all callers share one. Questions to it are answered at once, only loading its
 * rules and time zone waits. Throws `E_INVALID_DATA` for an id that is not known.
 */
export async function loadCalendar(id: string): Promise<ExchangeCalendar> {
  const known = loaded.get(id)
  if (known) return known
  if (!calendarIds.includes(id)) {
    throw new QmtlError('E_INVALID_DATA', `'${id}' is not a known calendar; ${suggestName(id, calendarIds)}`)
  }
  const calendar = isExchangeId(id) ? loadVenue(id) : openCalendar(termsOfFixed(findCalendar(id)))
  loaded.set(id, calendar)
  return calendar
}

/** The calendar of these terms, with the clock of its zone. Throws `E_INVALID_DATA` for an unknown zone. */
export async function openCalendar(terms: CalendarTerms): Promise<ExchangeCalendar> {
  return createExchangeCalendar(terms, await loadZoneClock(terms.timeZone))
}

async function loadVenue(id: ExchangeId): Promise<ExchangeCalendar> {
  return openCalendar(await venues[id]())
}
