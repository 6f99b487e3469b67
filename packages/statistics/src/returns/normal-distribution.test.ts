import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalCdf, normalQuantile } from './normal-distribution.ts'

describe('the normal distribution', () => {
  // Abramowitz and Stegun, Handbook of Mathematical Functions, tables 26.1 and 26.2.
  for (const [x, probability] of [
    [0, 0.5],
    [0.5, 0.691462461274013],
    [1, 0.841344746068543],
    [1.96, 0.97500210485178],
    [3, 0.99865010196837],
    [-2, 0.022750131948179],
  ] as const) {
    test(`Φ(${x}) is ${probability}`, () => expect(normalCdf(x)).toBeCloseTo(probability, 14))
  }

  test('its tails end at 0 and 1, and what is no number has none', () => {
    expect([-Infinity, -9, 9, Infinity].map(normalCdf)).toEqual([0, 0, 1, 1])
    expect(normalCdf(Number.NaN)).toBeNaN()
  })

  test('the quantile is the inverse of the probability', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12)
    expect(normalQuantile(0.05)).toBeCloseTo(-1.644853626951473, 12)
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (x) => {
        expect(normalQuantile(normalCdf(x))).toBeCloseTo(x, 8)
      }),
    )
  })
})
