/** Calendars with the same hours of the UTC clock all year. */
const fixedIds = ['24/7', 'sim-sessions'] as const

/** Calendars with hours on the wall clock of an exchange. */
const exchangeIds = [
  'XNYS',
  'XNAS',
  'US-OPTIONS',
  'US-INDEX',
  'CME-EQUITY',
  'CME-COMMODITIES',
  'XLON',
  'XETR',
  'XEUR',
  'XTKS',
  'XHKG',
  'FX',
] as const

/** Ids that `loadCalendar` knows. */
export const calendarIds = [...fixedIds, ...exchangeIds] as const

export type CalendarId = (typeof calendarIds)[number]

export function isCalendarId(id: string): id is CalendarId {
  return calendarIds.some((known) => known === id)
}

/** True for a calendar on the wall clock of an exchange. */
export function isExchangeId(id: string): boolean {
  return exchangeIds.some((known) => known === id)
}
