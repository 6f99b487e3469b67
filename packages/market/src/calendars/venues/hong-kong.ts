import { weekdaysFrom, type CalendarTerms } from '../calendar-terms.ts'
import { dayOf, parseDay, weekdayOf, type CivilDay } from '../civil-date.ts'
import { hours, type DayChange } from '../day-hours.ts'
import {
  changesOf,
  closed,
  closesAt,
  easterPlus,
  fixedDay,
  onDate,
  onlyIf,
  opensAt,
  plus,
  type YearRule,
  type YearlyDay,
} from '../year-rules.ts'
import { festivalYears, lunarFestivals } from './hong-kong-festivals.ts'

const sunday = 0
const newHours = parseDay('2011-03-07')

function festival(column: number): YearlyDay {
  return (year) => {
    const date = lunarFestivals[year - festivalYears.first]?.split(' ')[column]
    return date === undefined ? undefined : parseDay(`${year}-${date}`)
  }
}

const lunarNewYear = festival(0)

/** The solar term Qingming, by the customary approximation for 2000 to 2099. */
const chingMing: YearlyDay = (year) => {
  const years = year - 2000
  return dayOf(year, 4, Math.floor(0.2422 * years + 4.81) - Math.floor(years / 4))
}

const generalHolidays: readonly (readonly [name: string, day: YearlyDay])[] = [
  ["New Year's Day", fixedDay(1, 1)],
  ['Lunar New Year', lunarNewYear],
  ['Second day of Lunar New Year', plus(1, lunarNewYear)],
  ['Third day of Lunar New Year', plus(2, lunarNewYear)],
  ['Good Friday', easterPlus(-2)],
  ['Easter Monday', easterPlus(1)],
  ['Ching Ming Festival', chingMing],
  ['Labour Day', fixedDay(5, 1)],
  ["Buddha's Birthday", festival(1)],
  ['Tuen Ng Festival', festival(2)],
  ['HKSAR Establishment Day', fixedDay(7, 1)],
  ['National Day', fixedDay(10, 1)],
  ['Day after Mid-Autumn Festival', plus(1, festival(3))],
  ['Chung Yeung Festival', festival(4)],
  ['Christmas Day', fixedDay(12, 25)],
  ['Boxing Day', fixedDay(12, 26)],
]

/** General holidays of a year. One on a Sunday or on another holiday is made up for on the next weekday that is none. */
function hongKongHolidays(year: number): readonly DayChange[] {
  const named = new Map<CivilDay, string>()
  const toMakeUpFor: (readonly [day: CivilDay, name: string])[] = []
  for (const [name, yearly] of generalHolidays) {
    const day = yearly(year)
    if (day === undefined) continue
    if (weekdayOf(day) === sunday || named.has(day)) toMakeUpFor.push([day, name])
    else named.set(day, name)
  }
  for (const [day, name] of toMakeUpFor) {
    let free = day + 1
    while (named.has(free) || weekdayOf(free) === sunday) free += 1
    named.set(free, `${name}, made up for`)
  }
  return [...named].map(([day, name]) => ({ day, name, closed: true }))
}

const halfDays: readonly (readonly [name: string, day: YearlyDay])[] = [
  ["Lunar New Year's Eve", plus(-1, lunarNewYear)],
  ['Christmas Eve', fixedDay(12, 24)],
  ["New Year's Eve", fixedDay(12, 31)],
]

const stormDays = [
  ['Typhoon Nesat', '2011-09-29'],
  ['Typhoon Utor', '2013-08-14'],
  ['Typhoon Nida', '2016-08-02'],
  ['Typhoon Haima', '2016-10-21'],
  ['Typhoon Hato', '2017-08-23'],
  ['Typhoon Nangka', '2020-10-13'],
  ['Typhoon Kompasu', '2021-10-13'],
  ['Typhoon Talim', '2023-07-17'],
  ['Typhoon Saola', '2023-09-01'],
  ['Black rainstorm', '2023-09-08'],
  ['Typhoon Yagi', '2024-09-06'],
] as const

const stormMornings = [
  ['Typhoon Vicente', '2012-07-24'],
  ['Black rainstorm', '2013-05-22'],
  ['Typhoon Usagi', '2013-09-23'],
  ['Typhoon Kalmaegi', '2014-09-16'],
] as const

const rules: readonly YearRule[] = [
  hongKongHolidays,
  closed('70 years since the end of the war', onDate('2015-09-03')),
  ...halfDays.flatMap(([name, day]) => [
    closesAt(
      '12:30',
      name,
      onlyIf((date) => date < newHours, day),
    ),
    closesAt(
      '12:00',
      name,
      onlyIf((date) => date >= newHours, day),
    ),
  ]),
  ...stormDays.map(([name, date]) => closed(name, onDate(date))),
  ...stormMornings.map(([name, date]) => opensAt('13:00', name, onDate(date))),
]

export const hongKongExchange: CalendarTerms = {
  id: 'XHKG',
  title: 'Hong Kong Stock Exchange',
  timeZone: 'Asia/Hong_Kong',
  daysPerYear: 252,
  years: { ...festivalYears, reason: 'its lunar holidays come from a table of these years' },
  weeks: [
    weekdaysFrom(
      '2011-01-01',
      hours('pre', '09:30', '10:00'),
      hours('regular', '10:00', '12:30'),
      hours('regular', '14:30', '16:00'),
    ),
    weekdaysFrom(
      '2011-03-07',
      hours('pre', '09:00', '09:30'),
      hours('regular', '09:30', '12:00'),
      hours('regular', '13:30', '16:00'),
    ),
    weekdaysFrom(
      '2012-03-05',
      hours('pre', '09:00', '09:30'),
      hours('regular', '09:30', '12:00'),
      hours('regular', '13:00', '16:00'),
    ),
    weekdaysFrom(
      '2016-07-25',
      hours('pre', '09:00', '09:30'),
      hours('regular', '09:30', '12:00'),
      hours('regular', '13:00', '16:00'),
      hours('post', '16:00', '16:10'),
    ),
  ],
  changesIn: (year) => changesOf(rules, year),
}
