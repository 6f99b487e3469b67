import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defineInstrument, sliceBars } from '@qmtl/market'
import { backtestStrategies } from '../adapters/backtest-strategies.ts'
import { createComputePool } from '../adapters/compute-pool.ts'
import { backtestStrategy } from '../backtest/backtest-strategy.ts'
import { positionTarget } from '../graph/position-target.ts'
import { sma } from '../operators/averages/sma.ts'
import { crossover } from '../operators/pointwise/crossing.ts'
import { price, walk } from '../testing/run-series.ts'
import { gridOf } from './parameter-grid.ts'
import { metricOf, rankTrials, trialsAmong } from './rank-trials.ts'
import { summaryOf } from './run-summary.ts'
import { walkForwardFolds } from './walk-forward.ts'
import '../index.ts'

const hourMs = 3_600_000

function target(fast: number, slow: number) {
  const signal = crossover(sma(price.close, fast), sma(price.close, slow))
  return positionTarget({ instrument: price.instrument, signal, long: 1, short: -1 })
}

describe('a grid', () => {
  test('has every combination once, the last axis first to vary', () => {
    const grid = gridOf([
      { name: 'fast', values: [5, 10] },
      { name: 'kind', values: ['a', 'b', 'c'] },
    ])
    expect(grid.map(({ fast, kind }) => `${String(fast)}${String(kind)}`)).toEqual([
      '5a',
      '5b',
      '5c',
      '10a',
      '10b',
      '10c',
    ])
    expect(gridOf([])).toEqual([{}])
  })

  for (const [axes, words] of [
    [
      [
        { name: 'a', values: [1] },
        { name: 'a', values: [2] },
      ],
      "parameter 'a' is given twice",
    ],
    [[{ name: 'a', values: [] }], "parameter 'a' has no values"],
    [
      [
        { name: 'a', values: Array<number>(400).fill(1) },
        { name: 'b', values: Array<number>(400).fill(1) },
      ],
      '160000 combinations',
    ],
  ] as const) {
    test(`is refused where ${words}`, () => expect(() => gridOf(axes)).toThrow(words))
  }
})

describe('folds', () => {
  test('test every bar after the first stretch once, on what was chosen before it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 40, max: 500 }),
        fc.boolean(),
        (folds, bars, isAnchored) => {
          const span = { fromMs: 7 * hourMs, toMs: (7 + bars) * hourMs }
          const training = isAnchored ? 'anchored' : 'rolling'
          const cut = walkForwardFolds(span, { folds, training, intervalMs: hourMs })
          expect(cut).toHaveLength(folds)
          expect(cut.at(-1)?.test.toMs).toBe(span.toMs)
          cut.forEach(({ train, test: tested }, index) => {
            expect(train.toMs).toBe(tested.fromMs)
            expect(tested.fromMs).toBe(index === 0 ? train.toMs : cut[index - 1]!.test.toMs)
            expect(train.fromMs).toBe(isAnchored || index === 0 ? span.fromMs : cut[index - 1]!.test.fromMs)
            expect((tested.toMs - tested.fromMs) % hourMs).toBe(0)
          })
        },
      ),
    )
  })

  test('are refused where none, or too short', () => {
    const span = { fromMs: 0, toMs: 10 * hourMs }
    expect(() => walkForwardFolds(span, { folds: 0, training: 'rolling', intervalMs: hourMs })).toThrow('0 folds')
    expect(() => walkForwardFolds(span, { folds: 9, training: 'rolling', intervalMs: hourMs })).toThrow(
      '9 folds leave 1 bars for each stretch',
    )
  })
})

describe('trials in windows', () => {
  const data = [walk(1200)]
  const terms = { instruments: [defineInstrument(price.instrument)] }

  test('trade the bars of the window alone, with nodes that are warm', async () => {
    const windows = [
      { fromMs: 0, toMs: 600 * hourMs },
      { fromMs: 600 * hourMs, toMs: 1200 * hourMs },
    ]
    const pool = createComputePool({ threads: 1 })
    const strategies = [[target(5, 20)], [target(5, 60)]]
    const { runs } = await backtestStrategies(strategies, data, { ...terms, windows })
    expect((await backtestStrategies(strategies, data, { ...terms, windows, pool })).runs).toStrictEqual(runs)
    await pool.stop()
    const [first, second] = runs[0]!
    const halved = summaryOf(backtestStrategy([target(5, 20)], [sliceBars(data[0]!, 0, 600)], terms))
    expect(first?.statistics).toStrictEqual(halved.statistics)
    expect(first?.orders).toBe(halved.orders)
    const cold = summaryOf(backtestStrategy([target(5, 20)], [sliceBars(data[0]!, 600, 1200)], terms))
    expect(second?.statistics.trades.sample).toBeGreaterThanOrEqual(cold.statistics.trades.sample)
    expect(new Set([first, second, halved, cold].map((run) => run?.fingerprint)).size).toBe(4)
  })

  test('are ranked by the metric, those without a value last, and counted for the deflated Sharpe ratio', async () => {
    const never = positionTarget({ instrument: price.instrument, signal: price.close.minus(1e9), long: 1 })
    const strategies = [[never], [target(5, 20)], [target(10, 40)], [target(20, 90)]]
    const runs = (await backtestStrategies(strategies, data, terms)).runs.map(([run]) => run!)
    const ranked = rankTrials(runs, 'sharpe')
    expect(ranked.at(-1)).toBe(0)
    const values = ranked.slice(0, 3).map((place) => metricOf(runs[place]!, 'sharpe')!)
    expect(values).toEqual(values.toSorted((a, b) => b - a))
    const mean = values.reduce((sum, value) => sum + value, 0) / 3
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2
    expect(trialsAmong(runs)?.count).toBe(3)
    expect(trialsAmong(runs)?.sharpeVariance).toBeCloseTo(variance, 12)
    expect(trialsAmong(runs.slice(0, 2))).toBeUndefined()
    expect(trialsAmong([runs[1]!, runs[1]!])).toBeUndefined()
  })
})
