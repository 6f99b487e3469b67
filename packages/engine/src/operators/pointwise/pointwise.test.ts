import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { QmtlError } from '@qmtl/contracts'
import { align } from '../../graph/align.ts'
import { collectGraph, warmupOf } from '../../graph/collect-graph.ts'
import { customNode } from '../../graph/custom-node.ts'
import type { Operand, Series, Timing } from '../../graph/node-spec.ts'
import { seriesOf } from '../../graph/series.ts'
import { price, run } from '../../testing/run-series.ts'
import { abs, add, divide, exp, log, midpoint, multiply, negate, sqrt, subtract } from './arithmetic.ts'
import { clip, equal, greater, greaterOrEqual, less, lessOrEqual, max, min, notEqual } from './comparison.ts'
import { crossAbove, crossBelow, crossover } from './crossing.ts'
import { and, barsSince, not, or, where } from './logic.ts'

const { open: a, close: b, high: c } = price

type Pair = (a: Operand, b: Operand) => Series<Timing>
type Rule = (a: number, b: number) => number

const known =
  (rule: Rule): Rule =>
  (x, y) =>
    Number.isNaN(x) || Number.isNaN(y) ? NaN : rule(x, y)
const finite = (value: number): number => (Number.isFinite(value) ? value : NaN)

const pairs: Readonly<Record<string, readonly [build: Pair, rule: Rule]>> = {
  add: [add, (x, y) => x + y],
  subtract: [subtract, (x, y) => x - y],
  multiply: [multiply, (x, y) => x * y],
  divide: [divide, (x, y) => x / y],
  midpoint: [midpoint, (x, y) => (x + y) / 2],
  min: [min, (x, y) => Math.min(x, y)],
  max: [max, (x, y) => Math.max(x, y)],
  greater: [greater, known((x, y) => Number(x > y))],
  greaterOrEqual: [greaterOrEqual, known((x, y) => Number(x >= y))],
  less: [less, known((x, y) => Number(x < y))],
  lessOrEqual: [lessOrEqual, known((x, y) => Number(x <= y))],
  equal: [equal, known((x, y) => Number(x === y))],
  notEqual: [notEqual, known((x, y) => Number(x !== y))],
  and: [and, known((x, y) => Number(x !== 0 && y !== 0))],
  or: [or, known((x, y) => Number(x !== 0 || y !== 0))],
}
const commutative = ['add', 'multiply', 'midpoint', 'min', 'max', 'equal', 'notEqual', 'and', 'or']

const anyValue = fc.oneof(fc.constantFrom(0, -0, 1, 2, -1, NaN), fc.double({ noDefaultInfinity: true }))
const anyRows = fc.array(fc.tuple(anyValue, anyValue), { maxLength: 20 })

for (const [name, [build, rule]] of Object.entries(pairs)) {
  describe(name, () => {
    test('is its definition on every bar, for two series and for a number on either side', () => {
      fc.assert(
        fc.property(anyRows, fc.double({ noNaN: true, min: -1e15, max: 1e15 }), (rows, drawn) => {
          const constant = drawn === 0 ? 0 : drawn
          const columns = { open: rows.map(([x]) => x), close: rows.map(([, y]) => y) }
          expect(run(build(a, b), columns)).toEqual(rows.map(([x, y]) => finite(rule(x, y))))
          expect(run(build(a, constant), columns)).toEqual(rows.map(([x]) => finite(rule(x, constant))))
          expect(run(build(constant, b), columns)).toEqual(rows.map(([, y]) => finite(rule(constant, y))))
        }),
      )
    })

    test('is one node in both orders where the order makes no difference, else two', () => {
      const [one, other] = [build(a, b), build(b, a)]
      expect(one.node.id === other.node.id).toBe(commutative.includes(name))
      expect(build(a, 2).node.id === build(2, a).node.id).toBe(commutative.includes(name))
    })
  })
}

const singles: readonly (readonly [
  name: string,
  series: Series,
  values: readonly number[],
  expected: readonly number[],
])[] = [
  ['negate', negate(b), [1, -2, NaN], [-1, 2, NaN]],
  ['abs', abs(b), [1, -2, NaN], [1, 2, NaN]],
  ['sqrt', sqrt(b), [4, 0, -1, NaN], [2, 0, NaN, NaN]],
  ['log', log(b), [1, Math.E, 0, -1, NaN], [0, 1, NaN, NaN, NaN]],
  ['exp', exp(b), [0, 1, 1000, NaN], [1, Math.E, NaN, NaN]],
  ['not', not(b), [0, 1, -3, NaN], [1, 0, 0, NaN]],
  ['barsSince', barsSince(b), [0, 0, 1, 0, 0, 2, 3, 0, NaN, 0, 1, 0], [NaN, NaN, 0, 1, 2, 0, 0, 1, NaN, NaN, 0, 1]],
]
for (const [name, series, values, expected] of singles) {
  test(`${name} is its definition, without a value where there is none`, () =>
    expect(run(series, { close: values })).toEqual(expected))
}

test('clip holds a value within bounds that are numbers or series, and has none where they are the wrong way round', () => {
  expect(run(clip(b, -1, 1), { close: [-3, -1, 0.5, 1, 7, NaN] })).toEqual([-1, -1, 0.5, 1, 1, NaN])
  const columns = { close: [5, 5, 5, 5, 5], open: [6, 1, 6, NaN, 1], high: [9, 3, 4, 9, NaN] }
  expect(run(clip(b, a, c), columns)).toEqual([6, 3, NaN, NaN, NaN])
})

test('where takes the value that the condition names and does not mind the other', () => {
  const columns = { close: [1, 0, NaN, 5, 0], open: [10, 20, 30, NaN, NaN], high: [-1, -2, -3, -4, -5] }
  expect(run(where(b, a, c), columns)).toEqual([10, -2, NaN, NaN, -5])
  expect(run(where(b, 7, c), columns)).toEqual([7, -2, NaN, 7, -5])
  expect(run(where(b, a, 8), columns)).toEqual([10, 8, NaN, NaN, 8])
  expect(run(where(b, 1, -1), columns)).toEqual([1, -1, NaN, 1, -1])
})

describe('a crossing', () => {
  const cases: readonly (readonly [
    name: string,
    a: readonly number[],
    b: readonly number[],
    expected: readonly number[],
  ])[] = [
    ['is 1 on the bar of the cross and 0 on the others', [1, 1, 3, 4], [2, 2, 2, 2], [NaN, 0, 1, 0]],
    ['is -1 on the bar of the cross below', [3, 3, 1, 0], [2, 2, 2, 2], [NaN, 0, -1, 0]],
    ['counts a cross that rests on the line once, when it leaves it', [1, 2, 2, 3], [2, 2, 2, 2], [NaN, 0, 0, 1]],
    ['has no value on a gap and on the bar after it', [1, NaN, 3, 1], [2, 2, 2, 2], [NaN, NaN, NaN, -1]],
    ['has no value on a gap of the other series', [1, 3, 3, 1], [2, NaN, 2, 2], [NaN, NaN, NaN, -1]],
    ['is 0 while both are equal', [2, 2, 2], [2, 2, 2], [NaN, 0, 0]],
  ]
  for (const [name, open, close, expected] of cases) {
    test(name, () => {
      expect(run(crossover(a, b), { open, close })).toEqual(expected)
      const above = expected.map((value) => (Number.isNaN(value) ? NaN : Number(value === 1)))
      const below = expected.map((value) => (Number.isNaN(value) ? NaN : Number(value === -1)))
      expect(run(crossAbove(a, b), { open, close })).toEqual(above)
      expect(run(crossBelow(a, b), { open, close })).toEqual(below)
    })
  }

  test('may be one of a level', () => {
    expect(run(crossover(b, 30), { close: [29, 31, 31, 29] })).toEqual([NaN, 1, 0, -1])
    expect(run(crossAbove(b, 30), { close: [29, 31, 31, 29] })).toEqual([NaN, 1, 0, 0])
    expect(run(crossBelow(30, b), { close: [29, 31, 31, 29] })).toEqual([NaN, 1, 0, 0])
    expect(warmupOf(crossAbove(b, 30).node)).toBe(1)
  })
})

test('a method makes the node of the function of its meaning', () => {
  const made: readonly (readonly [Series, Series])[] = [
    [a.plus(b), add(a, b)],
    [a.minus(2), subtract(a, 2)],
    [a.times(b), multiply(a, b)],
    [a.dividedBy(b), divide(a, b)],
    [a.negate(), negate(a)],
    [a.abs(), abs(a)],
    [a.sqrt(), sqrt(a)],
    [a.log(), log(a)],
    [a.exp(), exp(a)],
    [a.min(b), min(a, b)],
    [a.max(3), max(a, 3)],
    [a.clip(0, b), clip(a, 0, b)],
    [a.where(b, 0), where(a, b, 0)],
    [a.greater(b), greater(a, b)],
    [a.greaterOrEqual(b), greaterOrEqual(a, b)],
    [a.less(b), less(a, b)],
    [a.less(b), greater(b, a)],
    [a.lessOrEqual(b), lessOrEqual(a, b)],
    [a.lessOrEqual(b), greaterOrEqual(b, a)],
    [a.equal(b), equal(a, b)],
    [a.notEqual(1), notEqual(a, 1)],
    [a.and(b), and(a, b)],
    [a.or(b), or(a, b)],
    [a.not(), not(a)],
    [a.crossAbove(b), crossAbove(a, b)],
    [a.crossBelow(b), crossBelow(a, b)],
    [a.barsSince(), barsSince(a)],
  ]
  for (const [method, builder] of made) expect(method.node.id).toBe(builder.node.id)
  expect(new Set(made.map(({ 0: method }) => method.node.id)).size).toBe(made.length - 2)
})

test('a number costs no node and tells nodes apart', () => {
  const node = a.minus(2.5).node
  expect(collectGraph([node]).map(({ nodeType }) => nodeType)).toEqual(['bars', 'subtract'])
  expect(node.settings).toEqual({ b: 2.5 })
  expect(a.minus(2.5).node.id).not.toBe(a.minus(2).node.id)
  expect(subtract(2.5, a).node.id).not.toBe(a.minus(2.5).node.id)
  expect(a.plus(-0).node.id).toBe(a.plus(0).node.id)
})

describe('timing', () => {
  const label = seriesOf(
    customNode({
      name: 'label',
      codeHash: 'a1',
      params: {},
      values: {},
      inputs: { x: price.close },
      period: 1,
      labelDelay: 1,
      compute: ({ x }) => x!.at(0),
    }),
  ) as Series<'delayed'>

  test('stays delayed through every method that a delayed series meets', () => {
    expect(a.minus(label).timing).toBe('delayed')
    expect(label.greater(1).not().timing).toBe('delayed')
    expect(a.where(1, label).timing).toBe('delayed')
    expect(add(a, 1).timing).toBe('causal')
    expectTypeOf(a.minus(label)).not.toExtend<Series>()
    expectTypeOf(label.times(2)).toEqualTypeOf<Series<'delayed'>>()
    expectTypeOf(a.times(2)).toEqualTypeOf<Series>()
    expectTypeOf(subtract(1, a)).toEqualTypeOf<Series>()
    expectTypeOf(clip(a, 0, label)).not.toExtend<Series>()
    expectTypeOf<Series>().toExtend<Series<Timing>>()
    expectTypeOf<Series<'delayed'>>().not.toExtend<Series>()
  })
})

describe('operands that cannot be', () => {
  const wrong: readonly (readonly [name: string, build: () => unknown, causes: readonly string[]])[] = [
    ['no series and no number', () => add(a, 'x' as unknown as number), ['b']],
    ['a number that is not finite', () => a.times(NaN), ['b']],
    ['a number that an id cannot hold', () => a.times(2 ** 53), ['b']],
    ['two at once', () => clip(a, Infinity, undefined as unknown as number), ['low', 'high']],
    ['numbers alone', () => add(1, 2), ['a, b']],
  ]
  for (const [name, build, causes] of wrong) {
    test(`are refused: ${name}`, () => {
      try {
        build()
        expect.unreachable()
      } catch (error) {
        expect(error).toBeInstanceOf(QmtlError)
        const { code, errors } = error as QmtlError
        expect(code).toBe('E_INVALID_PARAMETER')
        expect(errors.map(({ path }) => path)).toEqual(causes)
      }
    })
  }

  test('of other intervals are refused, and so is a count of bars over series that have none', () => {
    const quarters = align(price.close, '15m')
    expect(() => a.minus(quarters)).toThrow(/bars of 1h, b of 15m/)
    expect(() => quarters.greater(1).barsSince()).toThrow(/needs the earlier bars of 15m/)
    expect(quarters.greater(1).node.stepwise).toBe(true)
  })
})
