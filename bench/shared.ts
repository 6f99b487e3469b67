import { realityModels } from '@qmtl/brokerage'
import {
  backtestStrategies,
  backtestStrategy,
  bars,
  createComputePool,
  crossover,
  ema,
  evaluateColumnar,
  highest,
  lowest,
  positionTarget,
  sma,
  wma,
  type BarSeries,
  type NodeSpec,
  type Series,
} from '@qmtl/engine'
import { defineInstrument, fingerprintOf, type BarColumns } from '@qmtl/market'
import type { Bench, BenchResult } from './bench.ts'
import { loadMinuteBars } from './recorded-bars.ts'

const instrument = 'BTC-USD.SIM'
const barCount = 45_000
const strategyCount = 500
const indicatorCount = 20
const targets = { oneCoreMs: 8_000, twoCoresMs: 4_500, sharedRatio: 1.2, ownNodeMs: 1, memoryMiB: 700 }

/** 500 strategies that share 20 indicators, each with a cross and a target of its own, traded over the same bars. */
export const sharedBench: Bench = {
  name: 'shared',
  description: '500 strategies that share 20 indicators over 45,000 bars, with orders: on one core and on two, in ms',
  run: measureShared,
}

async function measureShared(): Promise<BenchResult> {
  const { data, source } = await loadMinuteBars(instrument, barCount)
  const strategies = manyStrategies()
  const terms = {
    instruments: [defineInstrument(instrument)],
    models: realityModels({ feeBps: 2, slippageBps: 1 }),
    dataFingerprints: [fingerprintOf(data)],
  }
  const oneCore = await timed(() => backtestStrategies(strategies, [data], terms))
  const pool = createComputePool({ threads: 2 })
  const twoCores = await timed(() => backtestStrategies(strategies, [data], { ...terms, pool }))
  await pool.stop()
  const memoryMiB = process.resourceUsage().maxRSS / 1024
  // Without sharing each strategy computes what it uses: measured on a tenth of them.
  const sample = strategies.slice(0, strategyCount / 10)
  const apart = await timed(() => sample.map((outputs) => backtestStrategy(outputs, [data], terms)))
  const nodes = measureNodes(data, strategies)
  const { declared, computed, runs } = oneCore.value
  return {
    source,
    bars: data.length,
    strategies: strategies.length,
    orders: runs.flat().reduce((sum, { orders }) => sum + orders, 0),
    nodes_declared: declared,
    nodes_computed: computed,
    one_core_ms: Math.round(oneCore.ms),
    one_core_cpu_ms: Math.round(oneCore.cpuMs),
    two_cores_ms: Math.round(twoCores.ms),
    two_cores_cpu_ms: Math.round(twoCores.cpuMs),
    unshared_one_core_ms: Math.round(apart.ms * 10),
    same_figures: runs.every(([run], index) => run?.fingerprint === twoCores.value.runs[index]?.[0]?.fingerprint),
    ...nodes,
    peak_memory_mib: Math.round(memoryMiB),
    passed:
      oneCore.ms < targets.oneCoreMs &&
      twoCores.ms < targets.twoCoresMs &&
      nodes.shared_nodes_ratio <= targets.sharedRatio &&
      nodes.own_node_ms <= targets.ownNodeMs &&
      memoryMiB < targets.memoryMiB,
  }
}

/** What the graph alone costs: 20 indicators for one strategy, for all, and the nodes that each strategy has alone. */
function measureNodes(data: BarColumns, strategies: readonly (readonly NodeSpec[])[]) {
  const indicators = twentyIndicators().map(({ node }) => node)
  const forOne = median(() => void evaluateColumnar(indicators, [data]))
  const results = evaluateColumnar(indicators, [data])
  const known = new Map(results.nodes.map((node) => [node.id, columnsOf(results, node)] as const))
  const store = { find: ({ id }: NodeSpec) => known.get(id), keep: () => undefined }
  // As a merged graph takes them: named by each of 500 users, run once.
  const users = strategies.flatMap(() => indicators)
  const forAll = median(() => void evaluateColumnar(users, [data]))
  const own = median(() => {
    for (const outputs of strategies.slice(0, 100)) evaluateColumnar(outputs, [data], { store })
  })
  return {
    shared_nodes_for_one_ms: rounded(forOne),
    shared_nodes_for_all_ms: rounded(forAll),
    shared_nodes_ratio: rounded(forAll / forOne),
    own_node_ms: rounded(own / 200),
  }
}

function columnsOf(result: ReturnType<typeof evaluateColumnar>, node: NodeSpec) {
  return { rows: result.rowsOf(node), columns: node.outputs.map((output) => result.column({ node, output })) }
}

function manyStrategies(): readonly (readonly NodeSpec[])[] {
  const indicators = twentyIndicators()
  const pairs = indicators.flatMap((a, first) => indicators.slice(first + 1).map((b) => [a, b] as const))
  // 190 pairs; what comes after them trades the same crosses at other sizes.
  return Array.from({ length: strategyCount }, (_, index) => {
    const [a, b] = pairs[index % pairs.length]!
    const long = 1 - Math.floor(index / pairs.length) / 4
    return [positionTarget({ instrument, signal: crossover(a, b), long, flat: 0 })]
  })
}

function twentyIndicators(): readonly Series[] {
  const price = bars({ instrument, interval: '1m' })
  const lines: readonly ((price: BarSeries, window: number) => Series)[] = [
    ({ close }, window) => sma(close, window),
    ({ close }, window) => ema(close, window),
    ({ close }, window) => wma(close, window),
    ({ high, low }, window) => highest(high, window).plus(lowest(low, window)).times(0.5),
  ]
  return Array.from({ length: indicatorCount }, (_, index) => {
    const line = lines[index % lines.length]!
    return line(price, 20 * (1 + Math.floor(index / lines.length)) + 5 * (index % lines.length))
  })
}

interface Timed<T> {
  readonly value: T
  readonly ms: number
  /** Of all threads: what the work takes where other processes take their share of the cores. */
  readonly cpuMs: number
}

async function timed<T>(work: () => T | Promise<T>): Promise<Timed<T>> {
  const startedAt = performance.now()
  const before = process.cpuUsage()
  const value = await work()
  const { user, system } = process.cpuUsage(before)
  return { value, ms: performance.now() - startedAt, cpuMs: (user + system) / 1000 }
}

function median(work: () => void): number {
  const samples = Array.from({ length: 9 }, () => {
    const startedAt = performance.now()
    work()
    return performance.now() - startedAt
  })
  return samples.slice(2).toSorted((a, b) => a - b)[3] ?? 0
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
