import { formatInstant, formatInterval, type CallOptions } from '@qmtl/contracts'
import {
  createCoverageCounter,
  sourceOf,
  type BarStore,
  type Coverage,
  type CoverageGap,
  type StoredBars,
} from '@qmtl/market'
import { timeRange, type TimeRange } from '../backtest/backtest-bars.ts'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { count, counted, percent } from '../output/numbers.ts'
import { pairs } from '../output/pairs.ts'
import type { Style } from '../output/style.ts'
import { table } from '../output/table.ts'
import { minuteText } from '../output/times.ts'
import { chooseStored, openDataStore, storedName, type StoredChoice } from './data-store.ts'
import { calendarFor } from './instrument-calendar.ts'
import { createProgress } from './progress.ts'

/** What `qmtl data coverage` is asked for. */
export interface CoverageRequest extends StoredChoice {
  readonly calendar: string | undefined
  readonly extended: boolean
  readonly from: string | undefined
  readonly to: string | undefined
  readonly store: string
}

/** Coverage as a document: times are RFC 3339 UTC. */
interface CoverageDocument {
  readonly instrument: string
  readonly interval: string
  readonly calendar: string
  readonly bars: number
  readonly expected_bars: number
  readonly missing_bars: number
  readonly outside_bars: number
  /** Within [0, 1]; null where no bar is expected. */
  readonly coverage: number | null
  readonly gap_counts: Coverage['gapCounts']
  /** The first 1,000 that are no ordinary night, weekend or break. */
  readonly gaps: readonly {
    readonly from: string
    readonly to: string
    readonly cause: CoverageGap['cause']
    readonly missing_bars: number
    readonly notes: readonly string[]
  }[]
}

/** How far stored bars cover the hours of their markets, and why bars are not there. */
export async function coverageData(request: CoverageRequest, context: CommandContext): Promise<CommandResult> {
  const store = openDataStore(context, request.store)
  const range = timeRange(request)
  const chosen = await chooseStored(store, request, context)
  const progress = createProgress('coverage', context.stderr)
  const covered: CoverageDocument[] = []
  try {
    for (const stored of chosen) {
      progress.report(covered.length / chosen.length, storedName(stored))
      covered.push(await coverageOf(store, stored, { ...request, range, signal: context.signal }))
    }
  } finally {
    progress.end()
  }
  return {
    json: { store: request.store, coverage: covered },
    text: (style) =>
      covered.length === 0
        ? `the store ${request.store} is empty`
        : covered.map((one) => coverageText(one, style)).join('\n\n'),
  }
}

interface CountOptions extends CallOptions {
  readonly calendar: string | undefined
  readonly extended: boolean
  readonly range: TimeRange
}

async function coverageOf(
  store: BarStore,
  stored: StoredBars,
  { calendar: named, extended, range, signal }: CountOptions,
): Promise<CoverageDocument> {
  const calendar = await calendarFor(stored.instrument, named)
  const source = sourceOf(stored)
  const counter = createCoverageCounter({ intervalMs: source.intervalMs, calendar, extended, ...range })
  const isWhole = range.fromMs === undefined && range.toMs === undefined
  const blocks = isWhole ? store.blocks(source, { signal }) : [await store.read({ ...source, ...range }, { signal })]
  for await (const { openTimeMs } of blocks) counter.update(openTimeMs)
  const { bars, expected, missing, outside, gapCounts, gaps } = counter.result()
  return {
    instrument: stored.instrument,
    interval: formatInterval(source.intervalMs),
    calendar: calendar.id,
    bars,
    expected_bars: expected,
    missing_bars: missing,
    outside_bars: outside,
    coverage: expected === 0 ? null : (expected - missing) / expected,
    gap_counts: gapCounts,
    gaps: gaps.map(({ fromMs, toMs, cause, missing: missing_bars, notes }) => ({
      from: formatInstant(fromMs),
      to: formatInstant(toMs),
      cause,
      missing_bars,
      notes,
    })),
  }
}

const mostShown = 20

function coverageText(covered: CoverageDocument, style: Style): string {
  const { bars, calendar, coverage, expected_bars, missing_bars, outside_bars, gap_counts, gaps } = covered
  const closures = [
    [gap_counts.holiday, 'holiday gap'],
    [gap_counts['special-hours'], 'gap of special hours'],
    [gap_counts.closed, 'night, weekend or break'],
  ] as const
  const facts = [
    ['calendar', calendar],
    ['bars', `${count(bars)} of ${count(expected_bars + outside_bars)}`],
    [
      'missing',
      missing_bars === 0 ? 'none' : `${counted(missing_bars, 'bar')} in ${counted(gap_counts.missing, 'gap')}`,
    ],
    ['outside hours', outside_bars === 0 ? '' : counted(outside_bars, 'bar')],
    ['closed', closures.flatMap(([times, what]) => (times === 0 ? [] : [`${count(times)} × ${what}`])).join(', ')],
  ] as const
  const head = `${style.bold(storedName(covered))}  ${percent(coverage)} covered`
  return [head, pairs(facts, style), ...gapRows(gaps)].join('\n')
}

function gapRows(gaps: CoverageDocument['gaps']): readonly string[] {
  if (gaps.length === 0) return []
  const shown = gaps.slice(0, mostShown)
  const rows = table(
    [{ title: 'from' }, { title: 'to' }, { title: 'missing', align: 'right' }, { title: 'cause' }],
    shown.map(({ from, to, cause, missing_bars, notes }) => [
      minuteText(from),
      minuteText(to),
      count(missing_bars),
      [cause === 'missing' ? cause : '', ...notes].filter((part) => part !== '').join('; '),
    ]),
  )
  return gaps.length > shown.length ? [rows, `  … the first ${mostShown}; all with --json`] : [rows]
}
