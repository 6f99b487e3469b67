import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { defineCalendar, type ExchangeHours } from './define-calendar.ts'
import type { ExchangeCalendar } from './exchange-calendar.ts'
import { loadCalendar } from './load-calendar.ts'
import { isOpen, visitOpenSpans } from './open-hours.ts'
import { describeDate, sessionsBetween } from './sessions.ts'

// Hours of 22 markets as another engine keeps them, date by date; the file is not part of the repository.
const path = fileURLToPath(new URL('../../../../../shared/data/lean/market-hours.json', import.meta.url))
const isThere = existsSync(path)

interface FileHours extends ExchangeHours {
  readonly holidays: readonly string[]
  readonly earlyCloses: Readonly<Record<string, string>>
  readonly lateOpens: Readonly<Record<string, string>>
}

const markets = isThere ? (JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, FileHours>>) : {}
const marketOf = (name: string): FileHours => markets[name]!
const loadMarket = async (name: string): Promise<ExchangeCalendar> => defineCalendar({ ...marketOf(name), id: name })

interface Comparison {
  readonly ours: string
  readonly file: string
  readonly first: string
  readonly last: string
  /** `all` and `regular` compare every minute; `days` which dates have a session and which close early, where hours differ by design. */
  readonly by: 'all' | 'regular' | 'days'
  /** Lines of `differencesOf`, `open` or `closed` in our calendar, and why ours is right. */
  readonly differences: readonly {
    readonly why: string
    readonly lines: readonly string[] | ((line: string) => boolean)
  }[]
}

const on = (what: string, ...dates: readonly string[]): readonly string[] => dates.map((date) => `${date} ${what}`)

const commodityFiles = [
  { file: 'future-nymex-CL', forgotten: [], mourning: [], christmas: ['2025-12-25'] },
  {
    file: 'future-comex-GC',
    forgotten: [
      ...['2016-11-25', '2017-11-24', '2018-11-23', '2018-12-24', '2019-11-29', '2019-12-24', '2020-11-27'],
      ...['2020-12-24', '2021-11-26', '2022-11-25', '2023-09-04', '2023-11-24'],
    ],
    mourning: ['2025-01-09'],
    christmas: [],
  },
] as const

const comparisons: readonly Comparison[] = [
  ...['XNYS', 'XNAS'].map((ours): Comparison => ({
    ours,
    file: 'equity-usa',
    first: '1998-01-01',
    last: '2028-12-31',
    by: 'all',
    differences: [
      {
        why: 'the early closes of 1998; those of the file begin in 1999',
        lines: on('13:00-20:00 closed', '1998-11-27', '1998-12-24'),
      },
    ],
  })),
  {
    ours: 'US-OPTIONS',
    file: 'option-usa',
    first: '1998-01-01',
    last: '2028-12-31',
    by: 'all',
    differences: [{ why: 'as above', lines: on('13:00-16:00 closed', '1998-11-27', '1998-12-24') }],
  },
  {
    ours: 'US-INDEX',
    file: 'index-usa',
    first: '1998-01-01',
    last: '2027-12-31',
    by: 'all',
    differences: [{ why: 'as above', lines: on('12:00-15:20 closed', '1998-11-27', '1998-12-24') }],
  },
  {
    ours: 'XEUR',
    file: 'future-eurex',
    first: '2010-01-01',
    last: '2030-12-31',
    by: 'days',
    differences: [{ why: 'Whit Monday, which the file closes in this year alone', lines: on('open', '2015-05-25') }],
  },
  { ours: 'XEUR', file: 'future-eurex', first: '2018-12-10', last: '2030-12-31', by: 'all', differences: [] },
  {
    ours: 'CME-EQUITY',
    file: 'future-cme-ES',
    first: '2013-01-03',
    last: '2026-12-30',
    by: 'all',
    differences: [
      {
        why: 'the pause of a quarter of an hour after the stock market until 25 June 2021, and the close at 17:15 until 18 September 2015; the file has one week for all years, the bars of October 2013 show both',
        lines: (line) =>
          (line.endsWith(' 16:15-16:30 closed') && line < '2021-06-26') ||
          (line.endsWith(' 17:00-17:15 open') && line < '2015-09-19'),
      },
      {
        why: 'a holiday of the file lasts from midnight to midnight; Globex stays shut from the close before it to its evening',
        lines: [
          ...on(
            '18:00-00:00 closed',
            ...['2013-03-28', '2013-12-31', '2014-04-17', '2014-12-31', '2015-12-31', '2016-03-24', '2017-01-01'],
            ...['2017-04-13', '2017-12-24', '2017-12-31', '2018-03-29', '2018-12-31', '2019-04-18', '2019-12-31'],
            ...['2020-04-09', '2020-12-31', '2021-12-23', '2022-04-14', '2022-12-25', '2023-01-01', '2024-03-28'],
          ),
          ...on(
            '18:00-00:00 open',
            ...['2013-12-25', '2014-01-01', '2014-12-25', '2015-01-01', '2016-12-26', '2017-01-02', '2017-12-25'],
            ...['2018-01-01', '2018-12-25', '2019-01-01', '2019-12-25', '2020-01-01', '2022-12-26', '2023-01-02'],
          ),
        ],
      },
      {
        why: 'the evening after an early close on the eve of Independence Day, when the next session opens as ever',
        lines: on('18:00-00:00 open', '2013-07-03', '2014-07-03', '2017-07-03', '2018-07-03', '2019-07-03'),
      },
      {
        why: 'early closes with the stock market, which the file forgot in these years',
        lines: on('13:15-17:00 closed', '2023-07-03', '2024-07-03', '2024-11-29'),
      },
      {
        why: 'days of mourning, on which the exchange announced a close at 09:30 and the evening as ever',
        lines: ['2018-12-05 00:00-09:30 open', '2018-12-05 18:00-00:00 open', '2025-01-09 09:30-17:00 closed'],
      },
      {
        why: 'Martin Luther King Jr. Day 2025, which the file has as a holiday and as an early close',
        lines: ['2025-01-20 00:00-13:00 open', '2025-01-20 18:00-00:00 open'],
      },
      { why: 'Christmas Day 2025, which the file does not close', lines: ['2025-12-25 00:00-17:00 closed'] },
    ],
  },
  ...commodityFiles.map(({ file, forgotten, mourning, christmas }): Comparison => ({
    ours: 'CME-COMMODITIES',
    file,
    first: '2016-01-01',
    last: '2026-12-31',
    by: 'days',
    differences: [
      {
        why: 'holidays of the stock exchanges, on which trading halts in the afternoon and goes on in the evening; the file closes many of them all day, though it has the halt too',
        lines: (line) => {
          const [date, market] = [line.slice(0, 10), marketOf(file)]
          const isHalt = market.holidays.includes(date) || market.lateOpens[date] !== undefined
          return line.endsWith(' early close') && isHalt
        },
      },
      {
        why: 'early closes of the file at 17:00, when every session ends',
        lines: on('open', '2024-03-28', '2024-12-31', '2025-04-17', '2025-12-31', '2026-04-02', '2026-12-31'),
      },
      { why: 'a day of mourning on which commodities traded', lines: on('open', '2018-12-05', ...mourning) },
      { why: 'early closes that the file forgot', lines: on('early close', '2024-11-29', ...forgotten) },
      { why: 'Christmas Day 2025, which the file closes at 17:00', lines: on('closed', ...christmas) },
    ],
  })),
  {
    ours: 'XHKG',
    file: 'future-hkfe-HSI',
    first: '2017-01-01',
    last: '2026-12-31',
    by: 'days',
    differences: [
      {
        why: 'storms; the file leaves them out',
        lines: on(
          'closed',
          '2017-08-23',
          '2020-10-13',
          '2021-10-13',
          '2023-07-17',
          '2023-09-01',
          '2023-09-08',
          '2024-09-06',
        ),
      },
      { why: "Lunar New Year's Eve; the early closes of the file begin in 2018", lines: ['2017-01-27 early close'] },
    ],
  },
  {
    ours: 'XTKS',
    file: 'index-ose-N225',
    first: '2016-01-01',
    last: '2026-12-31',
    by: 'days',
    differences: [
      {
        why: 'the day on which the stock exchange could not trade; the index is not traded there',
        lines: ['2020-10-01 closed'],
      },
      { why: 'Autumnal Equinox Day, which the file forgot', lines: ['2022-09-23 closed'] },
    ],
  },
  {
    ours: 'XTKS',
    file: 'index-ose-N225',
    first: '2024-11-05',
    last: '2026-12-31',
    by: 'regular',
    differences: [],
  },
  {
    ours: 'XETR',
    file: 'future-eurex',
    first: '2010-01-01',
    last: '2030-12-31',
    by: 'days',
    differences: [
      {
        why: 'holidays on which Eurex trades and Xetra did not until 2021',
        lines: on(
          'closed',
          ...['2014-10-03', '2016-05-16', '2016-10-03', '2017-06-05', '2017-10-03', '2017-10-31', '2018-05-21'],
          ...['2018-10-03', '2019-06-10', '2019-10-03', '2020-06-01', '2021-05-24'],
        ),
      },
      { why: 'half days of Xetra; Eurex trades on', lines: (line) => /-12-(28|29|30) early close$/.test(line) },
    ],
  },
  {
    ours: 'FX',
    file: 'forex-interactivebrokers',
    first: '2007-01-02',
    last: '2026-12-30',
    by: 'regular',
    differences: [
      {
        why: 'the file knows no holidays; bars of 2017 and 2018 show them',
        lines: (line) => /-(12-24|12-25|12-31|01-01) /.test(line),
      },
    ],
  },
  {
    ours: 'FX',
    file: 'forex-fxcm',
    first: '2007-01-03',
    last: '2026-12-30',
    by: 'regular',
    differences: [
      {
        why: 'hours of one broker at Christmas and at the turn of the year, other ones every few years',
        lines: (line) => /-(12-2[4-6]|12-31|01-0[12]) /.test(line),
      },
    ],
  },
  ...['crypto-binance', 'crypto-coinbase', 'crypto-kraken', 'crypto-bitfinex', 'crypto-bybit'].map(alwaysOpen),
  ...['cryptoFuture-binance', 'cryptoFuture-bybit'].map(alwaysOpen),
]

function alwaysOpen(file: string): Comparison {
  return { ours: '24/7', file, first: '2010-01-01', last: '2030-12-31', by: 'all', differences: [] }
}

/** Markets of the file that no calendar of ours describes; the daily pause and the holidays of `forex-oanda` are the broker's own. */
const notCovered = ['future-cbot-ZC', 'future-krx-KM', 'equity-india', 'forex-oanda']

test.skipIf(!isThere && !process.env['CI'])(
  'the file shared/data/lean/market-hours.json is there, as it must be in CI',
  () => expect(isThere).toBe(true),
)

describe.skipIf(!isThere)('market-hours.json (skipped: no folder shared/data/lean beside the repository)', () => {
  test('each of its 22 markets is compared or named as not covered', () => {
    const named = new Set([...comparisons.map(({ file }) => file), ...notCovered])
    expect([...named].toSorted()).toEqual(Object.keys(markets).toSorted())
    expect(named.size).toBe(22)
  })

  for (const comparison of comparisons) {
    const { ours, file, first, last, by, differences } = comparison
    test(`${ours} agrees with ${file} from ${first} to ${last} by ${by === 'days' ? 'days' : `${by} hours`} but for what is explained`, async () => {
      const lines = differencesOf(await loadCalendar(ours), await loadMarket(file), comparison)
      const patterns = differences.flatMap(({ lines: expected }) => (typeof expected === 'function' ? [expected] : []))
      const listed = differences.flatMap(({ lines: expected }) => (typeof expected === 'function' ? [] : expected))
      for (const pattern of patterns) expect(lines.some(pattern)).toBe(true)
      expect(lines.filter((line) => !patterns.some((pattern) => pattern(line)))).toEqual([...listed].toSorted())
    })
  }

  for (const name of Object.keys(markets)) {
    test(`a calendar of one's own with the hours of ${name} is open when its wall clock says so`, async () => {
      const market = marketOf(name)
      const calendar = await loadMarket(name)
      const clock = wallClockOf(market.timeZone)
      const dates = [...market.holidays, ...Object.keys(market.earlyCloses), ...Object.keys(market.lateOpens)]
      const ordinary = ['2024-03-10', '2024-03-31', '2024-07-03', '2024-10-27', '2024-11-03', '2025-01-03']
      for (const date of [...dates.filter((_, index) => index % 4 === 0), ...ordinary]) {
        for (let minute = -720; minute < 2160; minute += 317) {
          const epochMs = Date.parse(`${date}T00:00:00Z`) + minute * 60_000
          const seen = [isOpen(calendar, epochMs), isOpen(calendar, epochMs, { extended: true })]
          const local = clock(epochMs)
          expect([local, ...seen]).toEqual([
            local,
            isOpenByWallClock(market, local, false),
            isOpenByWallClock(market, local, true),
          ])
        }
      }
    })
  }
})

interface WallClock {
  readonly date: string
  readonly weekday: string
  readonly minute: number
}

function wallClockOf(timeZone: string): (epochMs: number) => WallClock {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return (epochMs) => {
    const part = Object.fromEntries(format.formatToParts(epochMs).map(({ type, value }) => [type, value]))
    return {
      date: `${part['year']}-${part['month']}-${part['day']}`,
      weekday: part['weekday']!.toLowerCase(),
      minute: Number(part['hour']) * 60 + Number(part['minute']),
    }
  }
}

const minuteOfText = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

/** The rules of exchange hours said again, minute by minute. */
function isOpenByWallClock(market: FileHours, { date, weekday, minute }: WallClock, extended: boolean): boolean {
  if (market.holidays.includes(date)) return false
  const segments = Object.entries(market.weekly).find(([name]) => name === weekday)?.[1] ?? []
  const inSegment = segments.some(
    ({ state, start, end }) =>
      (extended || state === 'regular') && minute >= minuteOfText(start) && minute < minuteOfText(end),
  )
  const close = market.earlyCloses[date] === undefined ? Infinity : minuteOfText(market.earlyCloses[date])
  const open = market.lateOpens[date] === undefined ? -Infinity : minuteOfText(market.lateOpens[date])
  if (close <= open) return inSegment && (minute < close || minute >= open)
  const lastEnd = Math.max(...segments.map(({ end }) => minuteOfText(end)))
  return inSegment && minute < close && (open > lastEnd || minute >= open)
}

/** `2018-12-05 00:00-09:30 open` for what is open in ours alone, by our wall clock; by days `2020-10-01 closed` and the like. */
function differencesOf(ours: ExchangeCalendar, theirs: ExchangeCalendar, comparison: Comparison): readonly string[] {
  const fromMs = Date.parse(`${comparison.first}T12:00:00Z`)
  const toMs = Date.parse(`${comparison.last}T12:00:00Z`)
  if (comparison.by === 'days') {
    const [here, there] = [ours, theirs].map((calendar) => daysOf(calendar, fromMs - 43_200_000, toMs + 43_200_000))
    return [...new Set([...here!.keys(), ...there!.keys()])]
      .filter((date) => here!.get(date) !== there!.get(date))
      .map((date) => `${date} ${here!.get(date) ?? 'closed'}`)
      .toSorted()
  }
  const extended = comparison.by === 'all'
  const edges = [
    ...edgesOf(ours, { fromMs, toMs, extended }).map((edge) => ({ ...edge, side: 0 })),
    ...edgesOf(theirs, { fromMs, toMs, extended }).map((edge) => ({ ...edge, side: 1 })),
  ].toSorted((one, other) => one.atMs - other.atMs)
  const clock = wallClockOf(ours.timeZone)
  const lines: string[] = []
  const open = [0, 0]
  let sinceMs = fromMs
  for (const { atMs, step, side } of edges) {
    if (open[0] !== open[1] && atMs > sinceMs) {
      lines.push(
        `${clock(sinceMs).date} ${timeOf(clock(sinceMs))}-${timeOf(clock(atMs))} ${open[0] ? 'open' : 'closed'}`,
      )
    }
    open[side]! += step
    sinceMs = atMs
  }
  return lines.toSorted()
}

const timeOf = ({ minute }: WallClock): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

function edgesOf(calendar: ExchangeCalendar, range: { fromMs: number; toMs: number; extended: boolean }) {
  const edges: { readonly atMs: number; readonly step: number }[] = []
  visitOpenSpans(calendar, range, (openMs, closeMs) => {
    edges.push({ atMs: Math.max(openMs, range.fromMs), step: 1 }, { atMs: Math.min(closeMs, range.toMs), step: -1 })
  })
  return edges
}

/** Dates with a regular session, and which of them close early. */
function daysOf(calendar: ExchangeCalendar, fromMs: number, toMs: number): ReadonlyMap<string, string> {
  return new Map(
    sessionsBetween(calendar, fromMs, toMs).map(({ date }) => [
      date,
      describeDate(calendar, date)?.startsWith('early close') ? 'early close' : 'open',
    ]),
  )
}
