import { formatInstant, parseInstant, QmtlError } from '@qmtl/contracts'
import { barsBetween, createSyntheticMarket, defineInstrument, type BarColumns, type Instrument } from '@qmtl/market'

/** Bars of a backtest, and where they are from. */
export interface BacktestBars {
  readonly columns: BarColumns
  /** The file as the user named it, or the synthetic market with its seed. */
  readonly source: string
}

/** Which bars count, epoch milliseconds; undefined is an open end. */
export interface TimeRange {
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
}

/** The range of `--from` and `--to`. Throws `E_INVALID_TIME`, and `E_USAGE` for an empty one. */
export function timeRange({
  from,
  to,
}: {
  readonly from: string | undefined
  readonly to: string | undefined
}): TimeRange {
  const fromMs = from === undefined ? undefined : parseInstant(from)
  const toMs = to === undefined ? undefined : parseInstant(to)
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) {
    throw new QmtlError('E_USAGE', `--from ${from} is not before --to ${to}`, { hint: 'give an earlier --from' })
  }
  return { fromMs, toMs }
}

/** The bars within a range. Throws `E_DATA_MISSING` where there are none. */
export function barsWithin({ columns, source }: BacktestBars, { fromMs, toMs }: TimeRange): BacktestBars {
  if (fromMs === undefined && toMs === undefined) return { columns, source }
  const kept = barsBetween(columns, fromMs ?? Number.NEGATIVE_INFINITY, toMs ?? Number.POSITIVE_INFINITY)
  if (kept.length > 0) return { columns: kept, source }
  const [first = 0] = columns.openTimeMs
  const last = columns.openTimeMs.at(-1) ?? 0
  throw new QmtlError('E_DATA_MISSING', `${source}: no bar of ${columns.instrument} lies between --from and --to`, {
    hint: `the bars go from ${formatInstant(first)} to ${formatInstant(last + columns.intervalMs)}`,
  })
}

/**
 * Terms of an instrument: those of the synthetic market for its ids, so that recorded synthetic bars trade as they do on a
 * desk; else a 24/7 instrument with fine steps, since an id says no more.
 */
export function instrumentTerms(id: string): Instrument {
  const known = createSyntheticMarket({ seed: 0 }).instruments
  return known.find((instrument) => instrument.id === id) ?? defineInstrument(id)
}
