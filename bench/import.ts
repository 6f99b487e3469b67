import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { barsAsCsv, createSyntheticMarket, sliceBars, type BarColumns } from '@qmtl/market'
import { parquetWriteFile } from 'hyparquet-writer'
import type { Bench, BenchResult } from './bench.ts'

const minuteMs = 60_000
const rows = 5_000_000
const oddRows = 1_000_000
const rowGroup = 250_000
const rounds = 3
const targets = { csvRowsPerSecond: 3_000_000, oddPerLibrary: 1, parquetMs: 6_000, readMs: 300, residentMb: 300 }

/** What `qmtl data import` and reading from the store take, each in a process of its own, over bars of the synthetic market. */
export const importBench: Bench = {
  name: 'import',
  description: `import of ${rows.toLocaleString('en')} bars from CSV and Parquet into the store, reading them back, memory (medians)`,
  run: measureImport,
}

async function measureImport(): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'qmtl-bench-'))
  try {
    const files = await writeFiles(folder)
    const store = join(folder, 'store')
    const csv = await measure(['import', store, files.csv])
    const read = await measure(['read', store])
    const parquet = await measure(['import', store, files.parquet])
    const library = await measure(['parse', files.odd])
    const odd = await measure(['import', join(folder, 'odd-store'), files.odd, JSON.stringify(oddLayout)])
    const csvRowsPerSecond = Math.round((csv.rows / csv.ms) * 1_000)
    const oddPerLibrary = Math.round((library.ms / odd.ms) * 100) / 100
    const residentMb = Math.round(Math.max(csv.residentMb, parquet.residentMb, odd.residentMb))
    return {
      rows: csv.rows,
      csv_rows_per_second: csvRowsPerSecond,
      odd_csv_rows_per_second: Math.round((odd.rows / odd.ms) * 1_000),
      odd_csv_speed_of_library: oddPerLibrary,
      parquet_ms: Math.round(parquet.ms),
      read_ms: Math.round(read.ms),
      csv_resident_mb: Math.round(csv.residentMb),
      parquet_resident_mb: Math.round(parquet.residentMb),
      odd_csv_resident_mb: Math.round(odd.residentMb),
      target_csv_rows_per_second: targets.csvRowsPerSecond,
      target_odd_csv_speed_of_library: targets.oddPerLibrary,
      target_parquet_ms: targets.parquetMs,
      target_read_ms: targets.readMs,
      target_resident_mb: targets.residentMb,
      passed:
        csvRowsPerSecond >= targets.csvRowsPerSecond &&
        oddPerLibrary >= targets.oddPerLibrary &&
        parquet.ms <= targets.parquetMs &&
        read.ms <= targets.readMs &&
        residentMb <= targets.residentMb,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const oddLayout = { delimiter: ';', time: 'DD.MM.YYYY HH:mm', columns: { ts: 'Date' } }

async function writeFiles(
  folder: string,
): Promise<{ readonly csv: string; readonly odd: string; readonly parquet: string }> {
  const fromMs = Date.UTC(2012, 0, 1)
  const request = { instrument: 'BTC-USD.SIM', intervalMs: minuteMs, fromMs, toMs: fromMs + rows * minuteMs }
  const bars = await createSyntheticMarket({ seed: 1, startMs: fromMs }).history(request, {})
  const [csv, odd, parquet] = [join(folder, 'bars.csv'), join(folder, 'odd.csv'), join(folder, 'bars.parquet')]
  await pipeline(Readable.from(barsAsCsv(piecesOf(bars))), createWriteStream(csv))
  await pipeline(Readable.from(oddTexts(sliceBars(bars, 0, oddRows))), createWriteStream(odd))
  const { open, high, low, close, volume } = bars
  const columns = Object.entries({ open, high, low, close, volume }).map(([name, data]) => ({
    name,
    data,
    type: 'DOUBLE' as const,
  }))
  const ts = { name: 'ts', data: BigInt64Array.from(bars.openTimeMs, BigInt), type: 'TIMESTAMP' as const }
  parquetWriteFile({ filename: parquet, rowGroupSize: rowGroup, columnData: [ts, ...columns] })
  return { csv, odd, parquet }
}

function* piecesOf(bars: BarColumns): Generator<BarColumns> {
  for (let from = 0; from < bars.length; from += 100_000)
    yield sliceBars(bars, from, Math.min(bars.length, from + 100_000))
}

function* oddTexts({ length, openTimeMs, open, high, low, close, volume }: BarColumns): Generator<string> {
  yield 'Date;Open;High;Low;Close;Volume\n'
  for (let row = 0; row < length; row++) {
    const iso = new Date(openTimeMs[row] ?? 0).toISOString()
    const date = `${iso.slice(8, 10)}.${iso.slice(5, 7)}.${iso.slice(0, 4)} ${iso.slice(11, 16)}`
    yield `${date};${open[row]};${high[row]};${low[row]};${close[row]};${volume[row]}\n`
  }
}

interface Sample {
  readonly rows: number
  readonly ms: number
  readonly residentMb: number
}

/** The median round by time. */
async function measure(args: readonly string[]): Promise<Sample> {
  const samples: Sample[] = []
  for (let round = 0; round < rounds; round++) {
    const child = fork(join(import.meta.dirname, 'import-child.js'), args)
    const [[sample]] = (await Promise.all([once(child, 'message'), once(child, 'exit')])) as [[Sample], unknown]
    samples.push(sample)
  }
  const [sample] = samples.toSorted((a, b) => a.ms - b.ms).slice(rounds >> 1)
  if (sample === undefined) throw new TypeError('no round was measured')
  return sample
}
