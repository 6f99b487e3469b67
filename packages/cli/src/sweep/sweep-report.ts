import { formatInstant, type StatisticValue } from '@qmtl/contracts'
import type { Fold, ParameterAxis, ParameterValues, RunSummary, SearchMetric } from '@qmtl/engine'
import type { ReportedData } from '../backtest/backtest-report.ts'

/** A combination that a strategy does not take, and why. */
export interface RefusedTrial {
  readonly params: ParameterValues
  readonly message: string
}

/** One of the best combinations. */
export interface BestTrial {
  readonly params: ParameterValues
  readonly statistics: RunSummary['statistics']
  /** Probability that the true Sharpe ratio is above 0, though the best of all trials was taken. */
  readonly deflated_sharpe: StatisticValue
  readonly orders: number
  readonly fills: number
  /** Decimal text in quote currency. */
  readonly fees: string
  readonly fingerprint: string
}

/** What a walk forward chose on one stretch, and what came of it on the next. */
export interface FoldReport {
  readonly train: { readonly from: string; readonly to: string }
  readonly test: { readonly from: string; readonly to: string }
  /** Absent where no combination had a value of the metric. */
  readonly chosen?: ParameterValues
  readonly train_value?: number
  readonly test_value?: number
  readonly test_return?: number
  readonly test_trades?: number
}

/** The document of `qmtl sweep --json`. */
export interface SweepReport {
  readonly strategy: { readonly name: string; readonly version: string; readonly file: string }
  readonly metric: SearchMetric
  readonly axes: readonly ParameterAxis[]
  readonly data: readonly ReportedData[]
  /** Combinations that were traded. */
  readonly trials: number
  readonly refused: readonly RefusedTrial[]
  /** Nodes of all combinations, and how many of them had to be run. */
  readonly nodes: { readonly declared: number; readonly computed: number }
  readonly best: readonly BestTrial[]
  /** Every combination with its value, null where it has none. */
  readonly values: readonly { readonly params: ParameterValues; readonly value: number | null }[]
  readonly walk_forward?: {
    readonly folds: readonly FoldReport[]
    /** Growth over all tests, one after the other: Π(1 + return) − 1. */
    readonly total_return: number
    /** Mean of the tests' values over the mean of the trainings'; null where that is not above 0. */
    readonly efficiency: number | null
  }
  readonly remarks: readonly string[]
  /** The HTML report as the user named it, where one was asked for. */
  readonly report?: string
}

/** What was found on the stretches of a walk forward, from the runs of each combination in all windows. */
export function walkForwardReport(
  folds: readonly Fold[],
  chosen: readonly (FoldChoice | undefined)[],
): NonNullable<SweepReport['walk_forward']> {
  const known = chosen.filter((choice) => choice !== undefined)
  const growth = known.reduce((product, { testReturn }) => product * (1 + (testReturn ?? 0)), 1)
  const trained = mean(known.map(({ trainValue }) => trainValue))
  const tested = mean(known.flatMap(({ testValue }) => (testValue === undefined ? [] : [testValue])))
  return {
    folds: folds.map((fold, index) => foldReport(fold, chosen[index])),
    total_return: growth - 1,
    efficiency: trained !== undefined && tested !== undefined && trained > 0 ? tested / trained : null,
  }
}

/** The combination that was best in training, and its figures. */
export interface FoldChoice {
  readonly params: ParameterValues
  readonly trainValue: number
  readonly testValue: number | undefined
  readonly testReturn: number | undefined
  readonly testTrades: number
}

function foldReport({ train, test }: Fold, choice: FoldChoice | undefined): FoldReport {
  const span = { train: spanText(train), test: spanText(test) }
  if (choice === undefined) return span
  return {
    ...span,
    chosen: choice.params,
    train_value: choice.trainValue,
    ...(choice.testValue === undefined ? {} : { test_value: choice.testValue }),
    ...(choice.testReturn === undefined ? {} : { test_return: choice.testReturn }),
    test_trades: choice.testTrades,
  }
}

function spanText({ fromMs, toMs }: Fold['train']): { readonly from: string; readonly to: string } {
  return { from: formatInstant(fromMs), to: formatInstant(toMs) }
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}
