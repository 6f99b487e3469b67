import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { QmtlError } from '@qmtl/contracts'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { barsBetween, type BarColumns } from '../bars/bar-columns.ts'
import { fingerprintOf } from '../bars/fingerprint.ts'
import { readBarsCsv } from '../csv/read-bars-csv.ts'
import type { BarStore, StoreOutcome, WriteMode } from '../store/bar-store.ts'
import { createFakeFileLock } from '../testing/file-lock.ts'
import { createFileBarStore } from './file-bar-store.ts'
import { importBars, type ImportProgress } from './import-bars.ts'

const minuteMs = 60_000
const source = { instrument: 'BTC-USD.SIM', intervalMs: minuteMs }
const folders: string[] = []
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qmtl-store-'))
  folders.push(folder)
  return folder
}

const storeIn = (folder: string): BarStore => createFileBarStore(join(folder, 'data'), { lock: createFakeFileLock() })

/** A file of the given minutes; a bar's prices follow from its minute and `shift`. */
function csvOf(minutes: readonly number[], shift = 0): string {
  const rows = minutes.map((minute) => {
    const price = 100 + (minute % 7) + shift
    return `${new Date(minute * minuteMs).toISOString().replace('.000', '')},${price},${price + 1},${price - 1},${price + 0.5},${minute % 3}`
  })
  return ['ts,open,high,low,close,volume', ...rows, ''].join('\n')
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)
const expected = (minutes: readonly number[], shift = 0): BarColumns =>
  readBarsCsv(csvOf(minutes, shift), { ...source, name: 'expected.csv', gaps: 'allow' })

interface PutOptions {
  readonly mode?: WriteMode
  readonly instrument?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ImportProgress) => void
}

async function put(store: BarStore, contents: readonly string[], options: PutOptions = {}): Promise<StoreOutcome> {
  const { mode = 'new', instrument = source.instrument, ...call } = options
  const folder = await newFolder()
  const files = await Promise.all(
    contents.map(async (content, index) => {
      const name = `bars${index}.csv`
      await writeFile(join(folder, name), content)
      return { path: join(folder, name), name }
    }),
  )
  return importBars(store, { files, instrument, intervalMs: minuteMs, mode }, { ...call, nowMs: () => 0 })
}

const refusalOf = async (act: Promise<unknown>): Promise<QmtlError> =>
  act.then(
    () => Promise.reject(new Error('nothing was refused')),
    (error: unknown) => error as QmtlError,
  )

/** All files below a folder, as relative paths. */
const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)

describe('imported bars', () => {
  test('are read back, listed and described', async () => {
    const store = storeIn(await newFolder())
    const minutes = [...range(0, 50), ...range(53, 70_000), 70_001]
    const { stored, change, added } = await put(store, [csvOf(minutes)])
    expect([change, added]).toEqual(['created', minutes.length])
    const bars = await store.read(source, {})
    expect(bars).toEqual(expected(minutes))
    expect(await store.list({})).toEqual([stored])
    expect(await store.find(source, {})).toEqual(stored)
    expect(stored).toMatchObject({
      instrument: 'BTC-USD.SIM',
      interval: '1m',
      rows: minutes.length,
      first_ts: '1970-01-01T00:00:00Z',
      last_ts: '1970-02-18T14:41:00Z',
      gaps: { count: 2, missing_bars: 4 },
      fingerprint: fingerprintOf(bars),
      origins: [{ file: 'bars0.csv', rows: minutes.length, imported_at: '1970-01-01T00:00:00Z' }],
    })
  })

  test('of several files are one', async () => {
    const store = storeIn(await newFolder())
    const { stored } = await put(store, [csvOf(range(0, 10)), csvOf(range(10, 30))])
    expect(stored.fingerprint).toBe(fingerprintOf(expected(range(0, 30))))
    expect(stored.origins.map(({ rows }) => rows)).toEqual([10, 20])
  })

  test('of any range are those of the columns in memory', async () => {
    const store = storeIn(await newFolder())
    const minutes = [...range(0, 40), ...range(45, 60)]
    await put(store, [csvOf(minutes)])
    const whole = expected(minutes)
    const anyMs = fc.oneof(
      fc.constantFrom(-Infinity, Infinity),
      fc.integer({ min: -90, max: 4000 }).map((second) => second * 1000),
    )
    await fc.assert(
      fc.asyncProperty(anyMs, anyMs, async (fromMs, toMs) => {
        expect(await store.read({ ...source, fromMs, toMs }, {})).toEqual(barsBetween(whole, fromMs, toMs))
      }),
      { numRuns: 60 },
    )
  })

  test('of instruments whose ids are no paths have folders of their own', async () => {
    const folder = await newFolder()
    const store = storeIn(folder)
    for (const instrument of ['../../BTC/USD.SIM', 'BTC/USD.SIM', 'BTC%2FUSD.SIM'])
      await put(store, [csvOf(range(0, 3))], { instrument })
    expect((await store.list({})).map(({ instrument }) => instrument)).toEqual([
      '../../BTC/USD.SIM',
      'BTC%2FUSD.SIM',
      'BTC/USD.SIM',
    ])
    expect(await readdir(folder)).toEqual(['data'])
  })

  test('that are not there are refused', async () => {
    const store = storeIn(await newFolder())
    expect(await store.list({})).toEqual([])
    expect(await store.find(source, {})).toBeUndefined()
    expect(await refusalOf(store.read(source, {}))).toMatchObject({ code: 'E_DATA_MISSING' })
  })
})

describe('where the store has bars already', () => {
  test('the same ones change nothing', async () => {
    const store = storeIn(await newFolder())
    const first = await put(store, [csvOf(range(0, 10))])
    expect(await put(store, [csvOf(range(0, 10))])).toEqual({ stored: first.stored, change: 'unchanged', added: 0 })
    expect(await put(store, [csvOf(range(2, 5))], { mode: 'merge' })).toMatchObject({ change: 'unchanged', added: 0 })
  })

  test('others are refused, and put in their place on request', async () => {
    const folder = await newFolder()
    const store = storeIn(folder)
    await put(store, [csvOf(range(0, 10))])
    expect(await refusalOf(put(store, [csvOf(range(5, 20))]))).toMatchObject({
      code: 'E_DATA_EXISTS',
      message: 'the store has other bars of BTC-USD.SIM 1m: 10 from 1970-01-01T00:00:00Z to 1970-01-01T00:09:00Z',
    })
    expect(await store.read(source, {})).toEqual(expected(range(0, 10)))
    expect(await put(store, [csvOf(range(5, 20))], { mode: 'replace' })).toMatchObject({
      change: 'replaced',
      added: 15,
    })
    expect(await store.read(source, {})).toEqual(expected(range(5, 20)))
    expect((await filesIn(folder)).sort()).toEqual(
      ['close', 'high', 'low', 'open', 'ts', 'volume']
        .map((name) => `${name}.f64`)
        .concat('manifest.json')
        .sort(),
    )
  })

  test('merging gives the bars of both, whichever came first', async () => {
    const anyMinutes = fc
      .uniqueArray(fc.nat({ max: 80 }), { minLength: 1, maxLength: 60 })
      .map((all) => [...all.sort((a, b) => a - b), 100, 101])
    await fc.assert(
      fc.asyncProperty(anyMinutes, anyMinutes, async (first, second) => {
        const store = storeIn(await newFolder())
        await put(store, [csvOf(first)])
        const both = [...new Set([...first, ...second])].sort((a, b) => a - b)
        const { added, stored } = await put(store, [csvOf(second)], { mode: 'merge' })
        expect(added).toBe(both.length - first.length)
        expect(await store.read(source, {})).toEqual(expected(both))
        expect(stored.fingerprint).toBe(fingerprintOf(expected(both)))
      }),
      { numRuns: 25 },
    )
  })

  test('merging refuses a bar of other values and bars of another grid, and keeps what is stored', async () => {
    const store = storeIn(await newFolder())
    await put(store, [csvOf(range(0, 10))])
    const refusal = await refusalOf(put(store, [csvOf(range(8, 30), 1)], { mode: 'merge' }))
    expect(refusal).toMatchObject({
      code: 'E_INVALID_DATA',
      message:
        'BTC-USD.SIM 1m is stored with other values: 1970-01-01T00:08:00Z/open is 101 in the store, 102 in the file',
    })
    expect(refusal.errors).toHaveLength(8)
    const offGrid = csvOf(range(20, 30)).replaceAll(':00Z', ':30Z')
    expect((await refusalOf(put(store, [offGrid], { mode: 'merge' }))).message).toContain(
      'are not on the stored grid of 1m',
    )
    expect(await store.read(source, {})).toEqual(expected(range(0, 10)))
  })
})

describe('nothing is left behind', () => {
  const bad = csvOf(range(0, 200_000)).replace('1970-01-01T00:05:00Z,', '1970-01-01T00:05:00Z,x')

  test('by a file with a bad row', async () => {
    const folder = await newFolder()
    expect(await refusalOf(put(storeIn(folder), [bad]))).toMatchObject({
      code: 'E_INVALID_DATA',
      errors: [{ path: 'bars0.csv:7:2', value: 'x105' }],
    })
    expect(await filesIn(folder)).toEqual([])
  })

  test('by an import that is stopped', async () => {
    const folder = await newFolder()
    const abort = new AbortController()
    const reason = new Error('stopped by the test')
    const seen: ImportProgress[] = []
    const stopped = put(storeIn(folder), [csvOf(range(0, 200_000))], {
      signal: abort.signal,
      onProgress(progress) {
        seen.push(progress)
        abort.abort(reason)
      },
    })
    expect(await refusalOf(stopped)).toBe(reason)
    expect(seen).toHaveLength(1)
    expect(await filesIn(folder)).toEqual([])
  })

  test('by a writer that was killed, once another has come', async () => {
    const folder = await newFolder()
    const store = storeIn(folder)
    await put(store, [csvOf(range(0, 10))])
    for (const orphan of ['drafts/one', 'bars/BTC-USD.SIM/1m/orphan', 'bars/ETH-USD.SIM/1m/orphan']) {
      await mkdir(join(store.folder, orphan), { recursive: true })
      await writeFile(join(store.folder, orphan, 'ts.f64'), 'half')
    }
    await put(store, [csvOf(range(0, 10))])
    expect(await filesIn(folder)).toHaveLength(7)
    expect(await store.read(source, {})).toEqual(expected(range(0, 10)))
  })
})

test('one writes at a time, and readers see the old bars meanwhile', async () => {
  const store = storeIn(await newFolder())
  await put(store, [csvOf(range(0, 10))])
  await store.write(async () => {
    expect(await refusalOf(put(store, [csvOf(range(0, 20))], { mode: 'replace' }))).toMatchObject({
      code: 'E_DATABASE_LOCKED',
    })
    expect(await store.read(source, {})).toEqual(expected(range(0, 10)))
  })
  expect(await put(store, [csvOf(range(0, 20))], { mode: 'replace' })).toMatchObject({ change: 'replaced' })
})

test('a reader that has begun goes on with the bars it found while they are replaced', async () => {
  const store = storeIn(await newFolder())
  await put(store, [csvOf(range(0, 100_000))])
  let rows = 0
  for await (const block of store.blocks(source, {})) {
    if (rows === 0) await put(store, [csvOf(range(0, 20))], { mode: 'replace' })
    rows += block.length
  }
  expect(rows).toBe(100_000)
})

describe('damage', () => {
  test('of a column file is named', async () => {
    const store = storeIn(await newFolder())
    const { stored } = await put(store, [csvOf(range(0, 10))])
    const file = join(store.folder, 'bars/BTC-USD.SIM/1m', stored.columns, 'high.f64')
    await truncate(file, 77)
    expect((await refusalOf(store.read(source, {}))).message).toContain('high.f64 has 77 bytes, not 80')
    await rm(file)
    expect(await refusalOf(store.read(source, {}))).toMatchObject({ code: 'E_INVALID_DATA' })
  })

  test('of a manifest is named, and does not stop the import of others', async () => {
    const store = storeIn(await newFolder())
    await put(store, [csvOf(range(0, 10))])
    const file = join(store.folder, 'bars/BTC-USD.SIM/1m/manifest.json')
    await writeFile(file, (await readFile(file, 'utf8')).replace('"rows": 10', '"rows": "ten"'))
    const refusal = await refusalOf(store.read(source, {}))
    expect(refusal).toMatchObject({ code: 'E_INVALID_DATA', errors: [{ path: `${file}/rows` }] })
    await put(store, [csvOf(range(0, 10))], { instrument: 'ETH-USD.SIM' })
  })
})

test('a file that is not there, or is a folder, is refused before anything is written', async () => {
  const folder = await newFolder()
  const store = storeIn(folder)
  for (const path of [join(folder, 'none.csv'), folder]) {
    const request = { files: [{ path, name: 'none.csv' }], instrument: 'A.B', mode: 'new' } as const
    expect(await refusalOf(importBars(store, request, { nowMs: () => 0 }))).toMatchObject({ code: 'E_FILE' })
  }
  expect(await filesIn(folder)).toEqual([])
})
