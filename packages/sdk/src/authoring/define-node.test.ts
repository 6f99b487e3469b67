import { QmtlError } from '@qmtl/contracts'
import { evaluateColumnar } from '@qmtl/engine'
import { describe, expect, test } from 'vitest'
import { mean, standardDeviation } from '../code/window-functions.ts'
import { bars, integer, number, sma, type NodeSpec, type Series } from '../index.ts'
import { defineNode } from './define-node.ts'

const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })

const zscore = defineNode({
  name: 'zscore',
  version: 1,
  params: { window: integer({ min: 2 }) },
  period: ({ window }) => window,
  uses: { mean, standardDeviation },
  compute({ x }, { window }, { mean, standardDeviation }) {
    const w = x.last(window)
    return (x.at(0) - mean(w)) / standardDeviation(w)
  },
})

function refusalOf(action: () => unknown): QmtlError {
  try {
    action()
  } catch (error) {
    if (error instanceof QmtlError) return error
    throw error
  }
  throw new TypeError('nothing was refused')
}

function barsOf(closes: readonly number[]) {
  const column = Float64Array.from(closes)
  const openTimeMs = Float64Array.from(closes, (_, index) => index * 3_600_000)
  return {
    instrument: 'BTC-USD.SIM',
    intervalMs: 3_600_000,
    length: closes.length,
    openTimeMs,
    open: column,
    high: column,
    low: column,
    close: column,
    volume: column,
  }
}

function columnOf(series: Series, closes: readonly number[]): number[] {
  return [...evaluateColumnar([series.node], [barsOf(closes)]).column(series)]
}

describe('a defined node', () => {
  test('computes once its window is full, and again after a hole', () => {
    const flat = columnOf(zscore({ x: price.close }, { window: 3 }), [1, 2, 3, NaN, 2, 4, 6])
    expect(flat).toEqual([NaN, NaN, Math.sqrt(1.5), NaN, NaN, NaN, Math.sqrt(1.5)])
  })

  test('has the period that its parameters ask for', () => {
    expect(zscore({ x: price.close }, { window: 7 }).node).toMatchObject({
      nodeType: 'custom',
      name: 'zscore',
      period: 7,
      params: { window: 7, inputs: { x: { node: price.node.id, output: 'close' } } },
    })
  })

  test('gives one series per named output', () => {
    const band = defineNode({
      name: 'band',
      version: 1,
      params: { width: number({ default: 2 }) },
      period: 2,
      outputs: ['upper', 'lower'],
      compute: ({ x }, { width }) => ({ upper: x.at(0) + width, lower: x.at(0) - width }),
    })
    const { upper, lower } = band({ x: price.close })
    expect(columnOf(upper, [1, 2])).toEqual([NaN, 4])
    expect(columnOf(lower, [1, 2])).toEqual([NaN, 0])
    expect(lower.node.id).toBe(upper.node.id)
  })

  test('has an id of code, helpers, version, parameters and inputs, whatever it is called', () => {
    const define = (name: string, version: number, uses = { f: mean }) =>
      defineNode({ name, version, uses, period: 2, compute: ({ x }, _, { f }) => f(x.last(2)) })({ x: price.close })
        .node.id
    expect(define('other', 1)).toBe(define('one', 1))
    expect(define('one', 2)).not.toBe(define('one', 1))
    expect(define('one', 1, { f: standardDeviation })).not.toBe(define('one', 1))
    expect(zscore({ x: price.close }, { window: 3 }).node.id).not.toBe(zscore({ x: price.open }, { window: 3 }).node.id)
  })

  test('takes its inputs by name: a - b is not b - a', () => {
    const difference = defineNode({
      name: 'difference',
      version: 1,
      period: 1,
      compute: ({ a, b }) => a.at(0) - b.at(0),
    })
    const forth = difference({ a: price.high, b: price.low })
    expect(difference({ b: price.low, a: price.high }).node.id).toBe(forth.node.id)
    expect(difference({ a: price.low, b: price.high }).node.id).not.toBe(forth.node.id)
  })

  test('means the global by the name of a global, whatever the module calls so', () => {
    const largest = (Math: { max(...values: number[]): number }) =>
      defineNode({ name: 'largest', version: 1, period: 1, compute: ({ x }) => Math.max(x.at(0), 2) })({
        x: price.close,
      })
    const changed = largest({ max: () => 99 })
    expect(columnOf(changed, [1, 3])).toEqual([2, 3])
    expect(changed.node.id).toBe(largest({ max: () => 98 }).node.id)
  })

  test('means the global in helpers and methods too', () => {
    const define = (Number: (value: unknown) => number) =>
      defineNode({
        name: 'a',
        version: 1,
        period: 1,
        uses: { half: (value: number) => Number(value) / 2 },
        compute({ x }, _, { half }) {
          return half(Number(x.at(0)))
        },
      })({ x: price.close })
    expect(
      columnOf(
        define(() => 99),
        [1, 3],
      ),
    ).toEqual([0.5, 1.5])
  })

  test('keeps the helpers it was defined with', () => {
    const uses = { f: (value: number) => value + 1 }
    const node = defineNode({ name: 'a', version: 1, period: 1, uses, compute: ({ x }, _, { f }) => f(x.at(0)) })
    uses.f = (value) => value + 100
    expect(columnOf(node({ x: price.close }), [1])).toEqual([2])
  })

  test('sees its inputs and parameters in one order, as an id does not tell their order', () => {
    const first = (order: readonly string[]) => {
      const params = Object.fromEntries(order.map((name) => [name, number({ default: 1 })]))
      const node = defineNode({
        name: 'first',
        version: 1,
        period: 1,
        params,
        inputs: ['a', 'b'],
        compute: (inputs, settings) =>
          (Object.keys(inputs)[0] === 'a' ? 1 : 2) + (Object.keys(settings)[0] === 'p' ? 10 : 20),
      })
      return order[0] === 'p' ? node({ a: price.high, b: price.low }) : node({ b: price.low, a: price.high })
    }
    expect(first(['q', 'p']).node.id).toBe(first(['p', 'q']).node.id)
    expect(columnOf(first(['q', 'p']), [1])).toEqual(columnOf(first(['p', 'q']), [1]))
  })

  test('may name its inputs where compute takes them as a whole', () => {
    const ratio = defineNode({
      name: 'ratio',
      version: 1,
      period: 1,
      inputs: ['price', 'average'],
      compute: (views) => views.price.at(0) / views.average.at(0),
    })
    expect(columnOf(ratio({ price: price.close, average: sma(price.close, 2) }), [1, 3])).toEqual([NaN, 1.5])
  })
})

describe('a definition is refused', () => {
  const compute = ({ x }: { readonly x: { at(barsAgo: number): number } }): number => x.at(0)

  test.each([
    [
      'without a name',
      () => defineNode({ name: '', version: 1, period: 1, compute }),
      'E_INVALID_PARAMETER',
      /name must be a text/,
    ],
    [
      'with version 0',
      () => defineNode({ name: 'a', version: 0, period: 1, compute }),
      'E_INVALID_PARAMETER',
      /version must be a whole number from 1/,
    ],
    [
      'with one output named as the output of a node without names',
      () =>
        defineNode({ name: 'a', version: 1, period: 1, outputs: ['value'], compute: ({ x }) => ({ value: x.at(0) }) }),
      'E_INVALID_PARAMETER',
      /outputs must be left out/,
    ],
    [
      'with a period of 0',
      () => defineNode({ name: 'a', version: 1, period: 0, compute })({ x: price.close }),
      'E_INVALID_PARAMETER',
      /period/,
    ],
    [
      'with a helper that is not closed',
      () => defineNode({ name: 'a', version: 1, period: 1, uses: { f: () => price }, compute }),
      'E_NOT_CLOSED',
      /helper 'f' of node 'a' is not closed, line 1: 'price'|__vi_import/,
    ],
    [
      'with a native helper',
      () => defineNode({ name: 'a', version: 1, period: 1, uses: { f: Math.max }, compute }),
      'E_NOT_CLOSED',
      /native/,
    ],
    [
      'with a helper named like a method',
      () => defineNode({ name: 'a', version: 1, period: 1, uses: { map: mean }, compute }),
      'E_RESERVED_NAME',
      /'map'/,
    ],
    [
      'with a parameter that hashing drops',
      () =>
        defineNode({ name: 'a', version: 1, period: 1, params: { seed: integer() }, compute })(
          { x: price.close },
          { seed: 1 },
        ),
      'E_RESERVED_NAME',
      /'seed'/,
    ],
    [
      'with a role that hashing drops',
      () =>
        defineNode({ name: 'a', version: 1, period: 1, compute: ({ env_x }) => Number(env_x?.at(0)) })({
          env_x: price.close,
        }),
      'E_RESERVED_NAME',
      /'env_x'/,
    ],
    ['a missing input', () => zscore({}, { window: 2 }), 'E_INVALID_PARAMETER', /x is missing/],
    [
      'a misspelt input',
      () =>
        defineNode({ name: 'a', version: 1, period: 1, compute: ({ fast }) => Number(fast?.at(0)) })({
          fsat: price.close,
        }),
      'E_INVALID_PARAMETER',
      /did you mean 'fast'/,
    ],
    [
      'a wrong parameter',
      () => zscore({ x: price.close }, { window: 1 }),
      'E_INVALID_PARAMETER',
      /window must be a whole number of 2 or more/,
    ],
  ] as const)('%s', (_, action, code, message) => {
    const refusal = refusalOf(action)
    expect(refusal.message).toMatch(message)
    expect(refusal.code).toBe(code)
  })

  test('naming the parameter to rename', () => {
    const define = (): NodeSpec =>
      defineNode({ name: 'a', version: 1, period: 1, params: { seed: integer() }, compute })(
        { x: price.close },
        { seed: 1 },
      ).node
    expect(refusalOf(define).hint).toMatch(/rename it, as 'seed' to/)
  })
})
