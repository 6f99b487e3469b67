import { describe, expect, test } from 'vitest'
import * as library from 'trading-signals'
import type { Series, Timing } from '../graph/node-spec.ts'
import { price, run, walk } from '../testing/run-series.ts'
import * as engine from '../index.ts'

// An independent implementation of the field's indicators, run on the same bars.

type Bar = Readonly<Record<'open' | 'high' | 'low' | 'close' | 'volume', number>>
interface Other<Result, Input> {
  add(input: Input): Result | null
}

interface Comparison {
  readonly ours: Series<Timing>
  /** The value of the library on each bar; `NaN` for none. */
  readonly theirs: () => readonly number[]
  /** Where the definitions differ: in what, and from which bar on the values agree all the same. Absent: on every bar. */
  readonly differs?: { readonly how: string; readonly agreeFrom: number }
}

const bars = walk(700)
const rows: readonly Bar[] = Array.from({ length: bars.length }, (_, index) => ({
  open: bars.open[index]!,
  high: bars.high[index]!,
  low: bars.low[index]!,
  close: bars.close[index]!,
  volume: bars.volume[index]!,
}))
const { close, high, volume } = price

function ofBars<Result>(make: () => Other<Result, Bar>, pick: (result: Result) => number): () => readonly number[] {
  return () => {
    const indicator = make()
    return rows.map((row) => valueOf(indicator.add(row), pick))
  }
}

function ofCloses<Result>(
  make: () => Other<Result, number>,
  pick: (result: Result) => number,
): () => readonly number[] {
  return () => {
    const indicator = make()
    return rows.map((row) => valueOf(indicator.add(row.close), pick))
  }
}

function valueOf<Result>(result: Result | null, pick: (result: Result) => number): number {
  return result === null ? NaN : pick(result)
}

const own = (value: number): number => value
const seeded = (agreeFrom: number) => ({
  how: 'its exponential means start from the first value, ours from the mean of the first window',
  agreeFrom,
})
const rangeOfFirstBar = {
  how: 'its true range of the first bar is high − low; ours needs the close before and begins on the second bar',
  agreeFrom: 600,
}

const comparisons: Readonly<Record<string, Comparison>> = {
  sma: { ours: engine.sma(close, 9), theirs: ofCloses(() => new library.SMA(9), own) },
  wma: { ours: engine.wma(close, 9), theirs: ofCloses(() => new library.WMA(9), own) },
  hma: { ours: engine.hma(close, 9), theirs: ofCloses(() => new library.HMA(9), own) },
  kama: {
    ours: engine.kama(close, 10),
    theirs: ofCloses(() => new library.KAMA(10), own),
    differs: { how: 'it gives the value that the recursion starts from one bar earlier', agreeFrom: 10 },
  },
  ema: { ours: engine.ema(close, 9), theirs: ofCloses(() => new library.EMA(9), own), differs: seeded(300) },
  rma: { ours: engine.rma(close, 9), theirs: ofCloses(() => new library.WSMA(9), own) },
  dema: { ours: engine.dema(close, 9), theirs: ofCloses(() => new library.DEMA(9), own), differs: seeded(300) },
  tema: { ours: engine.tema(close, 9), theirs: ofCloses(() => new library.TEMA(9), own), differs: seeded(300) },
  zlema: { ours: engine.zlema(close, 9), theirs: ofCloses(() => new library.ZLEMA(9), own), differs: seeded(300) },
  vwma: { ours: engine.vwma(close, volume, 9), theirs: ofBars(() => new library.VWMA(9), own) },
  rsi: { ours: engine.rsi(close, 14), theirs: ofCloses(() => new library.RSI(14), own) },
  'rsi by windows': {
    ours: engine.rsi(close, 14, { method: 'window' }),
    theirs: ofCloses(() => new library.RSI(14, library.SMA), own),
  },
  momentum: { ours: engine.momentum(close, 5), theirs: ofCloses(() => new library.MOM(5), own) },
  rateOfChange: {
    ours: engine.rateOfChange(close, 5),
    theirs: ofCloses(
      () => new library.ROC(5),
      (ratio) => ratio * 100,
    ),
  },
  macd: { ours: engine.macd(close).macd, theirs: ofMacd('macd'), differs: seeded(500) },
  'macd.signal': { ours: engine.macd(close).signal, theirs: ofMacd('signal'), differs: seeded(500) },
  'macd.histogram': { ours: engine.macd(close).histogram, theirs: ofMacd('histogram'), differs: seeded(500) },
  ppo: { ours: engine.ppo(close).ppo, theirs: ofCloses(() => new library.PPO(), own), differs: seeded(500) },
  trix: {
    ours: trixOverItself(),
    theirs: ofCloses(() => new library.TRIX(6), own),
    differs: {
      how: `it divides by the mean of this bar, ours by that of the bar before; ${seeded(0).how}`,
      agreeFrom: 300,
    },
  },
  trueRange: {
    ours: engine.trueRange(price),
    theirs: ofBars(() => new library.TR(), own),
    differs: { ...rangeOfFirstBar, agreeFrom: 1 },
  },
  atr: { ours: engine.atr(price, 14), theirs: ofBars(() => new library.ATR(14), own), differs: rangeOfFirstBar },
  'di.plus': {
    ours: engine.di(price, 14).plus,
    theirs: ofDirections(({ pdi }) => pdi),
    differs: { ...rangeOfFirstBar, how: `${rangeOfFirstBar.how}, as do the movements; and it gives fractions` },
  },
  'di.minus': {
    ours: engine.di(price, 14).minus,
    theirs: ofDirections(({ mdi }) => mdi),
    differs: { ...rangeOfFirstBar, how: `${rangeOfFirstBar.how}, as do the movements; and it gives fractions` },
  },
  adx: { ours: engine.adx(price, 14).adx, theirs: ofBars(() => new library.ADX(14), own), differs: rangeOfFirstBar },
  'aroon.up': {
    ours: engine.aroon(price, 25).up,
    theirs: ofBars(
      () => new library.Aroon(25),
      ({ aroonUp }) => aroonUp,
    ),
  },
  'aroon.down': {
    ours: engine.aroon(price, 25).down,
    theirs: ofBars(
      () => new library.Aroon(25),
      ({ aroonDown }) => aroonDown,
    ),
  },
  cci: { ours: engine.cci(price, 20), theirs: ofBars(() => new library.CCI(20), own) },
  cmo: { ours: engine.cmo(close, 14), theirs: ofCloses(() => new library.CMO(14), own) },
  mfi: { ours: engine.mfi(price, 14), theirs: ofBars(() => new library.MFI(14), own) },
  ultimate: { ours: engine.ultimate(price), theirs: ofBars(() => new library.UltimateOscillator(), own) },
  williamsR: { ours: engine.williamsR(price, 14), theirs: ofBars(() => new library.WilliamsR(14), own) },
  'stochastic.k': {
    ours: engine.stochastic(price).k,
    theirs: ofStochastic(({ stochK }) => stochK),
    differs: { how: 'it gives k only from the first bar that has d', agreeFrom: 17 },
  },
  'stochastic.d': { ours: engine.stochastic(price).d, theirs: ofStochastic(({ stochD }) => stochD) },
  stochRsi: {
    ours: engine.stochRsi(close, { smooth: 1 }).k,
    theirs: ofCloses(
      () => new library.StochasticRSI(14),
      (share) => share * 100,
    ),
  },
  'bollingerBands.upper': {
    ours: engine.bollingerBands(close).upper,
    theirs: ofCloses(
      () => new library.BollingerBands(20),
      ({ upper }) => upper,
    ),
  },
  'bollingerBands.lower': {
    ours: engine.bollingerBands(close).lower,
    theirs: ofCloses(
      () => new library.BollingerBands(20),
      ({ lower }) => lower,
    ),
  },
  'donchian.mid': {
    ours: engine.donchian(price, 20).mid,
    theirs: ofBars(
      () => new library.DonchianChannels(20),
      ({ middle }) => middle,
    ),
  },
  'keltnerChannel.upper': {
    ours: engine.keltnerChannel(price).upper,
    theirs: ofBars(
      () => new library.KeltnerChannels(),
      ({ upper }) => upper,
    ),
    differs: { how: `${seeded(0).how}; ${rangeOfFirstBar.how}`, agreeFrom: 600 },
  },
  'chandelierExit.long': {
    ours: engine.chandelierExit(price).long,
    theirs: ofBars(
      () => new library.ChandelierExit(),
      ({ long }) => long,
    ),
    differs: { ...rangeOfFirstBar, agreeFrom: 690 },
  },
  'chandelierExit.short': {
    ours: engine.chandelierExit(price).short,
    theirs: ofBars(
      () => new library.ChandelierExit(),
      ({ short }) => short,
    ),
    differs: { ...rangeOfFirstBar, agreeFrom: 690 },
  },
  supertrend: {
    ours: engine.supertrend(price).value,
    theirs: ofBars(
      () => new library.SuperTrend(),
      ({ supertrend }) => supertrend,
    ),
    differs: rangeOfFirstBar,
  },
  'ichimokuCloud.tenkan': {
    ours: engine.ichimokuCloud(price).tenkan,
    theirs: ofCloud('conversion'),
    differs: oneStart(),
  },
  'ichimokuCloud.kijun': { ours: engine.ichimokuCloud(price).kijun, theirs: ofCloud('base'), differs: oneStart() },
  'ichimokuCloud.senkouA': {
    ours: engine.ichimokuCloud(price, { displacement: 0 }).senkouA,
    theirs: ofCloud('spanA'),
    differs: oneStart(),
  },
  'ichimokuCloud.senkouB': { ours: engine.ichimokuCloud(price, { displacement: 0 }).senkouB, theirs: ofCloud('spanB') },
  obv: { ours: engine.obv(price), theirs: ofBars(() => new library.OBV(2), own) },
  'linearRegression.slope': {
    ours: engine.linearRegression(close, 9).slope,
    theirs: ofCloses(
      () => new library.LinearRegression(9),
      ({ slope }) => slope,
    ),
  },
  'linearRegression.intercept': {
    ours: engine.linearRegression(close, 9).intercept,
    theirs: ofCloses(
      () => new library.LinearRegression(9),
      ({ intercept }) => intercept,
    ),
  },
  'linearRegression.value': {
    ours: engine.linearRegression(close, 9).value.plus(engine.linearRegression(close, 9).slope),
    theirs: ofCloses(
      () => new library.LinearRegression(9),
      ({ prediction }) => prediction,
    ),
    differs: { how: 'it gives the line at the next bar, so ours takes one slope more here', agreeFrom: 0 },
  },
  zScore: { ours: engine.zScore(close, 9), theirs: overWindows(9, (last) => library.getZScore(last)) },
  median: {
    ours: engine.median(close, 9),
    theirs: overWindows(9, (last) => library.getMedian(last.toSorted((a, b) => a - b))),
  },
  quantile: {
    ours: engine.quantile(close, 9, 0.5),
    theirs: overWindows(9, (last) => library.getQuartile(last, 0.5)),
  },
  correlation: {
    ours: engine.correlation(close, high, 9),
    theirs: overWindows(9, (last, end) =>
      library.getCorrelation(
        last,
        rows.slice(end - 8, end + 1).map((row) => row.high),
      ),
    ),
  },
  logReturn: {
    ours: engine.logReturn(close),
    theirs: overWindows(2, (last) => library.getLogReturns(last)[0]!),
  },
  typicalPrice: { ours: engine.typicalPrice(price), theirs: () => rows.map(library.getTypicalPrice) },
}

function ofMacd(part: 'macd' | 'signal' | 'histogram') {
  const mean = (window: number) => new library.EMA(window)
  return ofCloses(
    () => new library.MACD(mean(12), mean(26), mean(9)),
    (result) => result[part],
  )
}

/** Our TRIX, of which the ratio is taken to the bar before, as a ratio to this bar. */
function trixOverItself(): Series<Timing> {
  const growth = engine.trix(close, 6)
  return growth.dividedBy(growth.dividedBy(100).plus(1))
}

function ofDirections(pick: (result: library.DX) => number | undefined): () => readonly number[] {
  return () => {
    const index = new library.DX(14)
    return rows.map((row) => (index.add(row) === null ? NaN : 100 * (pick(index) ?? NaN)))
  }
}

function ofStochastic(pick: (result: library.StochasticResult) => number) {
  return ofBars(() => new library.StochasticOscillator({ kPeriod: 14, kSlowingPeriod: 3, dPeriod: 3 }), pick)
}

function ofCloud(part: 'base' | 'conversion' | 'spanA' | 'spanB') {
  return ofBars(
    () => new library.IchimokuCloud(),
    (result) => result[part],
  )
}

function oneStart() {
  return { how: 'it begins all lines on the first bar of the longest', agreeFrom: 51 }
}

function overWindows(size: number, of: (last: number[], end: number) => number): () => readonly number[] {
  return () =>
    rows.map((_, end) =>
      end + 1 < size
        ? NaN
        : of(
            rows.slice(end + 1 - size, end + 1).map((row) => row.close),
            end,
          ),
    )
}

describe('against an independent library', () => {
  for (const [name, { ours, theirs, differs }] of Object.entries(comparisons)) {
    const since = differs === undefined ? 'on every bar' : `from bar ${differs.agreeFrom} on: ${differs.how}`
    test(`${name} agrees ${since}`, () => {
      const seen = run(ours, bars)
      const wrong = theirs().flatMap((expected, index) => {
        if (index < (differs?.agreeFrom ?? 0)) return []
        const isEqual = Math.abs(seen[index]! - expected) <= 1e-7 * Math.max(1, Math.abs(expected))
        return isEqual || (Number.isNaN(seen[index]) && Number.isNaN(expected)) ? [] : [[index, seen[index], expected]]
      })
      expect(wrong).toEqual([])
    })
  }
})

test('parabolicSar gives the values of the table in Wilder, New Concepts in Technical Trading Systems', () => {
  const highs = [
    51.12, 52.35, 52.1, 51.8, 52.1, 52.5, 52.8, 52.5, 53.5, 53.5, 53.8, 54.2, 53.4, 53.5, 54.4, 55.2, 55.7, 57, 57.5,
    58, 57.7, 58, 57.5, 57, 56.7, 57.5, 56.7, 56, 56.2, 54.8, 55.5, 54.7, 54, 52.5, 51, 51.5, 51.7, 53,
  ]
  const lows = [
    50, 51.5, 51, 50.5, 51.25, 51.7, 51.85, 51.5, 52.3, 52.5, 53, 53.5, 52.5, 52.1, 53, 54, 55, 56, 56.5, 57, 56.5,
    57.3, 56.7, 56.3, 56.2, 56, 55.5, 55, 54.9, 54, 54.5, 53.8, 53, 51.5, 50, 50.5, 50.2, 51.5,
  ]
  const stops = run(engine.parabolicSar(price).value, { high: highs, low: lows, close: lows })
  const published = { 1: 50, 2: 50.047, 5: 50.182, 36: 52.93, 37: 50 }
  for (const [bar, stop] of Object.entries(published))
    expect(Math.abs(stops[Number(bar)]! - stop), `bar ${bar}`).toBeLessThan(0.001)
})
