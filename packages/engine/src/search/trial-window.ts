import { barsBetween, fingerprintOf, type BarColumns } from '@qmtl/market'
import { backtestStrategy, type BacktestOptions } from '../backtest/backtest-strategy.ts'
import type { BacktestResult } from '../backtest/run-backtest.ts'
import type { ColumnarResult } from '../evaluate/evaluate-columnar.ts'
import type { NodeSpec } from '../graph/node-spec.ts'

/** A stretch of time to trade in: bars that open at or after `fromMs` and have closed by `toMs`, epoch milliseconds UTC. */
export interface TrialWindow {
  readonly fromMs: number
  readonly toMs: number
}

/** How strategies are traded: over all bars, or in each of some windows with fresh cash. */
export interface TrialTerms extends Omit<BacktestOptions, 'evaluated'> {
  readonly windows?: readonly FingerprintedWindow[]
}

/** A window with the fingerprints of its bars: what was traded depends on them, and on all bars before it. */
export interface FingerprintedWindow extends TrialWindow {
  readonly fingerprints: readonly string[]
}

export function fingerprintWindow(window: TrialWindow, data: readonly BarColumns[]): FingerprintedWindow {
  return { ...window, fingerprints: barsIn(window, data).map(fingerprintOf) }
}

/** The results of each window, or of all bars, from one evaluation of the strategy over all bars: nodes come in warm. */
export function tradeWindows(
  outputs: readonly NodeSpec[],
  data: readonly BarColumns[],
  evaluated: ColumnarResult,
  { windows, ...terms }: TrialTerms,
): readonly BacktestResult[] {
  if (windows === undefined) return [backtestStrategy(outputs, data, { ...terms, evaluated })]
  return windows.map((window) =>
    backtestStrategy(outputs, barsIn(window, data), {
      ...terms,
      dataFingerprints: [...(terms.dataFingerprints ?? data.map(fingerprintOf)), ...window.fingerprints],
      evaluated: rowsIn(window, evaluated),
    }),
  )
}

function barsIn({ fromMs, toMs }: TrialWindow, data: readonly BarColumns[]): readonly BarColumns[] {
  return data.map((columns) => barsBetween(columns, fromMs, toMs))
}

/** The rows that close within a window, sharing memory with the whole. */
function rowsIn({ fromMs, toMs }: TrialWindow, whole: ColumnarResult): ColumnarResult {
  const rangeOf = (node: NodeSpec): readonly [from: number, to: number] => {
    const rows = whole.rowsOf(node)
    return [firstAbove(rows, fromMs), firstAbove(rows, toMs)]
  }
  return {
    ...whole,
    rowsOf: (node) => whole.rowsOf(node).subarray(...rangeOf(node)),
    column: (series) => whole.column(series).subarray(...rangeOf(series.node)),
  }
}

function firstAbove(ascending: Float64Array, limit: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low
}
