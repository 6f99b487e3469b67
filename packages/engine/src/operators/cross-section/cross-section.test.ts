import fc from 'fast-check'
import { expect, test } from 'vitest'
import { barColumnsOf, type BarColumns } from '@qmtl/market'
import { evaluateColumnar } from '../../evaluate/evaluate-columnar.ts'
import { bars } from '../../graph/bars.ts'
import type { Series } from '../../graph/node-spec.ts'
import { price, run } from '../../testing/run-series.ts'
import { crossSectionalRank, crossSectionalZScore } from './cross-section.ts'

const { open, high, low, close, volume } = price
const universe = [open, high, low, close, volume]
const value = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(NaN))
const anyRows = fc.array(fc.tuple(value, value, value, value, value), { maxLength: 20 })

function columnsOf(rows: readonly (readonly number[])[]) {
  const column = (place: number): number[] => rows.map((row) => row[place] ?? NaN)
  return { open: column(0), high: column(1), low: column(2), close: column(3), volume: column(4) }
}

function expectDefinition(
  build: (members: readonly Series[]) => readonly Series[],
  define: (x: number, known: readonly number[]) => number,
): void {
  fc.assert(
    fc.property(anyRows, (rows) => {
      build(universe).forEach((series, place) => {
        const seen = run(series, columnsOf(rows))
        rows.forEach((row, index) => {
          const x = row[place]!
          const known = row.filter((each) => !Number.isNaN(each))
          const expected = Number.isNaN(x) || known.length < 2 ? NaN : define(x, known)
          if (Number.isNaN(expected)) expect(seen[index]).toBeNaN()
          else expect(seen[index]).toBeCloseTo(expected, 12)
        })
      })
    }),
  )
}

test('a rank is the share of the other members below, equal ones by half', () => {
  expectDefinition(crossSectionalRank, (x, known) => {
    const below = known.filter((each) => each < x).length
    const equal = known.filter((each) => each === x).length - 1
    return (below + equal / 2) / (known.length - 1)
  })
})

test('a z-score is the distance from the mean of the members in their deviations', () => {
  expectDefinition(crossSectionalZScore, (x, known) => {
    const mean = known.reduce((sum, each) => sum + each, 0) / known.length
    const variance = known.reduce((sum, each) => sum + (each - mean) ** 2, 0) / known.length
    return new Set(known).size === 1 ? NaN : (x - mean) / Math.sqrt(variance)
  })
})

test('a universe is one node in any order, and gives each member its own', () => {
  const [a, b, c] = crossSectionalRank([open, high, low])
  const [last, first] = crossSectionalRank([low, open, high])
  expect([last, first].map((series) => [series?.node.id, series?.output])).toEqual(
    [c, a].map((series) => [series?.node.id, series?.output]),
  )
  expect(b?.node).toBe(a?.node)
  expect(crossSectionalZScore([open, high, low])[0]?.node.id).not.toBe(a?.node.id)
})

test('members are compared on the bars that they have', () => {
  const other = bars({ instrument: 'ETH-USD.SIM', interval: '1h' })
  const dataOf = (instrument: string, hours: readonly number[]): BarColumns =>
    barColumnsOf(
      { instrument, intervalMs: 3_600_000 },
      hours.map((hour) => ({ openTimeMs: hour * 3_600_000, open: 1, high: 1, low: 1, close: hour, volume: 1 })),
    )
  const [mine, theirs] = crossSectionalRank([price.close, other.close.minus(0.5)])
  const result = evaluateColumnar([mine!.node], [dataOf(price.instrument, [0, 1, 3]), dataOf('ETH-USD.SIM', [1, 2, 3])])
  expect(Array.from(result.column(mine!))).toEqual([NaN, 1, NaN, 1])
  expect(Array.from(result.column(theirs!))).toEqual([NaN, 0, NaN, 0])
})

test('a universe of one, of strangers and of twins is refused', () => {
  expect(() => crossSectionalRank([open])).toThrow(/members must be 2 to 1000 series, seen 1/)
  expect(() => crossSectionalRank([open, 3 as unknown as Series])).toThrow(/members\[1\] must be a series/)
  expect(() => crossSectionalZScore([open, high, open])).toThrow(/members\[2\] is a member twice/)
})
