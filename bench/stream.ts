import {
  atr,
  bars,
  createStreamingEvaluator,
  crossover,
  ema,
  highest,
  lowest,
  positionTarget,
  rsi,
  sma,
  stdev,
  type BarSeries,
  type NodeSpec,
  type Series,
} from '@qmtl/engine'
import { barAt, type BarColumns } from '@qmtl/market'
import type { Bench, BenchResult } from './bench.ts'
import { loadMinuteBars } from './recorded-bars.ts'

const instrument = 'BTC-USD.SIM'
const minuteMs = 60_000
const barCount = 20_000
const warmBars = 2_000
const nodeCount = 1_000
const targetPerSecond = 2_000_000
const targetP99Ms = 1

/** The live path: one closed bar at a time through a graph of 1,000 nodes. */
export const streamBench: Bench = {
  name: 'stream',
  description: 'a graph of 1,000 nodes fed bar by bar: node evaluations per second, and the time of a bar',
  run: measureStream,
}

async function measureStream(): Promise<BenchResult> {
  const { data, source } = await loadMinuteBars(instrument, barCount)
  const evaluator = createStreamingEvaluator(graphOf(nodeCount))
  for (let row = 0; row < warmBars; row++) advance(evaluator, data, row)
  const times = new Float64Array(data.length - warmBars)
  const before = evaluator.evaluations
  const startedAt = performance.now()
  for (let row = warmBars; row < data.length; row++) {
    const barAtMs = performance.now()
    advance(evaluator, data, row)
    times[row - warmBars] = performance.now() - barAtMs
  }
  const seconds = (performance.now() - startedAt) / 1000
  const perSecond = (evaluator.evaluations - before) / seconds
  times.sort()
  const quantile = (share: number): number => times[Math.floor(share * (times.length - 1))] ?? 0
  return {
    source,
    bars: times.length,
    nodes: evaluator.nodes.length,
    evaluations_per_second: Math.round(perSecond),
    p50_ms: rounded(quantile(0.5)),
    p99_ms: rounded(quantile(0.99)),
    max_ms: rounded(quantile(1)),
    passed: perSecond >= targetPerSecond && quantile(0.99) < targetP99Ms,
  }
}

function advance(evaluator: ReturnType<typeof createStreamingEvaluator>, data: BarColumns, row: number): void {
  const bar = barAt(data, row)
  evaluator.advance(bar.openTimeMs + minuteMs, [{ instrument, intervalMs: minuteMs, bar }])
}

/** Indicators of many windows, crosses of them and targets, until there are so many nodes with the source. */
function graphOf(count: number): readonly NodeSpec[] {
  const price = bars({ instrument, interval: '1m' })
  const nodes: NodeSpec[] = []
  for (let window = 2; nodes.length < count - 1; window++) {
    const lines = linesOf(price, window)
    const cross = crossover(lines[0]!, lines[1]!)
    const target = positionTarget({ instrument, signal: cross, long: 1, short: -1 })
    nodes.push(...[...lines, cross].map(({ node }) => node), target)
  }
  return nodes.slice(0, count - 1)
}

function linesOf(price: BarSeries, window: number): readonly Series[] {
  const { close, high, low } = price
  const bar = { high, low, close }
  return [
    sma(close, window),
    ema(close, window),
    rsi(close, window),
    stdev(close, window),
    highest(high, window),
    lowest(low, window),
    atr(bar, window),
    close.minus(window),
  ]
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
