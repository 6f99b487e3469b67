import type { StatisticName, Trials } from '@qmtl/statistics'
import type { RunSummary } from './run-summary.ts'

/** Statistics that a search may maximise: of each, more is better. */
export type SearchMetric = Extract<
  StatisticName,
  'sharpe' | 'sortino' | 'calmar' | 'omega' | 'total_return' | 'cagr' | 'profit_factor'
>

/** The value of a metric in a run; undefined where it does not exist. */
export function metricOf(run: RunSummary, metric: SearchMetric): number | undefined {
  return run.statistics[metric].value ?? undefined
}

/** Places of the runs, best first; equal ones keep their order, those without a value come last. */
export function rankTrials(runs: readonly RunSummary[], metric: SearchMetric): readonly number[] {
  const values = runs.map((run) => metricOf(run, metric) ?? -Infinity)
  return values.map((_, place) => place).sort((a, b) => compare(values[b]!, values[a]!))
}

/** As `-`, which has no answer for two infinities. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/**
 * What the deflated Sharpe ratio must know of a search: how many ratios there were and how far they spread (sample variance,
 * annualised). Undefined below two different ratios: then nothing was chosen among.
 */
export function trialsAmong(runs: readonly RunSummary[]): Trials | undefined {
  const ratios = runs.map((run) => metricOf(run, 'sharpe')).filter((ratio) => ratio !== undefined)
  if (ratios.length < 2) return undefined
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length
  const sharpeVariance = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / (ratios.length - 1)
  return sharpeVariance > 0 ? { count: ratios.length, sharpeVariance } : undefined
}
