import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluateColumnar } from '../evaluate/evaluate-columnar.ts'
import { warmupOf } from '../graph/collect-graph.ts'
import type { Series } from '../graph/node-spec.ts'
import { price, run as runColumns } from '../testing/run-series.ts'
import { dema, ema, rma, tema } from './averages/ema.ts'
import { kama } from './averages/kama.ts'
import { sma } from './averages/sma.ts'
import { vwma } from './averages/vwma.ts'
import { hma, wma } from './averages/wma.ts'
import { zlema } from './averages/zlema.ts'
import { rsi } from './indicators/rsi.ts'
import { diff, lag, logReturn, momentum, rateOfChange, simpleReturn } from './rolling/change.ts'
import { beta, correlation, covariance } from './rolling/dependence.ts'
import { stdev, variance, zScore } from './rolling/deviation.ts'
import { argmax, argmin, highest, lowest } from './rolling/extremes.ts'
import { angle, linearRegression } from './rolling/linear-regression.ts'
import { median, percentileRank, quantile } from './rolling/quantiles.ts'
import { cumulativeSum, rollingSum } from './rolling/rolling-sum.ts'
import { kurtosis, skew } from './rolling/shape.ts'

const run = (series: Series, close: ArrayLike<number>): number[] => runColumns(series, { close })

type Windowed = (x: Series, window: number) => Series
type Definition = (values: readonly number[], window: number) => number

const mean: Definition = (values) => values.reduce((sum, value) => sum + value, 0) / values.length

const last = (values: readonly number[], window: number): readonly number[] => values.slice(-window)
const moment = (values: readonly number[], power: number): number => {
  const centre = mean(values, 0)
  return mean(
    values.map((value) => (value - centre) ** power),
    0,
  )
}
const smooth = (values: readonly number[], window: number, weight: number): number =>
  values
    .slice(window)
    .reduce((previous, value) => previous + weight * (value - previous), mean(values.slice(0, window), window))
const emaOf: Definition = (values, window) => smooth(values, window, 2 / (window + 1))
const wmaOf: Definition = (values, window) =>
  last(values, window).reduce((sum, value, index) => sum + value * (index + 1), 0) / ((window * (window + 1)) / 2)
/** The definition on every bar from its first value on. */
const onEach = (values: readonly number[], window: number, define: Definition): readonly number[] =>
  values.slice(window - 1).map((_, index) => define(values.slice(0, window + index), window))
const quantileOf = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const place = q * (sorted.length - 1)
  const below = sorted[Math.floor(place)]!
  return below + (place % 1) * (sorted[Math.ceil(place)]! - below)
}
const own = (window: number): number => window
const oneMore = (window: number): number => window + 1

interface Defined {
  readonly build: Windowed
  readonly period: (window: number) => number
  readonly define: Definition
}

// Each definition sees the values since the last NaN, at least `period` of them.
const definitions: Readonly<Record<string, Defined>> = {
  sma: { build: sma, period: own, define: (values, window) => mean(last(values, window), window) },
  rollingSum: { build: rollingSum, period: own, define: (values, window) => mean(last(values, window), 0) * window },
  highest: { build: highest, period: own, define: (values, window) => Math.max(...last(values, window)) },
  lowest: { build: lowest, period: own, define: (values, window) => Math.min(...last(values, window)) },
  argmax: {
    build: argmax,
    period: own,
    define: (values, window) => window - 1 - last(values, window).lastIndexOf(Math.max(...last(values, window))),
  },
  argmin: {
    build: argmin,
    period: own,
    define: (values, window) => window - 1 - last(values, window).lastIndexOf(Math.min(...last(values, window))),
  },
  variance: { build: variance, period: own, define: (values, window) => moment(last(values, window), 2) },
  stdev: { build: stdev, period: own, define: (values, window) => Math.sqrt(moment(last(values, window), 2)) },
  median: { build: median, period: own, define: (values, window) => quantileOf(last(values, window), 0.5) },
  quantile: {
    build: (x, window) => quantile(x, window, 0.2),
    period: own,
    define: (values, window) => quantileOf(last(values, window), 0.2),
  },
  percentileRank: {
    build: percentileRank,
    period: oneMore,
    define: (values, window) =>
      (100 * last(values, window + 1).filter((value, index) => index < window && value <= values.at(-1)!).length) /
      window,
  },
  wma: { build: wma, period: own, define: wmaOf },
  ema: { build: (x, window) => ema(x, window), period: own, define: emaOf },
  windowEma: {
    build: (x, window) => ema(x, window, { method: 'window' }),
    period: own,
    define: (values, window) => smooth(last(values, window), 1, 2 / (window + 1)),
  },
  rma: { build: rma, period: own, define: (values, window) => smooth(values, window, 1 / window) },
  dema: {
    build: dema,
    period: (window) => 2 * window - 1,
    define(values, window) {
      const first = onEach(values, window, emaOf)
      return 2 * first.at(-1)! - emaOf(first, window)
    },
  },
  tema: {
    build: tema,
    period: (window) => 3 * window - 2,
    define(values, window) {
      const first = onEach(values, window, emaOf)
      const second = onEach(first, window, emaOf)
      return 3 * first.at(-1)! - 3 * second.at(-1)! + emaOf(second, window)
    },
  },
  hma: {
    build: hma,
    period: (window) => window + Math.floor(Math.sqrt(window)) - 1,
    define(values, window) {
      const raw = onEach(values, window, (seen) => 2 * wmaOf(seen, Math.floor(window / 2)) - wmaOf(seen, window))
      return wmaOf(raw, Math.floor(Math.sqrt(window)))
    },
  },
  zlema: {
    build: zlema,
    period: (window) => window + Math.floor((window - 1) / 2),
    define(values, window) {
      const bars = Math.floor((window - 1) / 2)
      return emaOf(
        values.slice(bars).map((value, index) => 2 * value - values[index]!),
        window,
      )
    },
  },
  kama: {
    build: kama,
    period: oneMore,
    define: (values, window) =>
      values.slice(window).reduce(
        (previous, value, index) => {
          const path = values
            .slice(index + 1, index + window + 1)
            .map((next, at) => Math.abs(next - values[index + at]!))
          const length = mean(path, 0) * window
          const efficiency = length > 0 ? Math.abs(value - values[index]!) / length : 1
          return previous + (efficiency * (2 / 3 - 2 / 31) + 2 / 31) ** 2 * (value - previous)
        },
        values[window - 1]!,
      ),
  },
  rsi: {
    build: rsi,
    period: oneMore,
    define: (values, window) => {
      const changes = values.slice(1).map((value, index) => value - values[index]!)
      const parts = (sign: number): number =>
        smooth(
          changes.map((change) => Math.max(sign * change, 0)),
          window,
          1 / window,
        )
      const [gain, loss] = [parts(1), parts(-1)]
      return loss === 0 ? 100 : 100 - 100 / (1 + gain / loss)
    },
  },
}

const anyValue = fc.oneof(
  { weight: 10, arbitrary: fc.double({ min: 0.01, max: 1e5, noNaN: true }) },
  { weight: 4, arbitrary: fc.constantFrom(1, 2, 3) },
  { weight: 1, arbitrary: fc.constant(NaN) },
)
const anyValues = fc.array(anyValue, { maxLength: 80, size: 'max' })

function expectNear(seen: number, expected: number, tolerance: number): void {
  const bound = Math.max(tolerance, 1e-9 * Math.abs(expected))
  if (!(Math.abs(seen - expected) <= bound)) expect(seen).toBe(expected)
}

for (const [name, { build, period, define }] of Object.entries(definitions)) {
  describe(name, () => {
    test('is its definition on every bar, NaN until its window is full and after a gap until it is full again', () => {
      fc.assert(
        fc.property(anyValues, fc.integer({ min: 2, max: 12 }), (values, window) => {
          const seen = run(build(price.close, window), values)
          values.forEach((_, index) => {
            const known = values.slice(values.slice(0, index + 1).findLastIndex(Number.isNaN) + 1, index + 1)
            if (known.length < period(window)) expect(seen[index]).toBeNaN()
            else expectNear(seen[index]!, define(known, window), 1e-9 * Math.max(1, ...known.map(Math.abs)))
          })
        }),
      )
    })

    test('has its first value on the bar that its warm-up names', () => {
      const series = build(price.close, 5)
      const values = run(
        series,
        Array.from({ length: 20 }, (_, index) => 1 + (index % 3)),
      )
      expect(values.findIndex((value) => !Number.isNaN(value))).toBe(warmupOf(series.node))
      expect(warmupOf(series.node)).toBe(period(5) - 1)
    })
  })
}

// Each definition sees the last `window` pairs, without NaN among them.
type PairDefinition = (xs: readonly number[], ys: readonly number[]) => number
const joint: PairDefinition = (xs, ys) =>
  mean(
    xs.map((x, index) => (x - mean(xs, 0)) * (ys[index]! - mean(ys, 0))),
    0,
  )
const line: PairDefinition = (xs) => {
  const places = xs.map((_, index) => index)
  return joint(places, xs) / moment(places, 2)
}
const atStart: PairDefinition = (xs, ys) => mean(xs, 0) - (line(xs, ys) * (xs.length - 1)) / 2
const isFlat = (values: readonly number[]): boolean => new Set(values).size === 1

const ofPairs: Readonly<Record<string, readonly [build: Windowed, define: PairDefinition]>> = {
  covariance: [(x, window) => covariance(x, price.open, window), joint],
  correlation: [
    (x, window) => correlation(x, price.open, window),
    (xs, ys) => (isFlat(xs) || isFlat(ys) ? NaN : joint(xs, ys) / Math.sqrt(moment(xs, 2) * moment(ys, 2))),
  ],
  beta: [(x, window) => beta(x, price.open, window), (xs, ys) => (isFlat(ys) ? NaN : joint(xs, ys) / moment(ys, 2))],
  vwma: [
    (x, window) => vwma(x, price.open, window),
    (xs, ys) =>
      mean(
        xs.map((x, index) => x * ys[index]!),
        0,
      ) / mean(ys, 0),
  ],
  zScore: [zScore, (xs) => (isFlat(xs) ? NaN : (xs.at(-1)! - mean(xs, 0)) / Math.sqrt(moment(xs, 2)))],
  skew: [skew, (xs) => (isFlat(xs) ? NaN : moment(xs, 3) / moment(xs, 2) ** 1.5)],
  kurtosis: [kurtosis, (xs) => (isFlat(xs) ? NaN : moment(xs, 4) / moment(xs, 2) ** 2 - 3)],
  'linearRegression.slope': [(x, window) => linearRegression(x, window).slope, line],
  'linearRegression.intercept': [(x, window) => linearRegression(x, window).intercept, atStart],
  'linearRegression.value': [
    (x, window) => linearRegression(x, window).value,
    (xs, ys) => atStart(xs, ys) + line(xs, ys) * (xs.length - 1),
  ],
  'linearRegression.r2': [
    (x, window) => linearRegression(x, window).r2,
    (xs, ys) =>
      isFlat(xs)
        ? NaN
        : (line(xs, ys) ** 2 *
            moment(
              xs.map((_, index) => index),
              2,
            )) /
          moment(xs, 2),
  ],
  angle: [angle, (xs, ys) => (Math.atan(line(xs, ys)) * 180) / Math.PI],
}

// Values on a grid: flat windows are flat, and the others are far from it.
const anyPair = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 6 }))
const anyPairs = fc.array(
  fc.oneof({ weight: 15, arbitrary: anyPair }, { weight: 1, arbitrary: fc.constant([NaN, 1]) }),
  {
    maxLength: 60,
    size: 'max',
  },
)

for (const [name, [build, define]] of Object.entries(ofPairs)) {
  test(`${name} is its definition on every bar, without a value while the window is not full`, () => {
    fc.assert(
      fc.property(anyPairs, fc.integer({ min: 4, max: 9 }), fc.constantFrom(0.1, 1, 3e6), (pairs, window, unit) => {
        const closes = pairs.map(([x = NaN]) => x * unit)
        const opens = pairs.map(([, y = NaN]) => y)
        const series = build(price.close, window)
        const seen = runColumns(series, { close: closes, open: opens })
        pairs.forEach((_, index) => {
          const xs = closes.slice(Math.max(0, index - window + 1), index + 1)
          const ys = opens.slice(Math.max(0, index - window + 1), index + 1)
          const isFull = xs.length === window && !xs.some(Number.isNaN)
          const expected = isFull ? define(xs, ys) : NaN
          if (Number.isNaN(expected)) expect(seen[index]).toBeNaN()
          else expectNear(seen[index]!, expected, 1e-7 * (name.includes('intercept') ? unit : 1))
        })
        expect(warmupOf(series.node)).toBe(window - 1)
      }),
    )
  })
}

test('both orders of a covariance and of a correlation are one node', () => {
  expect(covariance(price.close, price.open, 5).node.id).toBe(covariance(price.open, price.close, 5).node.id)
  expect(correlation(price.close, price.open, 5).node.id).toBe(correlation(price.open, price.close, 5).node.id)
  expect(beta(price.close, price.open, 5).node.id).not.toBe(beta(price.open, price.close, 5).node.id)
})

test('a change is that between two bars, whatever stands between them', () => {
  const values = [4, 2, NaN, 8, 0, -4, 16, 2]
  expect(run(lag(price.close, 2), values)).toEqual([NaN, NaN, 4, 2, NaN, 8, 0, -4])
  expect(run(diff(price.close, 2), values)).toEqual([NaN, NaN, NaN, 6, NaN, -12, 16, 6])
  expect(run(diff(price.close), values)).toEqual([NaN, -2, NaN, NaN, -8, -4, 20, -14])
  expect(run(simpleReturn(price.close), values)).toEqual([NaN, -0.5, NaN, NaN, -1, NaN, -5, -0.875])
  expect(run(rateOfChange(price.close, 1), values)).toEqual([NaN, -50, NaN, NaN, -100, NaN, -500, -87.5])
  const logs = [NaN, Math.log(0.5), NaN, NaN, NaN, NaN, NaN, Math.log(1 / 8)]
  expect(run(logReturn(price.close), values)).toEqual(logs)
  expect(momentum(price.close, 3).node.id).toBe(diff(price.close, 3).node.id)
})

test('a cumulative sum has no value on a gap and goes on after it, without drift', () => {
  expect(run(cumulativeSum(price.close), [1, 2, NaN, 3])).toEqual([1, 3, NaN, 6])
  const values = Array.from(
    { length: 100_000 },
    (_, index) => (index % 2 === 0 ? 0.1 : -0.1) + (index === 7 ? 1e16 : 0),
  )
  // Beside 1e16 the 0.1 of its bar is lost in the input itself.
  expectNear(run(cumulativeSum(price.close), [...values, -1e16]).at(-1)!, 0.1, 1e-12)
})

describe('over 5 million bars', () => {
  const window = 50
  const size = 5_000_000
  const values = new Float64Array(size)
  // A walk over several magnitudes, with jumps that cancel: what drift and cancellation live on.
  for (let index = 0, value = 30_000, draw = 1; index < size; index++) {
    draw = (draw * 48_271) % 2_147_483_647
    value += (draw / 2_147_483_647 - 0.5) * 10
    values[index] = index % 100_000 < 50 ? value * (index % 200_000 < 25 ? -1e6 : 1e6) : value
  }
  const openTimeMs = values.map((_, index) => index * 3_600_000)
  const { instrument, node } = price
  const columns = { instrument, intervalMs: node.intervalMs, length: size, openTimeMs }
  const data = { ...columns, open: values, high: values, low: values, close: values, volume: values }

  /** A sum made anew, with the rounding errors that a plain one would make. */
  const freshSum = (known: readonly number[]): number => {
    let [sum, lost] = [0, 0]
    for (const value of known) {
      const next = sum + value
      lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
      sum = next
    }
    return sum + lost
  }
  const freshVariance = (known: readonly number[]): number => {
    const centre = freshSum(known) / window
    return freshSum(known.map((value) => (value - centre) ** 2)) / window
  }

  const cases: readonly (readonly [name: string, build: Windowed, fresh: (known: readonly number[]) => number])[] = [
    ['rollingSum', rollingSum, freshSum],
    ['sma', sma, (known) => freshSum(known) / window],
    ['wma', wma, (known) => freshSum(known.map((value, index) => value * (index + 1))) / ((window * (window + 1)) / 2)],
    ['variance', variance, freshVariance],
    ['stdev', stdev, (known) => Math.sqrt(freshVariance(known))],
  ]
  for (const [name, build, fresh] of cases) {
    test(`${name} stays within 1e-9 of a fresh one`, () => {
      const series = build(price.close, window)
      const seen = evaluateColumnar([series.node], [data]).column(series)
      const check = (index: number): void => {
        const expected = fresh(Array.from(values.subarray(index - window + 1, index + 1)))
        const difference = Math.abs(seen[index]! - expected)
        // Sums of 1e12 and variances of 1e21 have no digits for 1e-9.
        if (!(difference <= Math.max(1e-9, Math.abs(expected) * 1e-13))) expect(seen[index]).toBe(expected)
      }
      for (let index = window - 1; index < size; index += 99_991) check(index)
      for (let index = size - 100_000; index < size - 99_800; index++) check(index)
      for (let index = size - 500; index < size; index++) check(index)
    })
  }
})

test('a deviation of small values is exact right after a jump, and 0 for equal ones', () => {
  const high = Array.from({ length: 30 }, (_, index) => 1e9 + index * 0.37)
  const small = Array.from({ length: 30 }, (_, index) => 0.1 * (1 + (index % 3)))
  const equal = Array.from({ length: 30 }, () => 0.1)
  const values = [...high, ...small, ...equal]
  const seen = run(stdev(price.close, 7), values)
  for (let index = 36; index < values.length; index++) {
    const last = values.slice(index - 6, index + 1)
    const fresh = new Set(last).size === 1 ? 0 : definitions.stdev!.define(last, 7)
    if (index < 60 || index > 65) expect(Math.abs(seen[index]! - fresh)).toBeLessThanOrEqual(index > 65 ? 0 : 1e-12)
  }
})

test('rsi gives the values of the published example of 14 days', () => {
  const closes = [
    44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328, 45.614,
    46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
  ]
  const values = run(rsi(price.close, 14), closes).slice(14)
  expect(values.map((value) => Number(value.toFixed(2)))).toEqual([70.53, 66.32, 66.55, 69.41, 66.36, 57.97])
})

test('highest and lowest of a window of one are the values themselves', () => {
  expect(run(highest(price.close, 1), [3, 1, NaN, 2])).toEqual([3, 1, NaN, 2])
  expect(run(lowest(price.close, 1), [3, 1, NaN, 2])).toEqual([3, 1, NaN, 2])
})
