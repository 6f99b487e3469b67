import { realityModels } from '@qmtl/brokerage'
import {
  backtestStrategy,
  bars,
  crossover,
  positionTarget,
  sma,
  type BacktestResult,
  type NodeSpec,
} from '@qmtl/engine'
import { defineInstrument, fingerprintOf } from '@qmtl/market'
import type { Bench, BenchResult } from './bench.ts'
import { loadMinuteBars } from './recorded-bars.ts'

const barCount = 45_000
const instrumentId = 'BTC-USD.SIM'
const targetBarsPerSecond = 2_000_000

/** SMA 10/20 cross over 45,000 one-minute bars: evaluation, planner, fills, ledger, statistics, fingerprint; data loaded. */
export const engineBench: Bench = {
  name: 'engine',
  description: 'backtest of an SMA 10/20 cross over 45,000 bars with orders, in bars per second (data loaded, warm)',
  run: measureEngine,
}

async function measureEngine(): Promise<BenchResult> {
  const { data, source } = await loadMinuteBars(instrumentId, barCount)
  const fingerprints = [fingerprintOf(data)]
  const samples: number[] = []
  let result: BacktestResult | undefined
  for (let round = 0; round < 40; round++) {
    const startedAt = performance.now()
    result = backtestStrategy([smaCross()], [data], {
      instruments: [defineInstrument(instrumentId)],
      models: realityModels({ feeBps: 2, slippageBps: 1 }),
      dataFingerprints: fingerprints,
    })
    samples.push(performance.now() - startedAt)
  }
  const cold = samples[0] ?? 0
  const warm = samples.slice(10).sort((a, b) => a - b)
  const median = warm[warm.length >> 1] ?? 0
  return {
    source,
    bars: data.length,
    orders: result?.orders ?? 0,
    trades: result?.trades.length ?? 0,
    fingerprint: result?.fingerprint ?? '',
    median_ms: rounded(median),
    best_ms: rounded(warm[0] ?? 0),
    first_ms: rounded(cold),
    bars_per_second: Math.round((data.length / median) * 1000),
    target_bars_per_second: targetBarsPerSecond,
    passed: (data.length / median) * 1000 >= targetBarsPerSecond,
  }
}

function smaCross(): NodeSpec {
  const price = bars({ instrument: instrumentId, interval: '1m' })
  const signal = crossover(sma(price.close, 10), sma(price.close, 20))
  return positionTarget({ instrument: instrumentId, signal, long: 1, flat: 0 })
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
