import { QmtlError } from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importBars } from '../adapters/import-bars.ts'
import type { BarColumns } from '../bars/bar-columns.ts'
import type { FileLayout } from '../layout/file-layout.ts'
import { temporaryStores } from '../testing/file-stores.ts'
import { createBarIntake } from './bar-intake.ts'
import { createLayoutCsvParser } from './layout-csv.ts'
import { anyTime } from '../layout/time-reader.ts'

const { newStore, newFile } = temporaryStores()
const source = { instrument: 'ACME.XNYS', intervalMs: 60_000 }

async function imported(text: string, layout: FileLayout): Promise<BarColumns> {
  const store = await newStore()
  const files = [await newFile('bars.csv', text)]
  await importBars(store, { files, ...source, layout, mode: 'new' }, { nowMs: () => 0 })
  return store.read(source, {})
}

const refusalOf = async (act: Promise<unknown>): Promise<QmtlError> =>
  act.then(
    () => Promise.reject(new Error('nothing was refused')),
    (error: unknown) =>
      error instanceof QmtlError ? error : Promise.reject(new Error('no refusal', { cause: error })),
  )

/** The two bars that all files below hold. */
const bars = {
  ...source,
  length: 2,
  openTimeMs: Float64Array.of(Date.UTC(2024, 2, 11, 13, 30), Date.UTC(2024, 2, 11, 13, 31)),
  open: Float64Array.of(10.5, 10.75),
  high: Float64Array.of(11, 11.25),
  low: Float64Array.of(10.25, 10.5),
  close: Float64Array.of(10.75, 11),
  volume: Float64Array.of(1200, 0),
}

describe('a CSV file of another layout', () => {
  test.each<[string, string, FileLayout]>([
    [
      'with usual names in any case, quoted, with columns of others',
      '\uFEFF"Date","Open","High","Low","Close","Adj Close","Volume"\r\n"2024-03-11T13:30:00Z","10.5","11","10.25","10.75","9","1200"\r\n\r\n"2024-03-11T13:31:00Z",10.75,11.25,10.5,11,9,0\r\n',
      {},
    ],
    [
      'with a semicolon, decimal commas and the clock of New York',
      'Zeit;Eröffnung;Hoch;Tief;Schluss;Stück\n11.03.2024 09:30;10,5;11;10,25;10,75;1200\n11.03.2024 09:31;10,75;11,25;10,5;11;0\n',
      {
        columns: { ts: 'Zeit', open: 'Eröffnung', high: 'Hoch', low: 'Tief', close: 'Schluss', volume: 'Stück' },
        delimiter: ';',
        decimalMark: ',',
        time: 'DD.MM.YYYY HH:mm',
        timeZone: 'America/New_York',
      },
    ],
    [
      'with a date and a time, tabs, and closes of bars',
      '<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<VOL>\n20240311\t133100\t10.5\t11\t10.25\t10.75\t1200\n20240311\t133200\t10.75\t11.25\t10.5\t11\t0\n',
      { columns: { ts: '<DATE>+<TIME>' }, delimiter: '\t', time: 'YYYYMMDD HHmmss', stamp: 'close' },
    ],
    [
      'without names, in another order',
      '1200,10.5,11,10.25,10.75,1710163800000000\n0,10.75,11.25,10.5,11,1710163860000000\n',
      {
        hasHeader: false,
        columns: { ts: '6', volume: '1', open: '2', high: '3', low: '4', close: '5' },
        time: 'us',
      },
    ],
    [
      'without names, in our order',
      '1710163800,10.5,11,10.25,10.75,1200\n1710163860,10.75,11.25,10.5,11,0',
      { hasHeader: false },
    ],
  ])('%s', async (_, text, layout) => {
    expect(await imported(text, layout)).toEqual(bars)
  })

  test('without a volume gives bars whose volume is 0', async () => {
    const text = 'time,o,h,l,c\n1710163800,10.5,11,10.25,10.75\n1710163860,10.75,11.25,10.5,11\n'
    expect(await imported(text, { hasVolume: false })).toEqual({ ...bars, volume: new Float64Array(2) })
  })

  test('reads alike however it is cut', async () => {
    const lines = Array.from({ length: 40 }, (_, row) => `"${1_710_163_800 + row * 60}", 10.5,"11",10.25,10.75,${row}`)
    const bytes = new TextEncoder().encode(['Time,Open,High,Low,Close,Vol', ...lines].join('\n'))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 6 }), async (cuts) => {
        const intake = createBarIntake()
        const parser = createLayoutCsvParser({ name: 'bars.csv', layout: {}, times: anyTime, intake })
        intake.begin('bars.csv')
        const ends = [...cuts.sort((a, b) => a - b), bytes.length]
        for (const [index, end] of ends.entries()) await parser.push(bytes.subarray(ends[index - 1] ?? 0, end))
        await parser.end()
        expect(Array.from(intake.rest().volume)).toEqual(lines.map((_, row) => row))
      }),
      { numRuns: 40 },
    )
  })
})

describe('a CSV file of another layout is refused', () => {
  const head = 'Date,Open,High,Low,Close,Volume'

  test('with every bad cell by line and column, and rows of other lengths', async () => {
    const text = [
      head,
      '2024-03-11 09:30,10.5,11,10.25,10.75,1200',
      '2024-03-11 09:31,,11,10.25,x,1200',
      '2024-02-30 09:32,10.5,11,10.25,10.75,1200',
      '2024-03-11 09:33,10.5,11,10.25',
      '2024-03-11 09:29,10.5,11,10.25,10.75,-1',
      '2024-03-11 09:29,10.5,11,10.25,10.75,1',
    ].join('\n')
    const refusal = await refusalOf(imported(text, { time: 'YYYY-MM-DD HH:mm' }))
    expect(refusal.errors.map(({ path, message }) => `${path} ${message}`)).toEqual([
      `bars.csv:3:2 line 3, column 2 (open): '' is empty`,
      `bars.csv:3:5 line 3, column 5 (close): 'x' is not a number`,
      `bars.csv:4:1 line 4, column 1 (ts): '2024-02-30 09:32' is not a time such as YYYY-MM-DD HH:mm`,
      'bars.csv:5:1 line 5: 4 cells, not 6',
      `bars.csv:6:6 line 6, column 6 (volume): '-1' is negative`,
      `bars.csv:7:1 line 7, column 1 (ts): '2024-03-11T09:29:00Z' stands after the later 2024-03-11T09:30:00Z of line 2`,
    ])
  })

  test.each<[string, string, FileLayout, string]>([
    ['broken quotes', `${head}\n1710163800,1"0,11,10,10,1`, {}, 'bars.csv: line 2, column 2: Invalid Opening Quote'],
    ['a quote that never ends', `${head}\n"1710163800,10,11,10,10,1`, {}, 'Quote Not Closed'],
    ['a row without end', `${head}\n${'1'.repeat(70_000)}`, {}, 'Max Record Size'],
    [
      'a column that is not there',
      head,
      { columns: { ts: 'When' } },
      `no column 'When' for ts; there are 'Date', 'Open'`,
    ],
    ['two columns of a field', `Time,${head}`, {}, `which column is ts: 'Time' or 'Date'?`],
    ['a pattern without a year', head, { time: 'HH:mm' }, `'HH:mm' has no year, has no month, has no day`],
    ['a pattern with a part twice', head, { time: 'YYYY-MM-DD DD' }, 'names the day 2 times'],
    ['a zone of times that name their own', head, { timeZone: 'Asia/Tokyo' }, `need a pattern, not 'auto'`],
    [
      'an unknown zone',
      head,
      { time: 'YYYYMMDD', timeZone: 'Mars/Olympus' },
      `'Mars/Olympus' is not a known time zone`,
    ],
    ['no bars', head, {}, 'bars.csv: line 1: no bars in the file'],
    ['nothing', '', {}, 'bars.csv: line 1: no bars in the file'],
  ])('with %s', async (_, text, layout, message) => {
    expect((await refusalOf(imported(text, layout))).message).toContain(message)
  })

  test('with times of closes and no interval', async () => {
    const files = [await newFile('bars.csv', head)]
    const act = importBars(
      await newStore(),
      { files, instrument: 'ACME.XNYS', layout: { stamp: 'close' }, mode: 'new' },
      { nowMs: () => 0 },
    )
    expect((await refusalOf(act)).code).toBe('E_DATA_INTERVAL')
  })
})
