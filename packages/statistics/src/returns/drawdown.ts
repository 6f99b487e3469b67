import type { drawdownTable } from '../registry/drawdown-table.ts'
import { dayMs } from './daily-returns.ts'
import { figure, missing, type Figure } from './figure.ts'
import { equityOf, type ReturnSeries } from './return-series.ts'

/** Equity is a product of rounded returns: a peak counts as regained within this share of it. */
const roundingShare = 1e-12

/** One fall below a former peak, until the peak is regained. Times are closes, epoch milliseconds UTC. */
export interface DrawdownPeriod {
  /** Last close at the peak; the start where equity fell from it. */
  readonly peakMs: number
  /** Lowest close. */
  readonly troughMs: number
  /** First close at or above the peak; undefined where there is none yet. */
  readonly recoveredMs: number | undefined
  /** (peak − lowest) ÷ peak, within (0, 1]. */
  readonly depth: number
}

/** Every fall of an account below a former peak, in order; the start, with equity 1, is the first peak. */
export function drawdownPeriods({ startMs, closeTimesMs, returns }: ReturnSeries): readonly DrawdownPeriod[] {
  return periodsOf(equityOf(returns), closeTimesMs, startMs)
}

/** Drawdown at each close, within [0, 1]. */
export function drawdownSeries(returns: ArrayLike<number>): Float64Array {
  const series = equityOf(returns)
  let peak = 1
  for (let index = 0; index < series.length; index++) {
    peak = Math.max(peak, series[index]!)
    series[index] = (peak - series[index]!) / peak
  }
  return series
}

/** The falls of an equity curve that starts at 1. */
export function periodsOf(
  equity: Float64Array,
  closeTimesMs: ArrayLike<number>,
  startMs: number,
): readonly DrawdownPeriod[] {
  const periods: DrawdownPeriod[] = []
  let peak = 1
  let peakMs = startMs
  let depth = 0
  let troughMs = startMs
  for (let index = 0; index < equity.length; index++) {
    const value = equity[index]!
    if (value >= peak * (1 - roundingShare)) {
      const closeMs = closeTimesMs[index]!
      if (depth > 0) periods.push({ peakMs, troughMs, recoveredMs: closeMs, depth })
      peak = Math.max(peak, value)
      peakMs = closeMs
      depth = 0
    } else if ((peak - value) / peak > depth) {
      depth = (peak - value) / peak
      troughMs = closeTimesMs[index]!
    }
  }
  if (depth > 0) periods.push({ peakMs, troughMs, recoveredMs: undefined, depth })
  return periods
}

/** What the figures of drawdowns are made of. */
export interface DrawdownInput {
  readonly periods: readonly DrawdownPeriod[]
  readonly startMs: number
  readonly endMs: number
  /** Equity at the last close, 1 at the start; undefined without returns. */
  readonly last: number | undefined
  readonly dailyReturns: Float64Array
}

export function drawdownFigures(input: DrawdownInput): Record<keyof typeof drawdownTable, Figure> {
  const { periods, startMs, endMs, last, dailyReturns } = input
  if (last === undefined) return noDrawdowns
  const deepest = deepestOf(periods)
  const durations = periods.map(({ peakMs, recoveredMs = endMs }) => recoveredMs - peakMs)
  const lasted = durations.reduce((sum, duration) => sum + duration, 0)
  const depths = periods.reduce((sum, { depth }) => sum + depth, 0)
  const known = {
    max_drawdown: figure(deepest?.depth ?? 0),
    max_drawdown_duration: figure(durations.reduce((longest, each) => Math.max(longest, each), 0) / dayMs),
    time_under_water: figure(lasted / (endMs - startMs)),
    ulcer_index: figure(ulcerIndex(dailyReturns)),
  }
  if (deepest === undefined) return { ...neverFell, ...known }
  return {
    ...known,
    average_drawdown: figure(depths / periods.length),
    average_drawdown_duration: figure(lasted / periods.length / dayMs),
    recovery_time: recoveryTime(deepest),
    recovery_factor: figure((last - 1) / deepest.depth),
  }
}

/** The first of the deepest falls. */
export function deepestOf(periods: readonly DrawdownPeriod[]): DrawdownPeriod | undefined {
  let deepest = periods[0]
  for (const period of periods) if (period.depth > (deepest?.depth ?? 0)) deepest = period
  return deepest
}

const none = missing('there are no returns')
const noDrawdowns: Record<keyof typeof drawdownTable, Figure> = {
  max_drawdown: none,
  max_drawdown_duration: none,
  average_drawdown: none,
  average_drawdown_duration: none,
  time_under_water: none,
  recovery_time: none,
  recovery_factor: none,
  ulcer_index: none,
}

const unfallen = missing('equity never fell below a peak')
const neverFell = {
  average_drawdown: unfallen,
  average_drawdown_duration: unfallen,
  recovery_time: unfallen,
  recovery_factor: unfallen,
}

function recoveryTime({ troughMs, recoveredMs }: DrawdownPeriod): Figure {
  if (recoveredMs === undefined) return missing('the deepest drawdown has not been recovered')
  return figure((recoveredMs - troughMs) / dayMs)
}

/** √(mean of squared drawdowns at the ends of days). */
function ulcerIndex(dailyReturns: Float64Array): number {
  const series = drawdownSeries(dailyReturns)
  let squares = 0
  for (let index = 0; index < series.length; index++) squares += series[index]! ** 2
  return Math.sqrt(squares / series.length)
}
