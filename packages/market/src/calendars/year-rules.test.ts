import { expect, test } from 'vitest'
import { formatDay, parseDay, readDay, startOfYearMs, weekdayOf, yearOfInstant } from './civil-date.ts'
import {
  changesOf,
  closed,
  closesAt,
  easterPlus,
  fixedDay,
  lastWeekday,
  nearestWeekday,
  nthWeekday,
  onDate,
  onlyOn,
  opensAt,
  plus,
  sundayToMonday,
  weekendToFriday,
  weekendToMonday,
  type YearlyDay,
} from './year-rules.ts'

const dateOf = (yearly: YearlyDay, year: number): string | undefined => {
  const day = yearly(year)
  return day === undefined ? undefined : formatDay(day)
}

// Dates of Easter Sunday as churches published them, with the earliest and the latest of these centuries.
for (const date of [
  '1818-03-22',
  '1943-04-25',
  '1999-04-04',
  '2000-04-23',
  '2008-03-23',
  '2019-04-21',
  '2024-03-31',
  '2038-04-25',
  '2049-04-18',
]) {
  test(`Easter Sunday falls on ${date}`, () => expect(dateOf(easterPlus(0), Number(date.slice(0, 4)))).toBe(date))
}

const rules: readonly (readonly [
  name: string,
  yearly: YearlyDay,
  expected: Readonly<Record<number, string | undefined>>,
])[] = [
  ['third Monday of January', nthWeekday(3, 1, 1), { 2024: '2024-01-15', 2029: '2029-01-15', 2030: '2030-01-21' }],
  ['fourth Thursday of November', nthWeekday(4, 4, 11), { 2018: '2018-11-22', 2024: '2024-11-28' }],
  ['last Monday of May', lastWeekday(1, 5), { 2021: '2021-05-31', 2022: '2022-05-30' }],
  ['last Sunday of December', lastWeekday(0, 12), { 2023: '2023-12-31', 2024: '2024-12-29' }],
  [
    '4 July on its nearest weekday',
    nearestWeekday(fixedDay(7, 4)),
    { 2020: '2020-07-03', 2021: '2021-07-05', 2022: '2022-07-04' },
  ],
  ['1 January, a Sunday moved to Monday', sundayToMonday(fixedDay(1, 1)), { 2022: '2022-01-01', 2023: '2023-01-02' }],
  ['1 January, a weekend moved to Monday', weekendToMonday(fixedDay(1, 1)), { 2022: '2022-01-03', 2023: '2023-01-02' }],
  [
    '24 December, a weekend moved to Friday',
    weekendToFriday(fixedDay(12, 24)),
    { 2022: '2022-12-23', 2023: '2023-12-22' },
  ],
  ['3 July on a Monday or Tuesday', onlyOn([1, 2], fixedDay(7, 3)), { 2023: '2023-07-03', 2024: undefined }],
  ['day after a date of one year', plus(1, onDate('2012-02-28')), { 2011: undefined, 2012: '2012-02-29' }],
]
for (const [name, yearly, expected] of rules) {
  test(`the ${name}`, () => {
    for (const [year, date] of Object.entries(expected))
      expect([year, dateOf(yearly, Number(year))]).toEqual([year, date])
  })
}

test('where rules meet, closed wins, then the earlier close and the later open', () => {
  const first = changesOf([closesAt('13:00', 'A', fixedDay(1, 2)), closesAt('12:00', 'B', fixedDay(1, 2))], 2024)
  expect([...first.values()]).toEqual([
    { day: parseDay('2024-01-02'), name: 'A, B', closed: false, closeMinute: 720, openMinute: undefined },
  ])
  const both = changesOf([opensAt('10:00', 'A', fixedDay(1, 2)), closed('A', fixedDay(1, 2))], 2024)
  expect([...both.values()]).toEqual([
    { day: parseDay('2024-01-02'), name: 'A', closed: true, closeMinute: undefined, openMinute: 600 },
  ])
})

test('the year of an instant is the year of the UTC clock, to the millisecond', () => {
  for (let year = 1890; year <= 2210; year++) {
    const startMs = Date.UTC(year, 0, 1)
    expect(startOfYearMs(year)).toBe(startMs)
    expect([yearOfInstant(startMs), yearOfInstant(startMs - 1)]).toEqual([year, year - 1])
  }
})

test('a date is read only where its month has the day', () => {
  expect(readDay('2024-02-29')).toBe(19_782)
  expect(weekdayOf(19_782)).toBe(4)
  for (const text of ['2023-02-29', '2024-2-9', '2024-13-01', 'today', '']) {
    expect(readDay(text)).toBeUndefined()
    expect(() => parseDay(text)).toThrow(`'${text}' is not a date`)
  }
})
