import {
  abs,
  add,
  bars,
  beta,
  clip,
  correlation,
  cumulativeSum,
  diff,
  divide,
  ema,
  evaluateColumnar,
  greater,
  highest,
  hma,
  kama,
  kurtosis,
  lag,
  linearRegression,
  lowest,
  median,
  multiply,
  percentileRank,
  rollingSum,
  rsi,
  skew,
  sma,
  stdev,
  subtract,
  variance,
  where,
  wma,
  zScore,
  type BarSeries,
  type Series,
} from '@qmtl/engine'
import { createSyntheticMarket, type BarColumns } from '@qmtl/market'
import type { Bench, BenchResult } from './bench.ts'

const instrument = 'BTC-USD.SIM'
const minuteMs = 60_000
const rows = 1_000_000
const rounds = 9
const window = 20
const fastTarget = 50
const otherTarget = 5

/** What a strategy computes most: held to the higher target. */
const fast: Readonly<Record<string, (price: BarSeries) => Series>> = {
  sum: ({ close }) => rollingSum(close, window),
  mean: ({ close }) => sma(close, window),
  ema: ({ close }) => ema(close, window),
  variance: ({ close }) => variance(close, window),
  min: ({ close }) => lowest(close, window),
  max: ({ close }) => highest(close, window),
  lag: ({ close }) => lag(close, window),
  add: ({ open, close }) => add(open, close),
  subtract: ({ open, close }) => subtract(close, open),
  multiply: ({ close }) => multiply(close, 2),
  divide: ({ open, close }) => divide(close, open),
}

const others: Readonly<Record<string, (price: BarSeries) => Series>> = {
  abs: ({ close }) => abs(close),
  clip: ({ close }) => clip(close, 1, 1e9),
  greater: ({ open, close }) => greater(close, open),
  where: ({ open, close }) => where(greater(close, open), close, open),
  diff: ({ close }) => diff(close, window),
  cumulative_sum: ({ close }) => cumulativeSum(close),
  stdev: ({ close }) => stdev(close, window),
  z_score: ({ close }) => zScore(close, window),
  wma: ({ close }) => wma(close, window),
  hma: ({ close }) => hma(close, window),
  kama: ({ close }) => kama(close, window),
  rsi: ({ close }) => rsi(close, window),
  correlation: ({ open, close }) => correlation(open, close, window),
  beta: ({ open, close }) => beta(close, open, window),
  slope: ({ close }) => linearRegression(close, window).slope,
  median: ({ close }) => median(close, window),
  percentile_rank: ({ close }) => percentileRank(close, window),
  skew: ({ close }) => skew(close, window),
  kurtosis: ({ close }) => kurtosis(close, window),
}

/** Values per second of each operator over columns, and of a bare loop over the same arrays as the ceiling. */
export const operatorsBench: Bench = {
  name: 'operators',
  description: 'millions of values per second of each operator (window 20, one million bars, columnar, one core, warm)',
  run: measureOperators,
}

async function measureOperators(): Promise<BenchResult> {
  const data = await loadBars()
  const price = bars({ instrument, interval: '1m' })
  const result: Record<string, number | boolean> = { bare_loop_mvalues_s: bareLoop(data.close) }
  let isReached = true
  for (const [operators, target] of [[fast, fastTarget] as const, [others, otherTarget] as const]) {
    for (const [name, build] of Object.entries(operators)) {
      const measured = measure(build(price), data)
      result[`${name}_mvalues_s`] = measured
      if (measured < target) isReached = false
    }
  }
  return { rows, window, ...result, target_fast: fastTarget, target_others: otherTarget, passed: isReached }
}

/** The whole evaluation: the time axis of the bars, then the operator's nodes. */
function measure(series: Series, data: BarColumns): number {
  return perSecond(() => void evaluateColumnar([series.node], [data]))
}

function bareLoop(values: Float64Array): number {
  return perSecond(() => {
    const out = new Float64Array(rows)
    for (let row = 0; row < rows; row++) out[row] = values[row]! * 2
  })
}

/** Millions of rows per second: the median round, the first ones left out. */
function perSecond(run: () => void): number {
  const samples: number[] = []
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now()
    run()
    samples.push(performance.now() - startedAt)
  }
  const warm = samples.slice(2).sort((a, b) => a - b)
  return Math.round(rows / (warm[warm.length >> 1] ?? 1) / 100) / 10
}

async function loadBars(): Promise<BarColumns> {
  const fromMs = Date.UTC(2022, 0, 1)
  const request = { instrument, intervalMs: minuteMs, fromMs, toMs: fromMs + rows * minuteMs }
  return createSyntheticMarket({ seed: 1 }).history(request, {})
}
