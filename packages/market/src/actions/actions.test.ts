import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importBars } from '../adapters/import-bars.ts'
import { barColumnsOf, type BarColumns } from '../bars/bar-columns.ts'
import { loadCalendar } from '../calendars/load-calendar.ts'
import type { BarStore } from '../store/bar-store.ts'
import { adjustmentsFor, readAdjusted } from '../store/read-adjusted.ts'
import { temporaryStores } from '../testing/file-stores.ts'
import { adjustBars, unadjustBars, type Adjustment } from './adjust-bars.ts'
import { actionsAsText, parseActions } from './corporate-action.ts'

const { newStore, newFile } = temporaryStores()
const dayMs = 86_400_000

/** Daily bars of a close each, from a date on. */
function daily(instrument: string, from: string, closes: readonly number[]): BarColumns {
  const bars = closes.map((close, index) => ({
    openTimeMs: Date.parse(from) + index * dayMs,
    open: close,
    high: close,
    low: close,
    close,
    volume: 100,
  }))
  return barColumnsOf({ instrument, intervalMs: dayMs }, bars)
}

describe('a file of corporate actions', () => {
  test('is read, and written as it was', () => {
    const text = 'ex_date,kind,value\n2020-08-31,split,4\n2024-02-09,dividend,0.24\n2024-02-09,split,0.5\n'
    const actions = parseActions(text, 'a.csv')
    expect(actions).toEqual([
      { exDate: '2020-08-31', kind: 'split', value: 4 },
      { exDate: '2024-02-09', kind: 'dividend', value: 0.24 },
      { exDate: '2024-02-09', kind: 'split', value: 0.5 },
    ])
    expect(actionsAsText(actions)).toBe(text)
  })

  test('is refused with all that is wrong', () => {
    const lines = [
      '2020-02-30,split,4',
      '2020-03-01,merger,0',
      '2020-03-01,split',
      '2020-03-02,split,2',
      '2020-03-01,split,2',
      '2020-03-02,split,3',
    ]
    expect(() => parseActions(['ex_date,kind,value', ...lines].join('\n'), 'a.csv')).toThrow(
      expect.objectContaining({
        code: 'E_INVALID_DATA',
        errors: [
          { path: 'a.csv:2:1', message: `line 2, column 1: '2020-02-30' is not a date like 2024-01-31` },
          { path: 'a.csv:3:2', message: `line 3, column 2: 'merger' is neither split nor dividend` },
          { path: 'a.csv:3:3', message: `line 3, column 3: '0' is not a number above zero` },
          { path: 'a.csv:4:1', message: 'line 4, column 1: 2 cells, not 3' },
          { path: 'a.csv:6:1', message: 'line 6, column 1: 2020-03-01 stands after 2020-03-02' },
          { path: 'a.csv:7:1', message: 'line 7, column 1: 2020-03-02 has two of kind split' },
        ],
      }),
    )
    expect(() => parseActions('date,kind\n', 'a.csv')).toThrow(`'date,kind' is not ex_date,kind,value`)
  })
})

const anyAdjustments: fc.Arbitrary<readonly Adjustment[]> = fc
  .array(
    fc.record({
      effectiveMs: fc.integer({ min: -5, max: 50 }).map((day) => day * dayMs),
      priceFactor: fc.double({ min: 0.01, max: 20, noNaN: true }),
      volumeFactor: fc.double({ min: 0.01, max: 20, noNaN: true }),
    }),
    { maxLength: 8 },
  )
  .map((all) => all.sort((a, b) => a.effectiveMs - b.effectiveMs))
const anyCloses = fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 })

test('adjusted and unadjusted, bars are what they were to within 1e-12', () => {
  fc.assert(
    fc.property(anyAdjustments, anyCloses, (adjustments, closes) => {
      const bars = daily('A.B', '1970-01-01', closes)
      const back = unadjustBars(adjustBars(bars, adjustments), adjustments)
      for (const field of ['open', 'high', 'low', 'close', 'volume'] as const)
        for (const [row, value] of bars[field].entries())
          expect(Math.abs(back[field][row]! / value - 1)).toBeLessThan(1e-12)
      expect(back.openTimeMs).toEqual(bars.openTimeMs)
    }),
  )
})

test('a bar is adjusted by exactly the actions behind it, whatever part of the bars is read', () => {
  fc.assert(
    fc.property(anyAdjustments, anyCloses, (adjustments, closes) => {
      const adjusted = adjustBars(daily('A.B', '1970-01-01', closes), adjustments)
      for (const [row, close] of closes.entries()) {
        const behind = adjustments.filter(({ effectiveMs }) => effectiveMs > (row + 0.5) * dayMs)
        const factor = behind.reduce((product, { priceFactor }) => product * priceFactor, 1)
        expect(adjusted.close[row]! / (close * factor)).toBeCloseTo(1, 10)
      }
    }),
  )
})

/** A store with bars of `closes`, one a day, and actions. */
async function storeOf(instrument: string, csv: string, actions: string): Promise<BarStore> {
  const store = await newStore()
  const files = [await newFile('bars.csv', csv)]
  await importBars(store, { files, instrument, mode: 'new' }, { nowMs: () => 0 })
  await store.putActions(instrument, parseActions(actions, 'actions.csv'))
  return store
}

describe('stored bars', () => {
  const csv = (times: readonly string[]): string =>
    [
      'ts,open,high,low,close,volume',
      ...times.map((ts, row) => `${ts},${100 + row},${100 + row},${100 + row},${100 + row},10`),
    ].join('\n')
  const actions = 'ex_date,kind,value\n2024-06-10,split,2\n2024-06-12,dividend,4.12\n'

  // Friday to Thursday; the split is on Monday, the dividend on Wednesday.
  const dates = ['2024-06-07', '2024-06-10', '2024-06-11', '2024-06-12', '2024-06-13']
  for (const time of ['00:00', '13:30']) {
    test(`of days that open at ${time} are adjusted from their ex-dates on`, async () => {
      const store = await storeOf('ACME.XNYS', csv(dates.map((date) => `${date}T${time}:00Z`)), actions)
      const source = { instrument: 'ACME.XNYS', intervalMs: dayMs }
      const calendar = await loadCalendar('XNYS')
      const splits = await readAdjusted(store, source, { calendar, kind: 'splits' })
      expect(Array.from(splits.close)).toEqual([50, 101, 102, 103, 104])
      expect(Array.from(splits.volume)).toEqual([20, 10, 10, 10, 10])
      const factor = (102 - 4.12) / 102
      const all = await readAdjusted(store, source, { calendar, kind: 'all' })
      expect(Array.from(all.close)).toEqual([100 * (factor * 0.5), 101 * factor, 102 * factor, 103, 104])
      const part = await readAdjusted(store, { ...source, toMs: Date.parse('2024-06-11') }, { calendar, kind: 'all' })
      expect(part.close[0]).toBe(all.close[0])
      expect(Array.from((await store.read(source, {})).close)).toEqual([100, 101, 102, 103, 104])
    })
  }

  test('of minutes are adjusted from the first hours of the ex-date on', async () => {
    // After hours on Friday evening, before hours on Monday morning.
    const times = ['2024-06-07T19:59', '2024-06-07T20:00', '2024-06-07T23:59', '2024-06-10T08:00', '2024-06-10T13:30']
    const store = await storeOf(
      'ACME.XNYS',
      csv(times.map((time) => `${time}:00Z`)),
      actions.replace('split,2', 'dividend,10'),
    )
    const calendar = await loadCalendar('XNYS')
    const source = { instrument: 'ACME.XNYS', intervalMs: 60_000 }
    const bars = await readAdjusted(store, source, { calendar, kind: 'all' })
    // The close is that of the regular hours: 100, not 102 of the evening.
    const second = (104 - 4.12) / 104
    expect(Array.from(bars.close, (close) => Number((close / second).toFixed(9)))).toEqual([90, 90.9, 91.8, 103, 104])
  })

  test('without actions are as they are, and a dividend above the close is refused', async () => {
    const store = await storeOf('ACME.XNYS', csv(dates), 'ex_date,kind,value\n2024-06-12,dividend,400\n')
    const calendar = await loadCalendar('XNYS')
    const source = { instrument: 'ACME.XNYS', intervalMs: dayMs }
    expect(await readAdjusted(store, source, { calendar, kind: 'splits' })).toEqual(await store.read(source, {}))
    await expect(adjustmentsFor(store, source, { calendar, kind: 'all' })).rejects.toThrow(
      'the dividend of 2024-06-12 is 400, not below the close 102',
    )
    expect(await store.actions('OTHER.XNYS', {})).toEqual([])
  })
})

// Recorded prices, actions and the factors another engine made of them; they are not part of the repository.
const folder = fileURLToPath(new URL('../../../../../shared/data/lean/equity/', import.meta.url))
const isThere = existsSync(folder)

test.skipIf(!isThere && !process.env['CI'])('the folder shared/data/lean is there, as it must be in CI', () =>
  expect(isThere).toBe(true),
)

describe.skipIf(!isThere)('recorded shares (skipped: no folder shared/data/lean beside the repository)', () => {
  test.each(['aapl', 'ibm'])('%s has the factors of another engine', async (name) => {
    const read = (file: string): string => readFileSync(`${folder}${name}-${file}.csv`, 'utf8')
    const instrument = `${name.toUpperCase()}.XNYS`
    const store = await storeOf(instrument, read('daily'), read('actions'))
    const source = { instrument, intervalMs: dayMs }
    const options = { calendar: await loadCalendar('XNYS'), kind: 'all' } as const
    const [raw, adjusted] = [await store.read(source, {}), await readAdjusted(store, source, options)]
    const factors = read('factors')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
    const worst = Array.from(raw.close, (close, row) => {
      const date = new Date(raw.openTimeMs[row]!).toISOString().slice(0, 10)
      const [, price = 'NaN', split = 'NaN'] = factors.find(([last = '']) => last >= date) ?? []
      return Math.abs(adjusted.close[row]! / (close * Number(price) * Number(split)) - 1)
    })
    expect(Math.max(...worst)).toBeLessThan(1e-4)
  })
})
