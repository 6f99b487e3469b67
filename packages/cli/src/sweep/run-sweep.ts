import { realityModels } from '@qmtl/brokerage'
import { decimal, messageOf, QmtlError, type StatisticValue } from '@qmtl/contracts'
import {
  backtestStrategies,
  createComputePool,
  evaluateColumnar,
  gridOf,
  metricOf,
  rankTrials,
  tradeWindows,
  trialsAmong,
  walkForwardFolds,
  type Fold,
  type ManyBacktests,
  type ParameterAxis,
  type ParameterValues,
  type ReportData,
  type ResultStore,
  type RunSummary,
  type SearchMetric,
  type TrainingSpan,
  type TrialTerms,
  type TrialWindow,
  type WorkProgress,
} from '@qmtl/engine'
import { buildStrategy, type BuiltStrategy, type LoadedStrategy } from '@qmtl/sdk'
import { computeStatistics } from '@qmtl/statistics'
import { instrumentTerms } from '../backtest/backtest-bars.ts'
import { instrumentsOf, needsOf, type BarsNeed } from '../backtest/strategy-needs.ts'
import type { BestTrial, FoldChoice, RefusedTrial } from './sweep-report.ts'

/** Every combination as a strategy, or why it is none. */
export interface SweepTrials {
  readonly built: readonly BuiltStrategy[]
  readonly refused: readonly RefusedTrial[]
  readonly needs: readonly BarsNeed[]
}

/**
 * Builds each combination of a grid. A combination that the strategy refuses is left out and told. Throws what the first one
 * threw where all are refused, and what `gridOf` throws.
 */
export function buildTrials({ definition }: LoadedStrategy, axes: readonly ParameterAxis[]): SweepTrials {
  const built: BuiltStrategy[] = []
  const refused: RefusedTrial[] = []
  let first: unknown
  for (const params of gridOf(axes)) {
    try {
      built.push(buildStrategy(definition, params))
    } catch (error) {
      if (!(error instanceof QmtlError)) throw error
      first ??= error
      refused.push({ params, message: messageOf(error) })
    }
  }
  if (built.length === 0) throw first
  return { built, refused, needs: needsOf(built.flatMap(({ nodes }) => nodes)) }
}

export interface SweepTerms {
  readonly cash: string
  readonly feeBps: string
  readonly slippageBps: string
  readonly threads: number
  readonly store: ResultStore
  readonly signal: AbortSignal
  readonly onProgress: (progress: WorkProgress) => void
}

/** The runs of every combination: over all bars, or in each of the windows. */
export async function runTrials(
  { built, needs }: SweepTrials,
  data: readonly ReportData[],
  { windows, ...terms }: SweepTerms & { readonly windows?: readonly TrialWindow[] },
): Promise<ManyBacktests> {
  const { threads, store, signal, onProgress } = terms
  const pool = threads > 1 ? createComputePool({ threads }) : undefined
  try {
    return await backtestStrategies(
      built.map(({ intents }) => intents),
      data.map(({ columns }) => columns),
      {
        ...tradingTerms(needs, data, terms),
        store,
        signal,
        onProgress,
        ...(windows === undefined ? {} : { windows }),
        ...(pool === undefined ? {} : { pool }),
      },
    )
  } finally {
    await pool?.stop()
  }
}

function tradingTerms(
  needs: readonly BarsNeed[],
  data: readonly ReportData[],
  { cash, feeBps, slippageBps }: Pick<SweepTerms, 'cash' | 'feeBps' | 'slippageBps'>,
): TrialTerms {
  return {
    instruments: instrumentsOf(needs).map(instrumentTerms),
    cash: decimal(cash),
    models: realityModels({ feeBps, slippageBps }),
    dataFingerprints: data.map(({ fingerprint }) => fingerprint),
  }
}

/** The best combinations with all their figures, best first. */
export function bestTrials(
  { built, needs }: SweepTrials,
  runs: readonly RunSummary[],
  search: {
    readonly metric: SearchMetric
    readonly top: number
    readonly data: readonly ReportData[]
    readonly terms: Pick<SweepTerms, 'cash' | 'feeBps' | 'slippageBps'>
  },
): readonly BestTrial[] {
  const trading = tradingTerms(needs, search.data, search.terms)
  const trials = trialsAmong(runs)
  return rankTrials(runs, search.metric)
    .slice(0, search.top)
    .flatMap((place) => {
      const [strategy, run] = [built[place], runs[place]]
      if (strategy === undefined || run === undefined) return []
      const { statistics, orders, fills, fees, fingerprint } = run
      const deflated = trials === undefined ? statistics.deflated_sharpe : deflatedSharpe(strategy)
      return [{ params: strategy.params, statistics, deflated_sharpe: deflated, orders, fills, fees, fingerprint }]
    })

  /** Made again, because a summary keeps no returns. */
  function deflatedSharpe({ intents }: BuiltStrategy): StatisticValue {
    const columns = search.data.map((each) => each.columns)
    const [result] = tradeWindows(intents, columns, evaluateColumnar(intents, columns), trading)
    if (result === undefined || trials === undefined) throw new TypeError('a run gave no result')
    const { closeTimesMs, returns, trades, calendar } = result
    const times = { startMs: closeTimesMs[0] ?? 0, closeTimesMs: closeTimesMs.subarray(1) }
    return computeStatistics({ ...times, returns, trades, calendar, trials }).deflated_sharpe
  }
}

/** Stretches of the bars that all instruments have. */
export function foldsOf(
  data: readonly ReportData[],
  { folds, training }: { readonly folds: number; readonly training: TrainingSpan },
): readonly Fold[] {
  const firsts = data.map(({ columns }) => columns.openTimeMs[0] ?? 0)
  const lasts = data.map(({ columns }) => (columns.openTimeMs.at(-1) ?? 0) + columns.intervalMs)
  const intervalMs = Math.max(...data.map(({ columns }) => columns.intervalMs))
  const span = { fromMs: Math.max(...firsts), toMs: Math.min(...lasts) }
  return walkForwardFolds(span, { folds, training, intervalMs })
}

/**
 * The choice on each fold. `runs` are by combination and window, where the windows are each fold's training and test in
 * turn. The test has no part in the choice.
 */
export function chooseByFold(
  folds: readonly Fold[],
  { built }: SweepTrials,
  runs: readonly (readonly RunSummary[])[],
  metric: SearchMetric,
): readonly (FoldChoice | undefined)[] {
  return folds.map((_, fold) => {
    const [place = 0] = rankTrials(inWindow(runs, 2 * fold), metric)
    const [train, test] = [runs[place]?.[2 * fold], runs[place]?.[2 * fold + 1]]
    const trainValue = train && metricOf(train, metric)
    const params: ParameterValues | undefined = built[place]?.params
    if (trainValue === undefined || test === undefined || params === undefined) return undefined
    return {
      params,
      trainValue,
      testValue: metricOf(test, metric),
      testReturn: metricOf(test, 'total_return'),
      testTrades: test.statistics.trades.value ?? 0,
    }
  })
}

function inWindow(runs: readonly (readonly RunSummary[])[], window: number): readonly RunSummary[] {
  return runs.map((windows) => windows[window]).filter((run) => run !== undefined)
}
