import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { formatInterval, messageOf, QmtlError } from '@qmtl/contracts'
import { readBarsCsv } from '@qmtl/market'
import { instrumentTerms, type BacktestBars } from './backtest-bars.ts'
import type { DataFile } from './readers.ts'
import { instrumentsOf, intervalsOf, needText, type BarsNeed } from './strategy-needs.ts'

export interface CsvOptions {
  /** Relative paths are meant from here. */
  readonly cwd: string
  /** Instrument of files that name none; undefined: the strategy's only one. */
  readonly instrument: string | undefined
  readonly allowGaps: boolean
}

/**
 * The bars that a strategy needs, from files. Throws `E_FILE`, what `readBarsCsv` throws, `E_DATA_INTERVAL` for a file of an
 * interval that the strategy does not use, `E_DATA_MISSING` for a need without a file, `E_UNKNOWN_INSTRUMENT` for a file of
 * an instrument that the strategy does not use, and `E_USAGE` for a file whose instrument is not clear.
 */
export async function readCsvBars(
  files: readonly DataFile[],
  needs: readonly BarsNeed[],
  options: CsvOptions,
): Promise<readonly BacktestBars[]> {
  const assigned = files.map((file) => ({ ...file, instrument: instrumentOf(file, needs, options.instrument) }))
  checkCoverage(assigned, needs)
  const bars: BacktestBars[] = []
  for (const file of assigned) bars.push(await readOne(file, needs, options))
  return needs.map((need) => barsFor(need, bars))
}

interface AssignedFile extends DataFile {
  readonly instrument: string
}

function instrumentOf(
  { instrument, path }: DataFile,
  needs: readonly BarsNeed[],
  fallback: string | undefined,
): string {
  const named = instrument ?? fallback
  if (named !== undefined) return named
  const [only, ...others] = instrumentsOf(needs)
  if (only !== undefined && others.length === 0) return only
  const known = instrumentsOf(needs).join(', ')
  throw new QmtlError('E_USAGE', `--data ${path} does not say which instrument it holds; the strategy uses ${known}`, {
    hint: `write --data ${only ?? 'ID'}=${path}, one for each instrument`,
  })
}

/** Before any file is read: what is plainly missing must not wait for the largest file. */
function checkCoverage(files: readonly AssignedFile[], needs: readonly BarsNeed[]): void {
  for (const { instrument } of files) intervalsOf(instrument, needs)
  const missing = needs.filter((need) => !files.some(({ instrument }) => instrument === need.instrument))
  if (missing.length > 0) throw missingData(missing)
}

function missingData(missing: readonly BarsNeed[]): QmtlError {
  const [first] = missing
  return new QmtlError('E_DATA_MISSING', `no data for ${missing.map(needText).join(', ')}`, {
    errors: missing.map((need) => ({ path: '--data', message: `no file of ${needText(need)}` })),
    hint: `name a file: --data ${first?.instrument ?? 'ID'}=FILE`,
  })
}

async function readOne(file: AssignedFile, needs: readonly BarsNeed[], options: CsvOptions): Promise<BacktestBars> {
  const { path, instrument } = file
  const intervals = intervalsOf(instrument, needs)
  const columns = readBarsCsv(await contentOf(resolve(options.cwd, path), path), {
    instrument,
    name: path,
    intervalMs: intervals.length === 1 ? intervals[0] : undefined,
    gaps: options.allowGaps ? 'allow' : 'refuse',
    calendar: instrumentTerms(instrument).calendar,
  })
  if (intervals.includes(columns.intervalMs)) return { columns, source: path }
  const wanted = intervals.map(formatInterval).join(' and ')
  throw new QmtlError(
    'E_DATA_INTERVAL',
    `${path}: the bars are of ${formatInterval(columns.intervalMs)}, not of ${wanted}`,
    {
      hint: `the strategy uses ${instrument} in ${wanted}: give one file of each`,
    },
  )
}

async function contentOf(file: string, path: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new QmtlError('E_FILE', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function barsFor(need: BarsNeed, bars: readonly BacktestBars[]): BacktestBars {
  const found = bars.filter(
    ({ columns }) => columns.instrument === need.instrument && columns.intervalMs === need.intervalMs,
  )
  const [first, second] = found
  if (first === undefined) throw missingData([need])
  if (second === undefined) return first
  throw new QmtlError('E_USAGE', `${first.source} and ${second.source} both hold ${needText(need)}`, {
    hint: 'name one file for each instrument and interval',
  })
}
