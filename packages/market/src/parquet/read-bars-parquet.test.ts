import { gzipSync } from 'node:zlib'
import { QmtlError } from '@qmtl/contracts'
import type { SchemaElement } from 'hyparquet'
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importBars } from '../adapters/import-bars.ts'
import type { BarColumns } from '../bars/bar-columns.ts'
import { fingerprintOf } from '../bars/fingerprint.ts'
import { readBarsCsv } from '../csv/read-bars-csv.ts'
import type { FileLayout } from '../layout/file-layout.ts'
import { temporaryStores } from '../testing/file-stores.ts'

const { newStore, newFile } = temporaryStores()
const minuteMs = 60_000
const firstMs = Date.UTC(2024, 0, 2)
const source = { instrument: 'BTC-USD.SIM', intervalMs: minuteMs }

type Columns = Record<string, ColumnSource['data']>

/** Bars of a wave, a minute each. */
function wave(rows: number): { readonly [name: string]: Float64Array } {
  const price = Float64Array.from({ length: rows }, (_, row) => 100 + (row % 7) / 10)
  return {
    ts: Float64Array.from({ length: rows }, (_, row) => firstMs + row * minuteMs),
    open: price,
    high: price.map((value) => value + 0.5),
    low: price.map((value) => value - 0.5),
    close: price.map((value) => value + 0.25),
    volume: Float64Array.from({ length: rows }, (_, row) => row % 3),
  }
}

const timesOf = (rows: number, unit = 1n): BigInt64Array =>
  BigInt64Array.from({ length: rows }, (_, row) => BigInt(firstMs + row * minuteMs) * unit)

function csvOf(rows: number): string {
  const { ts, open, high, low, close, volume } = wave(rows)
  const lines = Array.from(ts ?? [], (ms, row) =>
    [new Date(ms).toISOString(), open?.[row], high?.[row], low?.[row], close?.[row], volume?.[row]].join(','),
  )
  return ['ts,open,high,low,close,volume', ...lines].join('\n')
}

const expected = (rows: number): BarColumns => readBarsCsv(csvOf(rows), { ...source, name: 'expected.csv' })

interface FileOptions {
  readonly types?: Readonly<Record<string, ColumnSource['type']>>
  readonly nullable?: boolean
  readonly rowGroupSize?: number
  readonly schema?: SchemaElement[]
}

/** A file of the columns given: `ts` as timestamps, all else as doubles, where `types` does not say otherwise. */
function fileOf(columns: Columns, { types = {}, nullable = true, rowGroupSize = 1000, schema }: FileOptions = {}) {
  const columnData = Object.entries(columns).map(([name, data]) => ({
    name,
    data,
    nullable,
    ...(schema ? {} : { type: types[name] ?? (name === 'ts' ? ('TIMESTAMP' as const) : ('DOUBLE' as const)) }),
  }))
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize, ...(schema ? { schema } : {}) }))
}

async function imported(content: Uint8Array, layout?: FileLayout): Promise<BarColumns> {
  const store = await newStore()
  const files = [await newFile('bars.parquet', content)]
  await importBars(store, { files, ...source, layout, mode: 'new' }, { nowMs: () => 0 })
  return store.read(source, {})
}

const refusalOf = async (act: Promise<unknown>): Promise<QmtlError> =>
  act.then(
    () => Promise.reject(new Error('nothing was refused')),
    (error: unknown) =>
      error instanceof QmtlError ? error : Promise.reject(new Error('no refusal', { cause: error })),
  )

describe('a Parquet file', () => {
  test.each([
    ['nullable columns', true, 1000],
    ['required columns', false, 1000],
    ['one row group', true, 1_000_000],
    ['row groups of some rows', false, 7],
  ])('with %s gives the bars of the CSV file with the same numbers', async (_, nullable, rowGroupSize) => {
    const rows = 3000
    const bars = await imported(fileOf({ ...wave(rows), ts: timesOf(rows) }, { nullable, rowGroupSize }))
    expect(bars).toEqual(expected(rows))
    expect(fingerprintOf(bars)).toBe(fingerprintOf(expected(rows)))
  })

  test('with a row group of many pages is read some rows at a time', async () => {
    const rows = 140_000
    const bars = await imported(fileOf({ ...wave(rows), ts: timesOf(rows) }, { rowGroupSize: rows }))
    expect(fingerprintOf(bars)).toBe(fingerprintOf(expected(rows)))
  })

  test('in any order of columns, in groups of any size, among columns of others', async () => {
    const names = ['ts', 'open', 'high', 'low', 'close', 'volume', 'trades']
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(names, { minLength: 7 }),
        fc.integer({ min: 1, max: 40 }),
        async (order, rowGroupSize) => {
          const columns: Columns = { ...wave(30), ts: timesOf(30), trades: new Float64Array(30) }
          const ordered = Object.fromEntries(order.map((name) => [name, columns[name] ?? []]))
          expect(await imported(fileOf(ordered, { rowGroupSize }))).toEqual(expected(30))
        },
      ),
      { numRuns: 15 },
    )
  })

  const leaf = (name: string, element: Partial<SchemaElement>): SchemaElement => ({
    name,
    repetition_type: 'REQUIRED',
    ...element,
  })
  const doubles = ['open', 'high', 'low', 'close', 'volume'].map((name) => leaf(name, { type: 'DOUBLE' }))
  const withTime = (element: Partial<SchemaElement>): SchemaElement[] => [
    { name: 'root', num_children: 6 },
    leaf('ts', element),
    ...doubles,
  ]
  const micros = { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } } as const
  const nanos = { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' } } as const
  const local = { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MILLIS' } } as const

  test.each([
    ['microseconds', micros, timesOf(50, 1000n), {}],
    ['nanoseconds', nanos, timesOf(50, 1_000_000n), {}],
    ['bare epochs in ms', { type: 'INT64' } as const, timesOf(50), {}],
    ['bare epochs in ns, as said', { type: 'INT64' } as const, timesOf(50, 1_000_000n), { time: 'ns' }],
    ['doubles', { type: 'DOUBLE' } as const, wave(50)['ts'] ?? [], {}],
    [
      'texts',
      { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const,
      Array.from(timesOf(50), (ms) => new Date(Number(ms)).toISOString()),
      {},
    ],
  ] as const)('has times as %s', async (_, element, ts, layout) => {
    const columns = { ...wave(50), ts: ts as ColumnSource['data'] }
    const file = fileOf(
      Object.fromEntries(['ts', ...doubles.map(({ name }) => name)].map((name) => [name, columns[name as 'ts']])),
      {
        schema: withTime(element),
      },
    )
    expect(await imported(file, layout)).toEqual(expected(50))
  })

  test('has times of a wall clock in the zone named, and in UTC where none is', async () => {
    const file = fileOf({ ...wave(50), ts: timesOf(50) }, { schema: withTime(local) })
    expect(await imported(file)).toEqual(expected(50))
    const bars = await imported(file, { timeZone: 'America/New_York' })
    expect(bars.openTimeMs[0]).toBe(firstMs + 5 * 3_600_000)
  })

  test('has decimals that are read as their text would be', async () => {
    const { open = [], high = [], low = [], close = [], volume = [] } = wave(50)
    const cents = (name: string): SchemaElement =>
      leaf(name, { type: 'INT32', converted_type: 'DECIMAL', scale: 2, precision: 9 })
    const schema: SchemaElement[] = [
      { name: 'root', num_children: 6 },
      leaf('ts', micros),
      ...['open', 'high', 'low', 'close'].map(cents),
      leaf('volume', { type: 'FLOAT' }),
    ]
    const columns = { ts: timesOf(50, 1000n), open, high, low, close, volume }
    expect(await imported(fileOf(columns, { schema }))).toEqual(expected(50))
  })

  test('has columns of other names, times of closes and no volume', async () => {
    const { open, high, low, close } = wave(50)
    const ts = timesOf(50).map((ms) => ms + 60_000n)
    const file = fileOf(
      { when: ts, Open: open ?? [], High: high ?? [], Low: low ?? [], Last: close ?? [] },
      { types: { when: 'TIMESTAMP' } },
    )
    const bars = await imported(file, { columns: { ts: 'when', close: 'Last' }, hasVolume: false, stamp: 'close' })
    expect(bars).toEqual({ ...expected(50), volume: new Float64Array(50) })
  })
})

describe('a Parquet file is refused, and nothing stored,', () => {
  test('with each bad cell by row and column, beyond a row group too', async () => {
    const ts: (Date | null)[] = Array.from(timesOf(30), (ms) => new Date(Number(ms)))
    const columns: Record<string, (number | null)[]> = Object.fromEntries(
      Object.entries(wave(30)).map(([name, values]) => [name, Array.from(values)]),
    )
    ts[3] = null
    ts[29] = ts[28] ?? null
    columns['open']![10] = null
    columns['high']![25] = 1
    columns['volume']![26] = Number.NaN
    const refusal = await refusalOf(imported(fileOf({ ...columns, ts }, { rowGroupSize: 8 })))
    expect(refusal).toMatchObject({ code: 'E_INVALID_DATA' })
    expect(refusal.errors.map(({ path, message }) => `${path} ${message}`)).toEqual([
      `bars.parquet:4:1 row 4, column 1 (ts): '' is empty`,
      `bars.parquet:11:2 row 11, column 2 (open): '' is empty`,
      `bars.parquet:26:3 row 26, column 3 (high): '1' is below the low 99.9`,
      `bars.parquet:27:6 row 27, column 6 (volume): 'NaN' is not a number`,
      `bars.parquet:30:1 row 30, column 1 (ts): '2024-01-02T00:28:00Z' repeats the time of row 29`,
    ])
  })

  test('off the grid', async () => {
    const ts = timesOf(30)
    ts[29] = (ts[29] ?? 0n) + 1000n
    expect((await refusalOf(imported(fileOf({ ...wave(30), ts })))).message).toContain('row 30, column 1 (ts)')
  })

  test('with times of fractions of a millisecond', async () => {
    const ts = timesOf(30, 1_000_000n)
    ts[5] = (ts[5] ?? 0n) + 400_000n
    const schema: SchemaElement[] = [
      { name: 'root', num_children: 6 },
      {
        name: 'ts',
        type: 'INT64',
        repetition_type: 'REQUIRED',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' },
      },
      ...['open', 'high', 'low', 'close', 'volume'].map((name) => ({
        name,
        type: 'DOUBLE' as const,
        repetition_type: 'REQUIRED' as const,
      })),
    ]
    expect((await refusalOf(imported(fileOf({ ...wave(30), ts }, { schema })))).message).toContain(
      "row 6, column 1 (ts): '1704153900000400000' is not a time in whole milliseconds",
    )
  })

  test('without a column, and with one of another type', async () => {
    const { open, high, low, close } = wave(3)
    const missing = fileOf({ ts: timesOf(3), open: open ?? [], high: high ?? [], low: low ?? [], last: close ?? [] })
    expect((await refusalOf(imported(missing))).errors.map(({ message }) => message)).toEqual([
      `no column for close among 'ts', 'open', 'high', 'low', 'last'`,
      `no column for volume among 'ts', 'open', 'high', 'low', 'last'`,
    ])
    const wrong = fileOf({ ...wave(3), ts: timesOf(3), close: [true, false, true] }, { types: { close: 'BOOLEAN' } })
    expect((await refusalOf(imported(wrong))).message).toBe(`bars.parquet: column 'close' is BOOLEAN, not a number`)
  })

  test('that is cut off, damaged or empty', async () => {
    const whole = fileOf({ ...wave(3000), ts: timesOf(3000) })
    const codes = await Promise.all(
      [whole.slice(0, 400), whole.map((byte, at) => (at > 40 && at < 2000 ? 0 : byte))].map(async (content) => {
        const { code, message } = await refusalOf(imported(content))
        expect(message).toContain('bars.parquet')
        return code
      }),
    )
    expect(codes).toEqual(['E_INVALID_DATA', 'E_INVALID_DATA'])
    expect((await refusalOf(imported(new Uint8Array(gzipSync(csvOf(3)))))).code).toBe('E_INVALID_DATA')
  })
})
