import { decimal, formatInterval, QmtlError, type Decimal } from '@qmtl/contracts'
import { realityModels, type RealityModels } from '@qmtl/brokerage'
import { fingerprintOf, type BarColumns, type Instrument } from '@qmtl/market'
import { evaluateColumnar, type ColumnarResult } from '../evaluate/evaluate-columnar.ts'
import { collectGraph } from '../graph/collect-graph.ts'
import type { NodeSpec } from '../graph/node-spec.ts'
import { plannerRules, type PlannerOptions } from '../planner/planner-rules.ts'
import type { TargetColumn } from './lane.ts'
import { runBacktest, type BacktestResult } from './run-backtest.ts'

export interface BacktestOptions {
  /** Terms of at least every traded instrument. */
  readonly instruments: readonly Instrument[]
  /** Opening cash in quote currency. Default 10,000. */
  readonly cash?: Decimal
  /** Default: no fees, no slippage, fills at the next open. */
  readonly models?: RealityModels
  readonly planner?: PlannerOptions
  /** Fingerprints of `data`, where the caller has them already. */
  readonly dataFingerprints?: readonly string[]
  /** Values of a graph that contains the strategy's, over the same `data`: many strategies share one evaluation. */
  readonly evaluated?: ColumnarResult
  /** Instrument of `data`, on the interval of the targets, whose holding alpha, beta and the like are against. */
  readonly benchmark?: string | undefined
}

/**
 * Runs a strategy over bars: evaluates its graph column by column, then trades the targets bar by bar. `data` holds the
 * bars of each source and of each traded instrument on its target's interval. Pure: the same arguments give the same
 * bytes. Throws `E_STRATEGY_BUILD` for a graph without a position target or with two for one instrument,
 * `E_MIXED_INTERVALS` for targets on several intervals, and what `evaluateColumnar` and `runBacktest` throw.
 */
export function backtestStrategy(
  outputs: readonly NodeSpec[],
  data: readonly BarColumns[],
  options: BacktestOptions,
): BacktestResult {
  const intents = tradedIntents(outputs)
  const evaluated = options.evaluated ?? evaluateColumnar(outputs, data)
  const targets = intents.map(({ node, instrument }): TargetColumn => ({
    instrument,
    closeTimesMs: evaluated.rowsOf(node),
    targets: evaluated.column({ node, output: 'target' }),
  }))
  const bars = intents.map(({ node, instrument }) => tradedBars(instrument, node.intervalMs, data))
  const models = options.models ?? realityModels()
  const input = {
    targets,
    bars,
    instruments: options.instruments.filter(({ id }) => intents.some(({ instrument }) => instrument === id)),
    cash: options.cash ?? decimal(10_000),
    models,
    rules: plannerRules(models, options.planner),
  }
  const origin = {
    dataFingerprints: options.dataFingerprints ?? data.map(fingerprintOf),
    codeHashes: collectGraph(outputs).map((node) => node.codeHash),
    nodeIds: outputs.map((node) => node.id),
  }
  const interval = intents[0]?.node.intervalMs ?? 0
  const { benchmark: id } = options
  return runBacktest(input, origin, { benchmark: id === undefined ? undefined : tradedBars(id, interval, data) })
}

interface Intent {
  readonly node: NodeSpec
  readonly instrument: string
}

function tradedIntents(outputs: readonly NodeSpec[]): readonly Intent[] {
  const intents: Intent[] = []
  for (const node of outputs) {
    if (node.kind !== 'intent' || node.instrument === undefined) continue
    const { instrument } = node
    const [first] = intents
    if (intents.some((known) => known.instrument === instrument)) {
      throw new QmtlError('E_STRATEGY_BUILD', `the strategy has two position targets for ${instrument}`, {
        hint: 'combine the signals into one target per instrument',
      })
    }
    if (first && first.node.intervalMs !== node.intervalMs) {
      const message = `targets of ${first.instrument} are on ${formatInterval(first.node.intervalMs)}, of ${instrument} on ${formatInterval(node.intervalMs)}`
      throw new QmtlError('E_MIXED_INTERVALS', message)
    }
    intents.push({ node, instrument })
  }
  if (intents.length === 0) {
    throw new QmtlError('E_STRATEGY_BUILD', 'the strategy has no position target to trade', {
      hint: 'return positionTarget(…) from build',
    })
  }
  return intents
}

function tradedBars(instrument: string, intervalMs: number, data: readonly BarColumns[]): BarColumns {
  const found = data.find((columns) => columns.instrument === instrument && columns.intervalMs === intervalMs)
  if (found) return found
  throw new QmtlError('E_DATA_MISSING', `${instrument} is traded on ${formatInterval(intervalMs)} and has no such bars`)
}
