import { describe, expect, test } from 'vitest'
import { dayOf, formatDay, weekdayOf } from '../civil-date.ts'
import type { ExchangeCalendar } from '../exchange-calendar.ts'
import { loadCalendar } from '../load-calendar.ts'
import { countSessions, describeDate, sessionOn } from '../sessions.ts'
import { festivalYears, lunarFestivals } from './hong-kong-festivals.ts'

function weekdaysOf(year: number): readonly string[] {
  const days = Array.from({ length: 366 }, (_, index) => dayOf(year, 1, 1) + index)
  return days.filter((day) => day < dayOf(year + 1, 1, 1) && weekdayOf(day) % 6 !== 0).map(formatDay)
}

const closedIn = (calendar: ExchangeCalendar, year: number): string =>
  weekdaysOf(year)
    .filter((date) => !sessionOn(calendar, date))
    .map((date) => date.slice(5))
    .join(' ')

const shortIn = (calendar: ExchangeCalendar, year: number): string =>
  weekdaysOf(year)
    .filter((date) => sessionOn(calendar, date) && describeDate(calendar, date))
    .map((date) => date.slice(5))
    .join(' ')

// Closed weekdays and days with special hours, as the exchanges announced them.
for (const [id, year, closed, short] of [
  ['XNYS', 2012, '01-02 01-16 02-20 04-06 05-28 07-04 09-03 10-29 10-30 11-22 12-25', '07-03 11-23 12-24'],
  ['XNYS', 2025, '01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25', '07-03 11-28 12-24'],
  ['XLON', 2012, '01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26', '12-24 12-31'],
  ['XLON', 2020, '01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28', '12-24 12-31'],
  ['XLON', 2022, '01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27', '12-23 12-30'],
  ['XLON', 2023, '01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26', '12-22 12-29'],
  ['XETR', 2020, '01-01 04-10 04-13 05-01 06-01 12-24 12-25 12-31', '12-30'],
  ['XETR', 2024, '01-01 03-29 04-01 05-01 12-24 12-25 12-26 12-31', '12-30'],
  ['XTKS', 2012, '01-02 01-03 01-09 03-20 04-30 05-03 05-04 07-16 09-17 10-08 11-23 12-24 12-31', ''],
  [
    'XTKS',
    2015,
    '01-01 01-02 01-12 02-11 04-29 05-04 05-05 05-06 07-20 09-21 09-22 09-23 10-12 11-03 11-23 12-23 12-31',
    '',
  ],
  [
    'XTKS',
    2019,
    '01-01 01-02 01-03 01-14 02-11 03-21 04-29 04-30 05-01 05-02 05-03 05-06 07-15 08-12 09-16 09-23 10-14 10-22 11-04 12-31',
    '',
  ],
  [
    'XTKS',
    2024,
    '01-01 01-02 01-03 01-08 02-12 02-23 03-20 04-29 05-03 05-06 07-15 08-12 09-16 09-23 10-14 11-04 12-31',
    '',
  ],
  [
    'XHKG',
    2012,
    '01-02 01-23 01-24 01-25 04-04 04-06 04-09 05-01 07-02 10-01 10-02 10-23 12-25 12-26',
    '07-24 12-24 12-31',
  ],
  [
    'XHKG',
    2015,
    '01-01 02-19 02-20 04-03 04-06 04-07 05-01 05-25 07-01 09-03 09-28 10-01 10-21 12-25',
    '02-18 12-24 12-31',
  ],
  [
    'XHKG',
    2025,
    '01-01 01-29 01-30 01-31 04-04 04-18 04-21 05-01 05-05 07-01 10-01 10-07 10-29 12-25 12-26',
    '01-28 12-24 12-31',
  ],
  ['CME-EQUITY', 2023, '01-02 12-25', '01-16 02-20 04-07 05-29 06-19 07-03 07-04 09-04 11-23 11-24'],
  ['FX', 2018, '01-01 12-25', ''],
] as const) {
  test(`${id} is closed in ${year} on ${closed}`, async () => {
    const calendar = await loadCalendar(id)
    expect({ closed: closedIn(calendar, year), short: shortIn(calendar, year) }).toEqual({ closed, short })
  })
}

// Sessions of whole years, as the exchanges count their trading days.
for (const [id, year, sessions] of [
  ['XNYS', 2001, 248],
  ['XNYS', 2020, 253],
  ['XNYS', 2024, 252],
  ['XTKS', 2024, 245],
  ['XHKG', 2024, 246],
  ['24/7', 2024, 366],
] as const) {
  test(`${id} has ${sessions} sessions in ${year}`, async () => {
    expect(countSessions(await loadCalendar(id), `${year}-01-01`, `${year + 1}-01-01`)).toBe(sessions)
  })
}

test('on a Good Friday with the employment report futures have extended hours alone', async () => {
  const calendar = await loadCalendar('CME-EQUITY')
  const session = sessionOn(calendar, '2023-04-07')
  expect(session).toMatchObject({ hasRegularHours: false, label: 'CME-EQUITY 2023-04-07 (early close: Good Friday)' })
  const year = ['2023-01-01', '2024-01-01'] as const
  expect(countSessions(calendar, ...year, { extended: true }) - countSessions(calendar, ...year)).toBe(1)
})

describe('festivals of the Chinese calendar', () => {
  // The platform's own reckoning; where the moon is new within minutes of midnight it errs by a day.
  const platformErrs: Readonly<Record<string, string>> = { '2027-02-07': '2027-02-06', '2030-02-02': '2030-02-03' }

  for (let year: number = festivalYears.first; year <= festivalYears.last; year++) {
    test(`of ${year} fall on ${lunarFestivals[year - festivalYears.first]}`, () => {
      const festivals = festivalsByPlatform(year).map((date) => (platformErrs[date] ?? date).slice(5))
      expect(lunarFestivals[year - festivalYears.first]).toBe(festivals.join(' '))
    })
  }

  test('the table has a row for each of its years', () =>
    expect(lunarFestivals).toHaveLength(festivalYears.last - festivalYears.first + 1))
})

function festivalsByPlatform(year: number): readonly string[] {
  const format = new Intl.DateTimeFormat('en-u-ca-chinese', { timeZone: 'UTC', month: 'numeric', day: 'numeric' })
  const dates = new Map<string, string>()
  // From mid-January on: what stands before it belongs to the Chinese year before. A leap month has `bis` behind its number.
  for (let day = dayOf(year, 1, 15); day < dayOf(year, 11, 20); day++) {
    const part = Object.fromEntries(format.formatToParts(day * 86_400_000).map(({ type, value }) => [type, value]))
    const name = `${part['month']}/${part['day']}`
    if (!dates.has(name)) dates.set(name, formatDay(day))
  }
  return ['1/1', '4/8', '5/5', '8/15', '9/9'].map((name) => dates.get(name) ?? name)
}
