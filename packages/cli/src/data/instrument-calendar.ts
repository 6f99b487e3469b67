import { calendarIds, loadCalendar, splitInstrumentId, type ExchangeCalendar } from '@qmtl/market'
import { instrumentTerms } from '../backtest/backtest-bars.ts'

/**
 * The calendar named; else that of the instrument's venue where the venue is a calendar's id (`AAPL.XNAS`), else that of the
 * instrument's terms. Throws `E_INVALID_DATA` for an id that is not known.
 */
export async function calendarFor(instrument: string, named: string | undefined): Promise<ExchangeCalendar> {
  const { venue } = splitInstrumentId(instrument)
  const ofVenue = calendarIds.find((id) => id === venue)
  return loadCalendar(named ?? ofVenue ?? instrumentTerms(instrument).calendar)
}
