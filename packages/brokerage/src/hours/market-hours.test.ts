import { defineCalendar, loadCalendar, parseDay, type ExchangeHours } from '@qmtl/market'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { TradingHours } from '../model/trading-hours.ts'
import { inheritHours, optionHours } from './inherit-hours.ts'
import { calendarOf, oandaForexHours } from './market-calendars.ts'
import { tradingHoursOf } from './trading-hours-of.ts'

const weekly = { monday: [{ state: 'regular', start: '09:00', end: '17:00' }] } as const
const market: ExchangeHours = {
  id: 'market',
  timeZone: 'UTC',
  weekly,
  holidays: ['2024-01-01', '2024-07-15'],
  earlyCloses: { '2024-07-22': '13:00', '2024-07-29': '13:00' },
  lateOpens: { '2024-08-05': '10:00' },
}

test('an instrument has its own week, and special dates of its own and of its market', () => {
  const own: ExchangeHours = {
    id: 'own',
    timeZone: 'UTC',
    weekly: {},
    holidays: ['2023-12-25', '2024-01-01'],
    earlyCloses: { '2024-07-22': '12:00' },
  }
  expect(inheritHours(own, market)).toEqual({
    ...own,
    holidays: ['2023-12-25', '2024-01-01', '2024-07-15'],
    earlyCloses: { '2024-07-22': '12:00', '2024-07-29': '13:00' },
    lateOpens: { '2024-08-05': '10:00' },
  })
})

test('a date that is a holiday of one and special in the other is closed', async () => {
  const own: ExchangeHours = { id: 'own', timeZone: 'UTC', weekly, earlyCloses: { '2024-07-15': '12:00' } }
  const hours = tradingHoursOf(await defineCalendar(inheritHours(own, market)))
  expect(hours.hasSession(parseDay('2024-07-15'), true)).toBe(false)
})

test('options without special dates take those of the underlying, others keep theirs', () => {
  const bare: ExchangeHours = { id: 'options', timeZone: 'UTC', weekly: {} }
  const { holidays, earlyCloses, lateOpens } = market
  expect(optionHours(bare, market)).toEqual({ ...bare, holidays, earlyCloses, lateOpens })
  const own: ExchangeHours = { ...bare, lateOpens: { '2024-08-05': '11:00' } }
  expect(optionHours(own, market)).toBe(own)
})

for (const [market, assetClass, symbol, calendar] of [
  ['usa', 'equity', 'SPY', 'XNYS'],
  ['usa', 'option', 'SPY', 'US-OPTIONS'],
  ['usa', 'indexOption', 'SPX', 'US-OPTIONS'],
  ['usa', 'index', 'SPX', 'US-INDEX'],
  ['cme', 'future', 'ES', 'CME-EQUITY'],
  ['cbot', 'futureOption', 'YM', 'CME-EQUITY'],
  ['nymex', 'future', 'CL', 'CME-COMMODITIES'],
  ['comex', 'future', 'GC', 'CME-COMMODITIES'],
  ['eurex', 'future', 'FDAX', 'XEUR'],
  ['oanda', 'forex', 'EURUSD', 'FX'],
  ['kraken', 'crypto', 'BTCUSD', '24/7'],
  ['bybit', 'cryptoFuture', 'BTCUSDT', '24/7'],
] as const) {
  test(`${assetClass} ${symbol} of ${market} trades by the calendar ${calendar}`, async () => {
    expect(calendarOf(market, assetClass, symbol)).toBe(calendar)
    expect((await loadCalendar(calendar)).id).toBe(calendar)
  })
}

test('hours are not guessed where no calendar is known', () => {
  expect(() => calendarOf('cbot', 'future', 'ZC')).toThrow(
    expect.objectContaining({
      code: 'E_INVALID_PARAMETER',
      message: 'no calendar is known for future ZC of cbot',
    }),
  )
})

// Hours of 22 markets as another engine keeps them; the file is not part of the repository.
const path = fileURLToPath(new URL('../../../../../shared/data/lean/market-hours.json', import.meta.url))
const isThere = existsSync(path)
const markets = isThere ? (JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, ExchangeHours>>) : {}

async function hoursOf(name: string): Promise<TradingHours> {
  return tradingHoursOf(await defineCalendar({ ...markets[name]!, id: name }))
}

test.skipIf(!isThere && !process.env['CI'])(
  'the file shared/data/lean/market-hours.json is there, as it must be in CI',
  () => expect(isThere).toBe(true),
)

/** Spans of a local day, `HH:MM-HH:MM` on its clock. */
function spansOn(hours: TradingHours, date: string, extended: boolean): string {
  const day = parseDay(date)
  const minute = (index: number): number => hours.instantOf(day, index * 60_000)
  const text = (index: number): string =>
    `${String(Math.floor(index / 60)).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}`
  const spans: string[] = []
  let start: number | undefined
  for (let index = 0; index <= 1440; index++) {
    const isOpen = index < 1440 && hours.isOpen(minute(index), extended)
    if (isOpen && start === undefined) start = index
    if (isOpen || start === undefined) continue
    spans.push(`${text(start)}-${text(index)}`)
    start = undefined
  }
  return spans.join(' ')
}

describe.skipIf(!isThere)('market-hours.json (skipped: no folder shared/data/lean beside the repository)', () => {
  for (const [name, date, regular, extended] of [
    ['equity-usa', '2024-07-16', '09:30-16:00', '04:00-20:00'],
    ['equity-usa', '2024-07-03', '09:30-13:00', '04:00-13:00'],
    ['equity-usa', '2024-07-04', '', ''],
    ['option-usa', '2024-07-16', '09:30-16:00', '09:30-16:00'],
    ['index-usa', '2024-07-16', '08:30-15:20', '08:30-15:20'],
    ['future-cme-ES', '2024-07-16', '09:30-17:00', '00:00-17:00 18:00-24:00'],
    ['future-cme-ES', '2024-07-14', '', '18:00-24:00'],
    ['future-cme-ES', '2024-07-19', '09:30-17:00', '00:00-17:00'],
    ['future-nymex-CL', '2024-07-16', '09:30-17:00', '00:00-17:00 18:00-24:00'],
    ['future-comex-GC', '2024-07-16', '09:30-17:00', '00:00-17:00 18:00-24:00'],
    ['future-cbot-ZC', '2024-07-16', '08:30-13:20', '00:00-07:45 08:30-13:20 19:00-24:00'],
    ['future-cbot-ZC', '2024-07-14', '', '19:00-24:00'],
    ['forex-oanda', '2024-07-16', '00:00-16:58 17:03-24:00', '00:00-16:58 17:03-24:00'],
    ['forex-oanda', '2024-07-14', '17:03-24:00', '17:03-24:00'],
    ['forex-oanda', '2024-07-19', '00:00-16:58', '00:00-16:58'],
    ['forex-fxcm', '2024-07-14', '17:00-24:00', '17:00-24:00'],
    ['forex-fxcm', '2024-07-19', '00:00-17:00', '00:00-17:00'],
    ['forex-interactivebrokers', '2024-07-16', '00:00-24:00', '00:00-24:00'],
    ['crypto-coinbase', '2024-07-13', '00:00-24:00', '00:00-24:00'],
    ['equity-india', '2024-07-16', '09:15-15:30', '09:00-15:30 15:40-16:00'],
    ['future-hkfe-HSI', '2024-07-16', '09:15-12:00 13:00-16:30', '00:00-03:00 08:45-12:00 12:30-16:30 17:15-24:00'],
    ['future-eurex', '2024-07-16', '01:10-22:00', '01:10-22:00'],
    ['index-ose-N225', '2024-07-16', '09:00-11:30 12:30-15:30', '09:00-11:30 12:30-15:30'],
    ['future-krx-KM', '2024-07-16', '08:45-15:45', '00:00-06:00 08:45-15:45 18:00-24:00'],
  ] as const) {
    test(`${name} is open on ${date} at ${regular || 'no time'}, with extended hours at ${extended || 'no time'}`, async () => {
      const hours = await hoursOf(name)
      expect(spansOn(hours, date, false)).toBe(regular)
      expect(spansOn(hours, date, true)).toBe(extended)
    })
  }

  test('the week of Oanda is that of the file', () => {
    const week = { saturday: [], ...oandaForexHours.weekly }
    expect(week).toEqual(markets['forex-oanda']?.weekly)
  })

  for (const name of Object.keys(markets)) {
    test(`${name} is always open only if it is crypto`, async () => {
      expect((await hoursOf(name)).isAlwaysOpen).toBe(name.startsWith('crypto'))
    })
  }

  test('a lunch break is not the close of the day in Hong Kong, an afternoon is', async () => {
    const hours = await hoursOf('future-hkfe-HSI')
    const day = parseDay('2024-07-16')
    expect(hours.lastClose(day, false)).toBe(hours.instantOf(day, 16.5 * 3_600_000))
    expect(hours.nextClose(hours.instantOf(day, 10 * 3_600_000), false)).toBe(hours.instantOf(day, 12 * 3_600_000))
  })

  test('a holiday of futures with an early close and a reopening pauses in between', async () => {
    const hours = await hoursOf('future-cme-ES')
    const dates = Object.entries(markets['future-cme-ES']?.lateOpens ?? {})
    const [date] = dates.find(([one, open]) => open > (markets['future-cme-ES']?.earlyCloses?.[one] ?? '99')) ?? ['']
    const seen = spansOn(hours, date, true).split(' ')
    expect([date, seen.at(-1)]).toEqual([date, '18:00-24:00'])
    expect(seen).toHaveLength(2)
  })
})
