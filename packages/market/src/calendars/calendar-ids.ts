/** Calendars with hours on the wall clock of an exchange. */
export const exchangeIds = ['XNYS', 'XNAS', 'CME-EQUITY', 'XLON', 'XETR', 'XTKS', 'XHKG', 'FX'] as const

export type ExchangeId = (typeof exchangeIds)[number]

/** Calendars with the same hours of the UTC clock all year. */
export const fixedIds = ['24/7', 'sim-sessions'] as const

/** Ids that `loadCalendar` knows. */
export const calendarIds: readonly string[] = [...fixedIds, ...exchangeIds]

export function isExchangeId(id: string): id is ExchangeId {
  return exchangeIds.some((known) => known === id)
}
