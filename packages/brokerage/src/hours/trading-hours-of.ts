import {
  fixedCalendar,
  hoursOnDay,
  instantOnDay,
  isOpen,
  isOpenBetween,
  localDayAt,
  localTimeAt,
  nextClose,
  nextOpen,
  type ExchangeCalendar,
} from '@qmtl/market'
import type { TradingHours } from '../model/trading-hours.ts'

/** The hours of a calendar. Questions about years that the calendar does not know throw `E_INVALID_DATA`. */
export function tradingHoursOf(calendar: ExchangeCalendar): TradingHours {
  return {
    get isAlwaysOpen() {
      return neverCloses(calendar)
    },
    isOpen: (atMs, extended) => isOpen(calendar, atMs, { extended }),
    isOpenBetween: (fromMs, toMs, extended) => isOpenBetween(calendar, fromMs, toMs, { extended }),
    nextOpen: (afterMs, extended) => nextOpen(calendar, afterMs, { extended }),
    nextClose: (afterMs, extended) => nextClose(calendar, afterMs, { extended }),
    localDay: (atMs) => localDayAt(calendar, atMs),
    localTimeMs: (atMs) => localTimeAt(calendar, atMs),
    instantOf: (day, timeMs) => instantOnDay(calendar, day, timeMs),
    hasSession: (day, extended) => hoursOnDay(calendar, day, { extended }) !== undefined,
    lastClose: (day, extended) => hoursOnDay(calendar, day, { extended })?.closeMs,
    firstOpen: (day, extended) => hoursOnDay(calendar, day, { extended })?.openMs,
  }
}

/** True where a whole year is one stretch of regular hours. */
function neverCloses(calendar: ExchangeCalendar): boolean {
  return calendar.hoursOfYear(calendar.lastYear).regular.openMs.length === 1
}

/** The hours of a market that never closes; its days are those of UTC. */
export const alwaysOpenHours: TradingHours = tradingHoursOf(fixedCalendar('24/7'))
