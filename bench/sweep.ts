import { realityModels } from '@qmtl/brokerage'
import {
  backtestStrategies,
  backtestStrategy,
  bars,
  createComputePool,
  crossover,
  gridOf,
  positionTarget,
  rankTrials,
  sma,
  walkForwardFolds,
  type NodeSpec,
} from '@qmtl/engine'
import { defineInstrument, fingerprintOf } from '@qmtl/market'
import type { Bench, BenchResult } from './bench.ts'
import { loadMinuteBars } from './recorded-bars.ts'

const instrument = 'BTC-USD.SIM'
const minuteMs = 60_000
const barCount = 45_000
const folds = 4

/** `qmtl sweep --param fast=5..50:5 --param slow=20..200:10` without its reading and printing. */
export const sweepBench: Bench = {
  name: 'sweep',
  description: '190 parameters of an SMA cross over 45,000 bars: combinations per second, alone and walking forward',
  run: measureSweep,
}

async function measureSweep(): Promise<BenchResult> {
  const { data, source } = await loadMinuteBars(instrument, barCount)
  const grid = gridOf([
    { name: 'fast', values: stepped(5, 50, 5) },
    { name: 'slow', values: stepped(20, 200, 10) },
  ])
  const strategies = grid.map(({ fast, slow }) => cross(Number(fast), Number(slow)))
  const terms = {
    instruments: [defineInstrument(instrument)],
    models: realityModels({ feeBps: 2, slippageBps: 1 }),
    dataFingerprints: [fingerprintOf(data)],
  }
  const apart = await timed(() => strategies.map((outputs) => backtestStrategy(outputs, [data], terms).fingerprint))
  const here = await timed(() => backtestStrategies(strategies, [data], terms))
  const pool = createComputePool({ threads: 2 })
  const threads = await timed(() => backtestStrategies(strategies, [data], { ...terms, pool }))
  const span = { fromMs: data.openTimeMs[0]!, toMs: data.openTimeMs[data.length - 1]! + minuteMs }
  const cut = walkForwardFolds(span, { folds, training: 'rolling', intervalMs: minuteMs })
  const windows = cut.flatMap(({ train, test }) => [train, test])
  const forward = await timed(() => backtestStrategies(strategies, [data], { ...terms, pool, windows }))
  await pool.stop()
  const [best = 0] = rankTrials(here.value.runs.flat(), 'sharpe')
  const fingerprints = threads.value.runs.flat().map(({ fingerprint }) => fingerprint)
  return {
    source,
    bars: data.length,
    combinations: grid.length,
    nodes_declared: here.value.declared,
    nodes_computed: here.value.computed,
    unshared_ms: Math.round(apart.ms),
    one_core_ms: Math.round(here.ms),
    two_cores_ms: Math.round(threads.ms),
    walk_forward_two_cores_ms: Math.round(forward.ms),
    combinations_per_second: Math.round((grid.length / threads.ms) * 1000),
    best: JSON.stringify(grid[best]),
    same_figures: apart.value.every((fingerprint, index) => fingerprint === fingerprints[index]),
  }
}

function stepped(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step)
}

function cross(fast: number, slow: number): readonly NodeSpec[] {
  const price = bars({ instrument, interval: '1m' })
  return [positionTarget({ instrument, signal: crossover(sma(price.close, fast), sma(price.close, slow)), long: 1 })]
}

async function timed<T>(work: () => T | Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const startedAt = performance.now()
  const value = await work()
  return { value, ms: performance.now() - startedAt }
}
