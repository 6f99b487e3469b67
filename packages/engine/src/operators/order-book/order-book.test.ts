import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Series } from '../../graph/node-spec.ts'
import { price, run, type TestColumns } from '../../testing/run-series.ts'
import { depth, depthChange, depthSlope, gapDepthWeightedSum } from './depth.ts'
import { executionImbalance, logisticOrderBookWeight, orderBookImbalance, orderFlowImbalance } from './imbalance.ts'
import {
  conditionalEntryFilter,
  microprice,
  micropriceImbalance,
  mixedPrice,
  priorityIndex,
  spreadZScore,
} from './microprice.ts'
import { hazardRate, impact, resiliency, volumeFeatures } from './resiliency.ts'

const { open: bid, high: ask, low: bidSize, close: askSize, volume } = price
const quote = { bid, ask, bidSize, askSize }

function expectNear(series: Series, columns: TestColumns, expected: readonly number[]): void {
  const seen = run(series, columns)
  expected.forEach((value, row) => {
    if (Number.isNaN(value)) expect(seen[row]).toBeNaN()
    else expect(seen[row]).toBeCloseTo(value, 8)
  })
}

// Bid and ask at 100 and 101 with these sizes.
const sizes = { open: [100, 100, 100], high: [101, 101, 101], low: [3, 0, NaN], close: [1, 0, 1] }

describe('of an order book', () => {
  test('the imbalance is the share of the bid less that of the ask, 0 for an empty book', () => {
    const book = { bidSizes: [bidSize], askSizes: [askSize] }
    expectNear(orderBookImbalance(book), sizes, [0.5, 0, NaN])
    expectNear(orderBookImbalance({ bidSizes: [bidSize, volume], askSizes: [askSize, volume] }), sizes, [2 / 6, 0, NaN])
    expectNear(micropriceImbalance({ bids: [bid], asks: [ask], ...book }).imbalance, sizes, [0.5, 0, NaN])
  })

  test('the depth is the sum of the sizes, its change that of both sides', () => {
    const book = { bidSizes: [bidSize, volume], askSizes: [askSize] }
    expectNear(depth(book).bid, sizes, [4, 1, NaN])
    expectNear(depth(book).ask, sizes, [1, 0, 1])
    expectNear(depthChange(book), sizes, [NaN, -4, NaN])
  })

  test('the slope of the depth is that of the line through the cumulative sizes', () => {
    const size = fc.double({ min: 0, max: 1000, noNaN: true })
    fc.assert(
      fc.property(fc.tuple(size, size, size, size, size), fc.integer({ min: 2, max: 5 }), (drawn, levels) => {
        const cumulative = drawn.map((_, index) => drawn.slice(0, index + 1).reduce((sum, each) => sum + each, 0))
        const used = cumulative.slice(0, levels)
        const mean = used.reduce((sum, each) => sum + each, 0) / levels
        const middle = (levels - 1) / 2
        const joint = used.reduce((sum, each, index) => sum + (index - middle) * (each - mean), 0)
        const slope = joint / used.reduce((sum, _, index) => sum + (index - middle) ** 2, 0)
        const [open, high, low, close, last] = drawn
        const columns = { open: [open], high: [high], low: [low], close: [close], volume: [last] }
        const series = depthSlope([bid, ask, bidSize, askSize, volume].slice(0, levels))
        expect(run(series, columns)[0]).toBeCloseTo(slope, 6)
      }),
    )
  })

  test('the gap is weighed by the sizes of its levels', () => {
    const book = { bids: [bid, volume], asks: [ask, ask], bidSizes: [bidSize, askSize], askSizes: [askSize, askSize] }
    expectNear(gapDepthWeightedSum(book), sizes, [(1 * 4 + 100 * 2) / 6, NaN, NaN])
  })

  test('the microprice leans to the side with less size', () => {
    expectNear(microprice(quote), sizes, [100.75, NaN, NaN])
    expectNear(mixedPrice(quote, 0.25), sizes, [100.25, 100.25, 100.25])
    expectNear(mixedPrice(quote, orderBookImbalance({ bidSizes: [bidSize], askSizes: [askSize] })), sizes, [100.5, 100])
  })

  test('the flow is what came to and went from the best quotes', () => {
    const quotes = { open: [10, 11, 11, 9], high: [12, 12, 13, 12], low: [5, 4, 6, 7], close: [8, 9, 3, 2] }
    // Bid up: 4 came; ask stood: 1 came. Bid stood: 2 came; ask up: 9 went. Bid down: 6 went; ask down: 2 came.
    expect(run(orderFlowImbalance(quote), quotes)).toEqual([NaN, 4 - 1, 2 + 9, -6 - 2])
  })

  test('needs levels, and not too many', () => {
    expect(() => orderBookImbalance({ bidSizes: [], askSizes: [askSize] })).toThrow(/bidSizes must be 1 to 100 series/)
    expect(() => depthSlope([bidSize])).toThrow(/sizes must be 2 to 100 series/)
  })
})

test('the executed volumes of both sides give an imbalance, and events of those at risk a hazard', () => {
  const columns = { open: [3, 0, 1], high: [1, 0, NaN] }
  expectNear(executionImbalance(bid, ask), columns, [0.5, NaN, NaN])
  expectNear(hazardRate(bid, ask), columns, [3, NaN, NaN])
})

test('the logistic weight is the logistic function of the imbalance within its bounds', () => {
  const columns = { open: [0, 0.2, -0.2, 5, -5, NaN] }
  const logistic = (x: number): number => 1 / (1 + Math.exp(-5 * x))
  const expected = [0.5, logistic(0.2), logistic(-0.2), logistic(0.9), logistic(-0.9), NaN]
  expectNear(logisticOrderBookWeight(bid), columns, expected)
  const bounded = logisticOrderBookWeight(bid, { floor: 0.4, ceiling: 0.6, offset: 0.2 })
  expectNear(bounded, columns, [0.4, 0.5, 0.4, 0.6, 0.4, NaN])
})

test('the priority is the share of the queue behind, from 0 to 1', () => {
  expectNear(priorityIndex(bid, ask), { open: [0, 1, 8, -1], high: [4, 4, 4, 4] }, [1, 0.75, 0, 1])
})

test('the entry filter passes what is within all bounds', () => {
  const inputs = { microprice: bid, imbalance: ask, priority: bidSize }
  const columns = { open: [100, 100, 100, 99, NaN], high: [0.1, -0.3, 0.1, 0.1, 0.1], low: [0.9, 0.9, 0.4, 0.9, 0.9] }
  expect(run(conditionalEntryFilter(inputs), columns)).toEqual([1, 0, 0, 1, NaN])
  expect(run(conditionalEntryFilter(inputs, { lowest: 99.5 }), columns)).toEqual([1, 0, 0, 0, NaN])
  expect(run(conditionalEntryFilter(inputs, { highest: 99.5 }), columns)).toEqual([0, 0, 0, 1, NaN])
  expect(run(conditionalEntryFilter(inputs, { leastPriority: 0.2 }), columns)).toEqual([1, 0, 1, 1, NaN])
})

test('impact and resiliency are their formulas', () => {
  const columns = { open: [8, 8], high: [2, 0], low: [16, 16], close: [0.5, 0.5] }
  expectNear(impact({ volume: bid, meanVolume: ask, depth: bidSize }), columns, [2 / 4, NaN])
  expectNear(impact({ volume: bid, meanVolume: ask, depth: bidSize }, { beta: 1 }), columns, [2 / 16, NaN])
  const inputs = { impact: askSize, volatility: ask, imbalanceChange: bid }
  expectNear(resiliency(inputs, { gamma: 3 }), columns, [Math.tanh(3) * 8, 0])
})

test('spreads and volumes are judged by their windows', () => {
  const columns = { open: [1, 1, 1], high: [2, 3, 5], volume: [2, 4, 9] }
  expectNear(spreadZScore(quote, 2), columns, [NaN, 1, 1])
  expectNear(volumeFeatures(volume, 2).mean, columns, [NaN, 3, 6.5])
  expectNear(volumeFeatures(volume, 2).deviation, columns, [NaN, 1, 2.5])
})
