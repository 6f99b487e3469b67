import * as engine from '@qmtl/engine'
import { createSyntheticMarket, type BarColumns } from '@qmtl/market'
import type { Bench, BenchResult } from './bench.ts'

const instrument = 'BTC-USD.SIM'
const minuteMs = 60_000
const rows = 1_000_000
const rounds = 9
const window = 20
const fastTarget = 50
const otherTarget = 5

type Build = (price: engine.BarSeries) => engine.Series<engine.Timing>

/** What a strategy computes most: held to the higher target. */
const fast: Readonly<Record<string, Build>> = {
  sum: ({ close }) => engine.rollingSum(close, window),
  mean: ({ close }) => engine.sma(close, window),
  ema: ({ close }) => engine.ema(close, window),
  variance: ({ close }) => engine.variance(close, window),
  min: ({ close }) => engine.lowest(close, window),
  max: ({ close }) => engine.highest(close, window),
  lag: ({ close }) => engine.lag(close, window),
  add: ({ open, close }) => engine.add(open, close),
  subtract: ({ open, close }) => engine.subtract(close, open),
  multiply: ({ close }) => engine.multiply(close, 2),
  divide: ({ open, close }) => engine.divide(close, open),
}

/** All others, each with the nodes that it is made of; of several outputs the one that takes the most. */
const others: Readonly<Record<string, Build>> = {
  abs: ({ close }) => engine.abs(close),
  log: ({ close }) => engine.log(close),
  exp: ({ close, open }) => engine.exp(close.dividedBy(open)),
  clip: ({ close }) => engine.clip(close, 1, 1e9),
  greater: ({ open, close }) => engine.greater(close, open),
  and: ({ open, close }) => close.greater(open).and(open.greater(1)),
  where: ({ open, close }) => engine.where(close.greater(open), close, open),
  crossover: ({ open, close }) => engine.crossover(close, open),
  bars_since: ({ open, close }) => engine.barsSince(close.greater(open)),
  cumulative_sum: ({ close }) => engine.cumulativeSum(close),
  stdev: ({ close }) => engine.stdev(close, window),
  z_score: ({ close }) => engine.zScore(close, window),
  argmax: ({ close }) => engine.argmax(close, window),
  diff: ({ close }) => engine.diff(close, window),
  rate_of_change: ({ close }) => engine.rateOfChange(close, window),
  log_return: ({ close }) => engine.logReturn(close, window),
  median: ({ close }) => engine.median(close, window),
  percentile_rank: ({ close }) => engine.percentileRank(close, window),
  skew: ({ close }) => engine.skew(close, window),
  kurtosis: ({ close }) => engine.kurtosis(close, window),
  correlation: ({ open, close }) => engine.correlation(open, close, window),
  beta: ({ open, close }) => engine.beta(close, open, window),
  slope: ({ close }) => engine.linearRegression(close, window).slope,
  angle: ({ close }) => engine.angle(close, window),
  rma: ({ close }) => engine.rma(close, window),
  window_ema: ({ close }) => engine.ema(close, window, { method: 'window' }),
  wma: ({ close }) => engine.wma(close, window),
  dema: ({ close }) => engine.dema(close, window),
  tema: ({ close }) => engine.tema(close, window),
  hma: ({ close }) => engine.hma(close, window),
  zlema: ({ close }) => engine.zlema(close, window),
  kama: ({ close }) => engine.kama(close, window),
  vwma: ({ close, volume }) => engine.vwma(close, volume, window),
  rsi: ({ close }) => engine.rsi(close, window),
  atr: (price) => engine.atr(price, window),
  macd: ({ close }) => engine.macd(close).histogram,
  ppo: ({ close }) => engine.ppo(close).histogram,
  trix: ({ close }) => engine.trix(close, window),
  adx: (price) => engine.adx(price, window).adx,
  aroon: (price) => engine.aroon(price, window).oscillator,
  cci: (price) => engine.cci(price, window),
  cmo: ({ close }) => engine.cmo(close, window),
  mfi: (price) => engine.mfi(price, window),
  ultimate: (price) => engine.ultimate(price),
  stochastic: (price) => engine.stochastic(price, { window }).d,
  stoch_rsi: ({ close }) => engine.stochRsi(close, { window }).d,
  williams_r: (price) => engine.williamsR(price, window),
  kdj: (price) => engine.kdj(price, { window }).j,
  bollinger_upper: ({ close }) => engine.bollingerBands(close, window).upper,
  keltner_upper: (price) => engine.keltnerChannel(price, { window }).upper,
  donchian_mid: (price) => engine.donchian(price, window).mid,
  chandelier_long: (price) => engine.chandelierExit(price, { window }).long,
  supertrend: (price) => engine.supertrend(price, { window }).value,
  ichimoku_cloud: (price) => engine.ichimokuCloud(price).senkouA,
  parabolic_sar: (price) => engine.parabolicSar(price).value,
  heikin_ashi: (price) => engine.heikinAshi(price).close,
  pivot_points: (price) => engine.pivotPoints(price).r3,
  obv: (price) => engine.obv(price),
  volatility: ({ close }) => engine.volatility(close, window),
  anchored_vwap: ({ close, volume }) => engine.anchoredVwap(close, volume, engine.sessionStart(close)),
  kalman_trend: ({ close }) => engine.kalmanTrend(close),
  equity_linearity: ({ close }) => engine.equityLinearity(close, window).score,
  equity_linearity_v2: ({ close }) => engine.equityLinearityV2(close, window).score,
  price_band: ({ close }) => engine.acceptablePriceBand(close).overshoot,
  threshold_signal: ({ open, close }) => engine.thresholdSignal(close.minus(open)),
  resample: ({ close }) => engine.resample(close, '1h', 'mean'),
  session_high: ({ high }) => engine.since(high, engine.sessionStart(high), 'highest'),
  cross_rank_of_5: (price) => universe(engine.crossSectionalRank, price),
  cross_z_score_of_5: (price) => universe(engine.crossSectionalZScore, price),
  order_flow: ({ low, high, volume }) =>
    engine.orderFlowImbalance({ bid: low, ask: high, bidSize: volume, askSize: volume }),
  microprice: ({ low, high, volume }) => engine.microprice({ bid: low, ask: high, bidSize: volume, askSize: volume }),
  triple_barrier: ({ close }) =>
    engine.tripleBarrier(close, { maxBars: window, profitTarget: 0.01, stopLoss: 0.01 }).outcome,
}

type Universe = (members: readonly engine.Series[]) => readonly engine.Series[]

function universe(across: Universe, { open, high, low, close, volume }: engine.BarSeries): engine.Series {
  return across([open, high, low, close, volume])[0] ?? close
}

/** Values per second of each operator over columns, and of a bare loop over the same arrays as the ceiling. */
export const operatorsBench: Bench = {
  name: 'operators',
  description: 'millions of values per second of each operator (window 20, one million bars, columnar, one core, warm)',
  run: measureOperators,
}

async function measureOperators(): Promise<BenchResult> {
  const data = await loadBars()
  const price = engine.bars({ instrument, interval: '1m' })
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
function measure(series: engine.Series<engine.Timing>, data: BarColumns): number {
  return perSecond(() => void engine.evaluateColumnar([series.node], [data]))
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
