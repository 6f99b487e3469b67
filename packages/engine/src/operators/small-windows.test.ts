import { expect, test } from 'vitest'
import { warmupOf } from '../graph/collect-graph.ts'
import { isSeriesRef } from '../graph/make-node.ts'
import type { Series, Timing } from '../graph/node-spec.ts'
import * as engine from '../index.ts'
import { price, run, runStreaming, walk } from '../testing/run-series.ts'

type Outputs = Series<Timing> | Readonly<Record<string, Series<Timing>>>
type Windowed = (window: number) => Outputs

const { close, open, high, volume } = price
const traded = { ...price, volume: volume.plus(1) }

/** Operators by the smallest window they take; windows of several that must not all be equal. */
const windowed: readonly (readonly [least: number, Readonly<Record<string, Windowed>>])[] = [
  [
    1,
    {
      rollingSum: (window) => engine.rollingSum(close, window),
      highest: (window) => engine.highest(close, window),
      argmin: (window) => engine.argmin(close, window),
      lag: (window) => engine.lag(close, window),
      quantile: (window) => engine.quantile(close, window, 0.3),
      largest: (window) => engine.quantile(close, window, 1),
      percentileRank: (window) => engine.percentileRank(close, window),
      sma: (window) => engine.sma(close, window),
      ema: (window) => engine.ema(close, window),
      windowEma: (window) => engine.ema(close, window, { method: 'window' }),
      rma: (window) => engine.rma(close, window),
      wma: (window) => engine.wma(close, window),
      dema: (window) => engine.dema(close, window),
      tema: (window) => engine.tema(close, window),
      zlema: (window) => engine.zlema(close, window),
      kama: (window) => engine.kama(close, window),
      vwma: (window) => engine.vwma(close, traded.volume, window),
      rsi: (window) => engine.rsi(close, window),
      windowRsi: (window) => engine.rsi(close, window, { method: 'window' }),
      atr: (window) => engine.atr(price, window),
      di: (window) => engine.di(price, window),
      adx: (window) => engine.adx(price, window),
      aroon: (window) => engine.aroon(price, window),
      cmo: (window) => engine.cmo(close, window),
      mfi: (window) => engine.mfi(traded, window),
      ultimate: (window) => engine.ultimate(price, { short: window, middle: 6 - window, long: 2 }),
      stochastic: (window) => engine.stochastic(price, { window, smooth: window, signal: window }),
      stochRsi: (window) => engine.stochRsi(close, { window, rsi: window, smooth: window, signal: window }),
      williamsR: (window) => engine.williamsR(price, window),
      kdj: (window) => engine.kdj(price, { window }),
      macd: (window) => engine.macd(close, { fast: window, slow: 6 - window, signal: window }),
      trix: (window) => engine.trix(close, window),
      keltnerChannel: (window) => engine.keltnerChannel(price, { window, atrWindow: 6 - window }),
      donchian: (window) => engine.donchian(price, window),
      chandelierExit: (window) => engine.chandelierExit(price, { window }),
      supertrend: (window) => engine.supertrend(price, { window }),
      ichimokuCloud: (window) =>
        engine.ichimokuCloud(price, { tenkan: window, kijun: window + 1, senkou: window, displacement: window - 1 }),
      obv: (window) => engine.obv(price, { window }),
      obiRegime: (window) => engine.obiRegime(close.minus(open), { window }),
      tripleBarrier: (window) => engine.tripleBarrier(close, { maxBars: window }),
    },
  ],
  [
    2,
    {
      stdev: (window) => engine.stdev(close, window),
      zScore: (window) => engine.zScore(close, window),
      correlation: (window) => engine.correlation(close, high, window),
      beta: (window) => engine.beta(close, high, window),
      linearRegression: (window) => engine.linearRegression(close, window),
      hma: (window) => engine.hma(close, window),
      cci: (window) => engine.cci(price, window),
      bollingerBands: (window) => engine.bollingerBands(close, window),
      volatility: (window) => engine.volatility(close, window),
    },
  ],
  [
    3,
    {
      skew: (window) => engine.skew(close, window),
      equityLinearity: (window) => engine.equityLinearity(close, window),
      equityLinearityV2: (window) => engine.equityLinearityV2(close, window),
    },
  ],
  [4, { kurtosis: (window) => engine.kurtosis(close, window) }],
]

const data = walk(120, 3)
const cases = windowed.flatMap(([least, builders]) =>
  Object.entries(builders).map(([name, build]) => [name, least, build] as const),
)

test.each(cases)(
  '%s warms up as it says in its smallest windows, from %i on, and streams the same',
  (_, least, build) => {
    for (let window = least; window <= 5; window++) {
      const built = build(window)
      for (const [output, series] of isSeriesRef(built) ? [['value', built] as const] : Object.entries(built)) {
        const values = run(series, data)
        const first = values.findIndex((value) => !Number.isNaN(value))
        expect([window, output, first]).toEqual([window, output, warmupOf(series.node)])
        expect(values.slice(first).filter(Number.isNaN)).toEqual([])
        expect(Array.from(runStreaming([series], data)[0] ?? [])).toEqual(values)
      }
    }
  },
)
