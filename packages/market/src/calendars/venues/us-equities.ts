import { weekdaysFrom, type CalendarTerms } from '../calendar-terms.ts'
import { hours } from '../day-hours.ts'
import {
  changesOf,
  closed,
  closesAt,
  fixedDay,
  inYears,
  onDate,
  onlyOn,
  plus,
  sundayToMonday,
  type YearRule,
} from '../year-rules.ts'
import {
  christmasDay,
  goodFriday,
  independenceDay,
  juneteenth,
  laborDay,
  martinLutherKingDay,
  memorialDay,
  newYearsDay,
  presidentsDay,
  thanksgivingDay,
} from './us-holidays.ts'

const [monday, tuesday, wednesday, thursday, friday] = [1, 2, 3, 4, 5] as const
/** Holidays of the stock exchanges and their early closes, at `HH:MM` of a calendar's own clock. */
function stockMarketDays(earlyClose: string): readonly YearRule[] {
  return [
    closed("New Year's Day", sundayToMonday(newYearsDay)),
    closed('Martin Luther King Jr. Day', martinLutherKingDay),
    closed("Washington's Birthday", presidentsDay),
    closed('Good Friday', goodFriday),
    closed('Memorial Day', memorialDay),
    closed('Juneteenth', juneteenth),
    closed('Independence Day', independenceDay),
    closed('Labor Day', laborDay),
    closed('Thanksgiving Day', thanksgivingDay),
    closed('Christmas Day', christmasDay),
    closesAt(earlyClose, 'Day after Thanksgiving', plus(1, thanksgivingDay)),
    closesAt(earlyClose, 'Christmas Eve', onlyOn([monday, tuesday, wednesday, thursday], fixedDay(12, 24))),
    closesAt(
      earlyClose,
      'Independence Day eve',
      onlyOn([monday, tuesday, thursday], fixedDay(7, 3)),
      inYears(2013, Infinity, onlyOn([wednesday], fixedDay(7, 3))),
    ),
    // Until 2012 a holiday on a Thursday shortened the Friday after it, not the Wednesday before.
    closesAt(earlyClose, 'Day after Independence Day', inYears(1998, 2012, onlyOn([friday], fixedDay(7, 5)))),
    closesAt(earlyClose, 'Day after Christmas', onDate('2003-12-26')),
    closed(
      'Attacks of 11 September',
      onDate('2001-09-11'),
      onDate('2001-09-12'),
      onDate('2001-09-13'),
      onDate('2001-09-14'),
    ),
    closed('Mourning for President Reagan', onDate('2004-06-11')),
    closed('Mourning for President Ford', onDate('2007-01-02')),
    closed('Hurricane Sandy', onDate('2012-10-29'), onDate('2012-10-30')),
    closed('Mourning for President George H. W. Bush', onDate('2018-12-05')),
    closed('Mourning for President Carter', onDate('2025-01-09')),
  ]
}

const rules = stockMarketDays('13:00')

function usEquities(id: string, title: string): CalendarTerms {
  return {
    id,
    title,
    timeZone: 'America/New_York',
    daysPerYear: 252,
    years: { first: 1998, last: 2099, reason: 'before 1998 holidays and early closes followed other rules' },
    weeks: [
      weekdaysFrom(
        '1998-01-01',
        hours('pre', '04:00', '09:30'),
        hours('regular', '09:30', '16:00'),
        hours('post', '16:00', '20:00'),
      ),
    ],
    changesIn: (year) => changesOf(rules, year),
  }
}

/** Options on equities and indices, without extended hours. */
export const usOptions: CalendarTerms = {
  ...usEquities('US-OPTIONS', 'Options exchanges of the United States'),
  weeks: [weekdaysFrom('1998-01-01', hours('regular', '09:30', '16:00'))],
}

const indexRules = stockMarketDays('12:00')

/** Values of stock indices, on the clock of Chicago: from the open of the stock market until twenty minutes after its close. */
export const usIndices: CalendarTerms = {
  ...usEquities('US-INDEX', 'Stock indices of the United States'),
  timeZone: 'America/Chicago',
  weeks: [weekdaysFrom('1998-01-01', hours('regular', '08:30', '15:20'))],
  changesIn: (year) => changesOf(indexRules, year),
}

export const newYorkStockExchange = usEquities('XNYS', 'New York Stock Exchange')
export const nasdaq = usEquities('XNAS', 'Nasdaq')
