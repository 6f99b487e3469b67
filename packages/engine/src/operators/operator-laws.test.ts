import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { validateDag } from '@qmtl/contracts'
import { barColumnsOf, type BarColumns } from '@qmtl/market'
import { isPortable } from '../evaluate/built-in-kernels.ts'
import { evaluateColumnar } from '../evaluate/evaluate-columnar.ts'
import { collectGraph, warmupOf } from '../graph/collect-graph.ts'
import type { BarSeries } from '../graph/bars.ts'
import { isSeriesRef } from '../graph/make-node.ts'
import type { Series, Timing } from '../graph/node-spec.ts'
import { serializeGraph } from '../graph/serialize-graph.ts'
import * as engine from '../index.ts'
import { price, runStreaming, walk } from '../testing/run-series.ts'

/** What happens to the values when all prices are scaled: multiplied alike, squared, unchanged. Absent: no such law. */
type ScaleLaw = 'linear' | 'square' | 'invariant'
/** What happens to the values when all prices are raised by an amount. Absent: no such law. */
type ShiftLaw = 'raised' | 'invariant'

/** An operator with parameters as a test takes them: all its outputs. */
interface OperatorSample {
  readonly build: (price: BarSeries) => Series<Timing> | Readonly<Record<string, Series<Timing>>>
  readonly scale?: ScaleLaw
  readonly shift?: ShiftLaw
}

const raised = { scale: 'linear', shift: 'raised' } as const
const spread = { scale: 'linear', shift: 'invariant' } as const
const ratio = { scale: 'invariant' } as const
const position = { scale: 'invariant', shift: 'invariant' } as const

const quoteOf = ({ low, high, volume }: BarSeries) => ({
  bid: low,
  ask: high,
  bidSize: volume.plus(1),
  askSize: volume.plus(2),
})
const bookOf = ({ open, high, low, close }: BarSeries) => ({
  bids: [low, open],
  asks: [high, close],
  bidSizes: [open, close],
  askSizes: [close, low],
})

/** Every operator that the engine exports, by name. */
const operatorSamples: Readonly<Record<string, OperatorSample>> = {
  abs: { build: ({ close, open }) => engine.abs(close.minus(open)), ...spread },
  add: { build: ({ close, open }) => engine.add(close, open), scale: 'linear' },
  subtract: { build: ({ close, open }) => engine.subtract(close, open), ...spread },
  multiply: { build: ({ close, open }) => engine.multiply(close, open), scale: 'square' },
  divide: { build: ({ close, open }) => engine.divide(close, open), ...ratio },
  midpoint: { build: ({ high, low }) => engine.midpoint(high, low), ...raised },
  negate: { build: ({ close }) => engine.negate(close), scale: 'linear' },
  sqrt: { build: ({ close }) => engine.sqrt(close) },
  log: { build: ({ close }) => engine.log(close) },
  exp: { build: ({ close, open }) => engine.exp(close.minus(open)), shift: 'invariant' },
  min: { build: ({ close, open }) => engine.min(close, open), ...raised },
  max: { build: ({ close, open }) => engine.max(close, open), ...raised },
  clip: { build: ({ close, open, high }) => engine.clip(close, open, high.plus(1)) },
  greater: { build: ({ close, open }) => engine.greater(close, open), ...position },
  greaterOrEqual: { build: ({ close, open }) => engine.greaterOrEqual(close, open), ...position },
  less: { build: ({ close, open }) => engine.less(close, open), ...position },
  lessOrEqual: { build: ({ close, open }) => engine.lessOrEqual(close, open), ...position },
  equal: { build: ({ close, open }) => engine.equal(close, open), ...position },
  notEqual: { build: ({ close, open }) => engine.notEqual(close, open), ...position },
  and: { build: ({ close, open }) => engine.and(close.greater(open), open.greater(99)) },
  or: { build: ({ close, open }) => engine.or(close.greater(open), open.greater(99)) },
  not: { build: ({ close, open }) => engine.not(close.greater(open)), ...position },
  where: { build: ({ close, open }) => engine.where(close.greater(open), close, open), ...raised },
  barsSince: { build: ({ low, volume }) => engine.barsSince(volume.greater(300).or(low.greater(0))) },
  crossover: { build: ({ close, open }) => engine.crossover(close, open), ...position },
  crossAbove: { build: ({ close, open }) => engine.crossAbove(close, open), ...position },
  crossBelow: { build: ({ close, open }) => engine.crossBelow(close, open), ...position },

  rollingSum: { build: ({ close }) => engine.rollingSum(close, 7), scale: 'linear' },
  cumulativeSum: { build: ({ close }) => engine.cumulativeSum(close), scale: 'linear' },
  variance: { build: ({ close }) => engine.variance(close, 7), scale: 'square', shift: 'invariant' },
  stdev: { build: ({ close }) => engine.stdev(close, 7), ...spread },
  zScore: { build: ({ close }) => engine.zScore(close, 7), ...position },
  highest: { build: ({ close }) => engine.highest(close, 7), ...raised },
  lowest: { build: ({ close }) => engine.lowest(close, 7), ...raised },
  argmax: { build: ({ close }) => engine.argmax(close, 7), ...position },
  argmin: { build: ({ close }) => engine.argmin(close, 7), ...position },
  lag: { build: ({ close }) => engine.lag(close, 3), ...raised },
  diff: { build: ({ close }) => engine.diff(close, 3), ...spread },
  momentum: { build: ({ close }) => engine.momentum(close), ...spread },
  simpleReturn: { build: ({ close }) => engine.simpleReturn(close, 3), ...ratio },
  logReturn: { build: ({ close }) => engine.logReturn(close, 3), ...ratio },
  rateOfChange: { build: ({ close }) => engine.rateOfChange(close, 3), ...ratio },
  quantile: { build: ({ close }) => engine.quantile(close, 8, 0.3), ...raised },
  median: { build: ({ close }) => engine.median(close, 7), ...raised },
  percentileRank: { build: ({ close }) => engine.percentileRank(close, 7), ...position },
  skew: { build: ({ close }) => engine.skew(close, 7), ...position },
  kurtosis: { build: ({ close }) => engine.kurtosis(close, 7), ...position },
  covariance: { build: ({ close, high }) => engine.covariance(close, high, 7), scale: 'square', shift: 'invariant' },
  correlation: { build: ({ close, high }) => engine.correlation(close, high, 7), ...position },
  beta: { build: ({ close, high }) => engine.beta(close, high, 7), ...position },
  linearRegression: {
    build({ close }) {
      const { slope, intercept, value } = engine.linearRegression(close, 7)
      return { slope: slope.plus(intercept), intercept, value }
    },
    ...raised,
  },
  angle: { build: ({ close }) => engine.angle(close, 7), shift: 'invariant' },

  sma: { build: ({ close }) => engine.sma(close, 7), ...raised },
  ema: {
    build: ({ close }) => ({ recursive: engine.ema(close, 7), window: engine.ema(close, 7, { method: 'window' }) }),
    ...raised,
  },
  rma: { build: ({ close }) => engine.rma(close, 7), ...raised },
  wma: { build: ({ close }) => engine.wma(close, 7), ...raised },
  dema: { build: ({ close }) => engine.dema(close, 5), ...raised },
  tema: { build: ({ close }) => engine.tema(close, 5), ...raised },
  hma: { build: ({ close }) => engine.hma(close, 9), ...raised },
  zlema: { build: ({ close }) => engine.zlema(close, 7), ...raised },
  kama: { build: ({ close }) => engine.kama(close, 7), ...raised },
  vwma: { build: ({ close, volume }) => engine.vwma(close, volume, 7), ...raised },

  rsi: {
    build: ({ close }) => ({ wilder: engine.rsi(close, 7), window: engine.rsi(close, 7, { method: 'window' }) }),
    ...position,
  },
  typicalPrice: { build: (bars) => engine.typicalPrice(bars), ...raised },
  trueRange: { build: (bars) => engine.trueRange(bars), ...spread },
  atr: {
    build: (bars) => ({ wilder: engine.atr(bars), window: engine.atr(bars, 14, { method: 'window' }) }),
    ...spread,
  },
  macd: { build: ({ close }) => engine.macd(close), ...spread },
  ppo: { build: ({ close }) => engine.ppo(close, { fast: 5, slow: 9, signal: 4 }), ...ratio },
  trix: { build: ({ close }) => engine.trix(close, 6), ...ratio },
  di: { build: (bars) => engine.di(bars), ...position },
  adx: { build: (bars) => engine.adx(bars), ...position },
  aroon: { build: (bars) => engine.aroon(bars), ...position },
  cci: { build: (bars) => engine.cci(bars), ...position },
  cmo: { build: ({ close }) => engine.cmo(close), ...position },
  mfi: { build: (bars) => engine.mfi(bars), ...ratio },
  ultimate: { build: (bars) => engine.ultimate(bars), ...position },
  stochastic: { build: (bars) => engine.stochastic(bars), ...position },
  stochRsi: {
    build({ close }) {
      const { k, d } = engine.stochRsi(close)
      return { k, d, window: engine.stochRsi(close, { smooth: 1, method: 'window' }).k }
    },
    ...position,
  },
  williamsR: { build: (bars) => engine.williamsR(bars), ...position },
  kdj: { build: (bars) => engine.kdj(bars), ...position },
  bollingerBands: { build: ({ close }) => engine.bollingerBands(close), ...raised },
  keltnerChannel: {
    build(bars) {
      const { mid, upper, lower } = engine.keltnerChannel(bars)
      return { mid, upper, lower, window: engine.keltnerChannel(bars, { method: 'window' }).upper }
    },
    ...raised,
  },
  donchian: { build: (bars) => engine.donchian(bars), ...raised },
  chandelierExit: {
    build(bars) {
      const { long, short } = engine.chandelierExit(bars)
      return { long, short, window: engine.chandelierExit(bars, { method: 'window' }).long }
    },
    ...raised,
  },
  supertrend: {
    build(bars) {
      const { value, direction, upper, lower } = engine.supertrend(bars)
      const window = engine.supertrend(bars, { method: 'window' }).value
      return { value, upper, lower, window, turned: direction.greater(0).where(lower, upper) }
    },
    ...raised,
  },
  ichimokuCloud: { build: (bars) => engine.ichimokuCloud(bars), ...raised },
  parabolicSar: {
    build(bars) {
      const { value, direction } = engine.parabolicSar(bars)
      return { value, direction: direction.greater(0).where(bars.high, bars.low) }
    },
    ...raised,
  },
  heikinAshi: { build: (bars) => engine.heikinAshi(bars), ...raised },
  pivotPoints: { build: (bars) => engine.pivotPoints(bars), ...raised },
  kalmanTrend: { build: ({ close }) => engine.kalmanTrend(close), ...raised },
  obv: {
    build: (bars) => ({ all: engine.obv(bars), window: engine.obv(bars, { window: 9 }) }),
    ...position,
  },
  vwap: { build: ({ close, volume }) => engine.vwap(close, volume, 7), ...raised },
  anchoredVwap: {
    build: ({ close, volume, low }) => engine.anchoredVwap(close, volume.plus(1), low.greater(0)),
    ...raised,
  },
  twap: { build: ({ close }) => engine.twap(close, 7), ...raised },
  volatility: { build: ({ close }) => engine.volatility(close), ...ratio },
  sessionStart: {
    build: ({ close }) => ({ days: engine.sessionStart(close), pauses: engine.sessionStart(close, { pause: '2h' }) }),
    ...position,
  },
  since: {
    build({ close }) {
      const of = (aggregate: engine.Aggregate) => engine.since(close, engine.sessionStart(close), aggregate)
      return { first: of('first'), last: of('last'), highest: of('highest'), lowest: of('lowest'), mean: of('mean') }
    },
    ...raised,
  },
  beforeStart: { build: ({ close, volume }) => engine.beforeStart(close, volume.greaterOrEqual(0)), ...raised },
  sessionBars: {
    build(bars) {
      const { open, high, low, close } = engine.sessionBars(bars, engine.sessionStart(bars.close))
      return { open, high, low, close }
    },
    ...raised,
  },
  previousSessionBars: {
    build(bars) {
      const { open, high, low, close } = engine.previousSessionBars(bars, bars.volume.greaterOrEqual(0))
      return { open, high, low, close }
    },
    ...raised,
  },
  crossSectionalRank: {
    build: ({ open, high, close }) => Object.fromEntries(engine.crossSectionalRank([open, high, close]).entries()),
    ...position,
  },
  crossSectionalZScore: {
    build: ({ open, high, close }) => Object.fromEntries(engine.crossSectionalZScore([open, high, close]).entries()),
    ...position,
  },
  depth: { build: (bars) => engine.depth(bookOf(bars)), scale: 'linear' },
  depthChange: { build: (bars) => engine.depthChange(bookOf(bars)), ...spread },
  depthSlope: { build: (bars) => engine.depthSlope([bars.close, bars.high]), scale: 'linear' },
  gapDepthWeightedSum: { build: (bars) => engine.gapDepthWeightedSum(bookOf(bars)), scale: 'linear' },
  orderBookImbalance: { build: (bars) => engine.orderBookImbalance(bookOf(bars)), ...ratio },
  executionImbalance: { build: ({ close, open }) => engine.executionImbalance(close, open), ...ratio },
  orderFlowImbalance: { build: (bars) => engine.orderFlowImbalance(quoteOf(bars)), ...position },
  logisticOrderBookWeight: {
    build: (bars) => engine.logisticOrderBookWeight(engine.orderBookImbalance(bookOf(bars))),
    ...ratio,
  },
  microprice: { build: (bars) => engine.microprice(quoteOf(bars)), ...raised },
  micropriceImbalance: {
    build: (bars) => ({ microprice: engine.micropriceImbalance(bookOf(bars)).microprice }),
    scale: 'linear',
  },
  mixedPrice: { build: (bars) => engine.mixedPrice(quoteOf(bars), 0.3), ...raised },
  spreadZScore: { build: (bars) => engine.spreadZScore(quoteOf(bars), 9), ...position },
  priorityIndex: { build: ({ low, high }) => engine.priorityIndex(low, high), ...ratio },
  conditionalEntryFilter: {
    build: ({ close, open, high, low }) =>
      engine.conditionalEntryFilter(
        { microprice: close, imbalance: engine.executionImbalance(close, open), priority: low.dividedBy(high) },
        { imbalance: 0.01 },
      ),
    ...ratio,
  },
  impact: {
    build: ({ volume, close, open }) =>
      engine.impact({ volume: volume.plus(1), meanVolume: close, depth: open }, { beta: -0.5 }),
    ...ratio,
  },
  resiliency: {
    build: ({ close, open }) =>
      engine.resiliency({ impact: close.dividedBy(open), volatility: close, imbalanceChange: open.minus(close) }),
  },
  hazardRate: { build: ({ close, open }) => engine.hazardRate(close, open), ...ratio },
  volumeFeatures: { build: ({ close }) => ({ mean: engine.volumeFeatures(close, 9).mean }), ...raised },
  thresholdSignal: {
    build: ({ close, open }) => engine.thresholdSignal(close.minus(open)),
    shift: 'invariant',
  },
  obiRegime: { build: ({ close, open }) => engine.obiRegime(close.minus(open), { window: 9 }), shift: 'invariant' },
  equityLinearity: {
    build({ close }) {
      const { r2, straightness, monotonicity, newHighs, score } = engine.equityLinearity(close, 9)
      return { r2, straightness, monotonicity, newHighs, score }
    },
    ...position,
  },
  equityLinearityV2: {
    build({ close }) {
      const { r2, rho, t, variationRatio, underWater, drawdownRatio, score } = engine.equityLinearityV2(close, 9)
      return { r2, rho, t, variationRatio, underWater, drawdownRatio, score }
    },
    ...position,
  },
  acceptablePriceBand: {
    build({ close }) {
      const { mid, upper, lower } = engine.acceptablePriceBand(close)
      return { mid, upper, lower }
    },
    ...raised,
  },
  forwardReturn: { build: ({ close }) => engine.forwardReturn(close, 4), ...ratio },
  tripleBarrier: {
    build: ({ close }) => engine.tripleBarrier(close, { maxBars: 6, profitTarget: 0.02, stopLoss: 0.01 }),
    ...ratio,
  },
  metaLabel: {
    build: ({ close, open }) =>
      engine.metaLabel(close, { maxBars: 6, profitTarget: 0.02, filtered: close.greater(open) }),
    ...ratio,
  },
  roughVolatility: { build: ({ close }) => engine.roughVolatility(close), ...ratio },
}

interface Sampled {
  /** The operator, and the output where it has several. */
  readonly name: string
  readonly series: Series<Timing>
}

const samples = Object.entries(operatorSamples).map(([name, sample]) => {
  const built = sample.build(price)
  const outputs: readonly Sampled[] = isSeriesRef(built)
    ? [{ name, series: built }]
    : Object.entries(built).map(([output, series]) => ({ name: `${name}.${output}`, series }))
  return { name, sample, outputs }
})
const all = samples.flatMap(({ outputs }) => outputs)

type Columns = ReadonlyMap<string, ArrayLike<number>>

function columnar(data: BarColumns): Columns {
  const nodes = all.map(({ series }) => series.node)
  const result = evaluateColumnar(nodes, [data])
  return new Map(all.map(({ name, series }) => [name, result.column(series)]))
}

function streaming(data: BarColumns): Columns {
  const columns = runStreaming(
    all.map(({ series }) => series),
    data,
  )
  return new Map(all.map(({ name }, place) => [name, columns[place]!]))
}

type Values = Readonly<Record<'open' | 'high' | 'low' | 'close' | 'volume', number>>

function valuesAt({ open, high, low, close, volume }: BarColumns, index: number): Values {
  return {
    open: open[index]!,
    high: high[index]!,
    low: low[index]!,
    close: close[index]!,
    volume: volume[index]!,
  }
}

function changed(data: BarColumns, change: (values: Values, index: number) => Values): BarColumns {
  const bars = Array.from({ length: data.length }, (_, index) => ({
    openTimeMs: data.openTimeMs[index]!,
    ...change(valuesAt(data, index), index),
  }))
  return barColumnsOf({ instrument: data.instrument, intervalMs: data.intervalMs }, bars)
}

const gap: Values = { open: NaN, high: NaN, low: NaN, close: NaN, volume: NaN }
const prices =
  (rule: (price: number) => number) =>
  ({ open, high, low, close, volume }: Values): Values => ({
    open: rule(open),
    high: rule(high),
    low: rule(low),
    close: rule(close),
    volume,
  })

const whole = walk(700)
const gapAt = 350
// Gaps of one bar and of many, equal prices in a row, no volume for a while.
const ragged = changed(walk(700, 7), (values, index) => {
  if (index % 97 === 50 || (index > 300 && index < 310)) return gap
  if (index > 400 && index < 460) return { open: 50, high: 50, low: 50, close: 50, volume: 0 }
  if (index > 500 && index < 560) return prices((value) => Math.round(value / 5) * 5)(values)
  return values
})

const plain = columnar(whole)
const broken = columnar(changed(whole, (values, index) => (index === gapAt ? gap : values)))
const scaled = columnar(
  changed(
    whole,
    prices((value) => value * 8),
  ),
)
const shifted = columnar(
  changed(
    whole,
    prices((value) => value + 1000),
  ),
)
const raggedColumns = columnar(ragged)
const raggedSteps = streaming(ragged)

function differences(name: string, seen: Columns, expected: (value: number) => number): readonly string[] {
  return Array.from(plain.get(name)!).flatMap((value, index) => {
    const wanted = expected(value)
    const found = seen.get(name)![index]!
    const isNear = Math.abs(found - wanted) <= 1e-7 * Math.max(1, Math.abs(wanted))
    return isNear || (Number.isNaN(found) && Number.isNaN(wanted)) ? [] : [`bar ${index}: ${found}, not ${wanted}`]
  })
}

test('every operator of the engine has a sample', () => {
  const index = readFileSync(join(import.meta.dirname, '../index.ts'), 'utf8')
  const exported = [...index.matchAll(/export \{([^}]*)\} from '\.\/operators\//g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  )
  const builders = exported.filter((name) => name !== '' && !name.startsWith('type '))
  expect(Object.keys(operatorSamples).toSorted()).toEqual(builders.toSorted())
})

test('every kernel can be found by its code hash, so that other threads run it', () => {
  const foreign = collectGraph(all.map(({ series }) => series.node)).filter((node) => !isPortable(node))
  expect(foreign.map(({ nodeType }) => nodeType)).toEqual([])
})

test('every operator passes the checks of a submission', () => {
  const dag = serializeGraph(
    all.map(({ series }) => series.node),
    { name: 'all', version: '1' },
  )
  expect(validateDag(JSON.parse(JSON.stringify(dag)), { maxNodes: dag.nodes.length }).warnings).toEqual([])
})

const scales = { linear: 8, square: 64, invariant: 1 } as const
const shifts = { raised: 1000, invariant: 0 } as const

for (const { name, sample, outputs } of samples) {
  describe(name, () => {
    test('gives the same bits bar by bar as in columns, over gaps, flat stretches and ties', () => {
      for (const { name: output } of outputs) expect(raggedSteps.get(output)).toEqual(raggedColumns.get(output))
    })

    test('has its first value on the bar that its warm-up names, and one on every bar after it', () => {
      for (const { name: output, series } of outputs) {
        const values = Array.from(plain.get(output)!)
        const first = values.findIndex((value) => !Number.isNaN(value))
        expect([output, first]).toEqual([output, warmupOf(series.node)])
        expect(values.slice(first).filter(Number.isNaN)).toEqual([])
      }
    })

    test('recovers from a gap within its warm-up, and its value was not touched before it', () => {
      for (const { name: output, series } of outputs) {
        const values = broken.get(output)!
        const back = gapAt + 1 + warmupOf(series.node)
        expect(Array.from(values).slice(0, gapAt)).toEqual(Array.from(plain.get(output)!).slice(0, gapAt))
        expect(Array.from(values).slice(back).filter(Number.isNaN)).toEqual([])
      }
    })

    const { scale, shift } = sample
    if (scale !== undefined) {
      test(`is ${scale} in the scale of prices`, () => {
        for (const { name: output } of outputs)
          expect(differences(output, scaled, (value) => value * scales[scale])).toEqual([])
      })
    }
    if (shift !== undefined) {
      test(`is ${shift} by a shift of prices`, () => {
        for (const { name: output } of outputs)
          expect(differences(output, shifted, (value) => value + shifts[shift])).toEqual([])
      })
    }
  })
}
