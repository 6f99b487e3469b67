import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Series } from '../../graph/node-spec.ts'
import { price, run } from '../../testing/run-series.ts'
import { equityLinearity, equityLinearityV2 } from './equity-linearity.ts'

const x = price.close

function lastOf<Name extends string>(outputs: Readonly<Record<Name, Series>>, close: readonly number[]) {
  const values = Object.entries<Series>(outputs).map(([name, series]) => [name, run(series, { close }).at(-1)!])
  return Object.fromEntries(values) as Record<Name, number>
}

const first = (close: readonly number[]) => lastOf(equityLinearity(x, close.length), close)
const second = (close: readonly number[]) => lastOf(equityLinearityV2(x, close.length), close)

describe('the linearity of a curve', () => {
  test('is 1 for a line that rises, and 0 for one that falls', () => {
    const rising = first([0, 1, 2, 3, 4, 5])
    expect(rising).toMatchObject({ monotonicity: 1, newHighs: 1, netGain: 5 })
    for (const part of ['r2', 'straightness', 'score'] as const) expect(rising[part]).toBeCloseTo(1, 12)
    expect(first([5, 4, 3, 2])).toMatchObject({ r2: 0, monotonicity: 0, newHighs: 0.25, netGain: -3, score: 0 })
    expect(second([0, 1, 2, 3, 4, 5])).toMatchObject({ rho: 1, variationRatio: 1, underWater: 0, drawdownRatio: 0 })
    expect(second([0, 1, 2, 3, 4, 5]).score).toBeCloseTo(1, 9)
    expect(second([5, 4, 3, 2]).score).toBe(0)
  })

  test('is 0 of a flat one', () => {
    expect(first([2, 2, 2])).toMatchObject({ r2: 0, straightness: 0, monotonicity: 0, netGain: 0, score: 0 })
    expect(second([2, 2, 2])).toMatchObject({ r2: 0, rho: 0, variationRatio: 0, score: 0 })
  })

  test('tells a line from a zigzag and from a jump after a flat stretch', () => {
    const jump = [...Array.from({ length: 50 }, () => 0), 1]
    expect(second(jump).underWater).toBeGreaterThan(0.8)
    expect(second(jump).score).toBeLessThan(0.2)
    const zigzag = second([0, 1, 0, 2, 1, 3])
    expect(zigzag.variationRatio).toBeCloseTo(3 / 7, 12)
    expect(zigzag.underWater).toBeCloseTo(1 / 3, 12)
    expect(zigzag.drawdownRatio).toBeCloseTo(1 / 3, 8)
    expect(first([0, 1, 0, 2, 1, 3]).monotonicity).toBe(0.6)
  })

  test('has the variation ratio of every fifth and twentieth value too', () => {
    const curve = Array.from({ length: 45 }, (_, index) => (index % 5 === 0 ? index : index - 8))
    const way = (step: number): number => {
      const seen = curve.filter((_, index) => index % step === 0 || index === curve.length - 1)
      return seen.slice(1).reduce((sum, value, index) => sum + Math.abs(value - seen[index]!), 0)
    }
    const net = curve.at(-1)! - curve[0]!
    const expected = Math.cbrt((net / way(1)) * (net / way(5)) * (net / way(20)))
    expect(second(curve).variationRatio).toBeCloseTo(expected, 12)
  })

  test('has the parts of the definition', () => {
    const length = { minLength: 4, maxLength: 12 }
    const tied = fc.array(fc.integer({ min: 0, max: 9 }), length)
    const curve = fc.oneof(tied, fc.uniqueArray(fc.integer({ min: 0, max: 99 }), length))
    fc.assert(
      fc.property(curve, (values) => {
        const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length
        const joint = (as: readonly number[], bs: readonly number[]): number =>
          mean(as.map((a, index) => (a - mean(as)) * (bs[index]! - mean(bs))))
        const times = values.map((_, index) => index)
        const ranks = values.map(
          (value) =>
            values.filter((other) => other < value).length + values.filter((other) => other === value).length / 2,
        )
        const correlation = (as: readonly number[], bs: readonly number[]): number =>
          new Set(as).size === 1 ? 0 : joint(as, bs) / Math.sqrt(joint(as, as) * joint(bs, bs))
        const r = correlation(values, times)
        const seen = second(values)
        expect(seen.rho).toBeCloseTo(correlation(ranks, times), 9)
        expect(seen.r2).toBeCloseTo(r > 0 ? r * r : 0, 9)
        const isLine = 1 - r * r < 1e-9
        if (!isLine) expect(seen.t).toBeCloseTo((r * Math.sqrt(values.length - 2)) / Math.sqrt(1 - r * r), 6)
        const trend = Math.sqrt(seen.r2 * Math.max(0, seen.rho))
        const parts = [trend, seen.variationRatio, 1 - seen.underWater, 1 / (1 + seen.drawdownRatio)]
        const score = 4 / parts.reduce((sum, part) => sum + 1 / Math.max(1e-10, part), 0)
        expect(seen.score).toBeCloseTo(seen.netGain > 0 ? score : 0, 9)
      }),
    )
  })
})
