import type { CalendarTerms } from './calendar-terms.ts'
import { createExchangeCalendar, type ExchangeCalendar } from './exchange-calendar.ts'
import { loadZoneClock } from './zone-clock.ts'

/** The calendar of these terms, with the clock of its zone. Throws `E_INVALID_DATA` for an unknown zone. */
export async function openCalendar(terms: CalendarTerms): Promise<ExchangeCalendar> {
  return createExchangeCalendar(terms, await loadZoneClock(terms.timeZone))
}
