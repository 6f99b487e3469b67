import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { QmtlError } from '@qmtl/contracts'
import { barAt, barColumnsOf, barsBetween, type BarColumns } from '@qmtl/market'
import { align } from '../graph/align.ts'
import { bars } from '../graph/bars.ts'
import { collectGraph } from '../graph/collect-graph.ts'
import { customNode } from '../graph/custom-node.ts'
import type { NodeSpec, SeriesRef } from '../graph/node-spec.ts'
import { seriesOf } from '../graph/series.ts'
import { positionTarget } from '../graph/position-target.ts'
import { crossover } from '../operators/pointwise/crossing.ts'
import { sma } from '../operators/averages/sma.ts'
import { anyBars, anyGraph } from '../testing/any-graph.ts'
import { evaluateColumnar } from './evaluate-columnar.ts'
import { createStreamingEvaluator, type SourceBar } from './streaming-evaluator.ts'

const hourMs = 3_600_000
const startMs = Date.UTC(2024, 0, 1)

interface Row {
  readonly closeTimeMs: number
  readonly values: readonly number[]
}

/** Rows of every node as the streaming evaluator gives them. */
function streamRows(outputs: readonly NodeSpec[], data: readonly BarColumns[]): ReadonlyMap<string, readonly Row[]> {
  const evaluator = createStreamingEvaluator(outputs)
  const rows = new Map<string, Row[]>(evaluator.nodes.map((node) => [node.id, []]))
  for (const [closeTimeMs, group] of stepsOf(data)) {
    evaluator.advance(closeTimeMs, group)
    for (const node of evaluator.nodes) {
      if (!evaluator.hasRow(node)) continue
      rows.get(node.id)!.push({ closeTimeMs, values: node.outputs.map((output) => evaluator.value({ node, output })) })
    }
  }
  return rows
}

function columnarRows(outputs: readonly NodeSpec[], data: readonly BarColumns[]): ReadonlyMap<string, readonly Row[]> {
  const result = evaluateColumnar(outputs, data)
  return new Map(
    result.nodes.map((node) => {
      const columns = node.outputs.map((output) => result.column({ node, output }))
      return [
        node.id,
        Array.from(result.rowsOf(node), (closeTimeMs, row) => ({
          closeTimeMs,
          values: columns.map((column) => column[row]!),
        })),
      ]
    }),
  )
}

function stepsOf(data: readonly BarColumns[]): readonly (readonly [number, readonly SourceBar[]])[] {
  const steps = new Map<number, SourceBar[]>()
  for (const columns of data) {
    for (let index = 0; index < columns.length; index++) {
      const { instrument, intervalMs } = columns
      const bar = barAt(columns, index)
      const closeTimeMs = bar.openTimeMs + intervalMs
      steps.set(closeTimeMs, [...(steps.get(closeTimeMs) ?? []), { instrument, intervalMs, bar }])
    }
  }
  return [...steps].sort(([a], [b]) => a - b)
}

function closes(
  instrument: string,
  interval: number,
  values: readonly (number | undefined)[],
  from = startMs,
): BarColumns {
  const present = values.flatMap((close, index) =>
    close === undefined
      ? []
      : [{ openTimeMs: from + index * interval, open: close, high: close, low: close, close, volume: 1 }],
  )
  return barColumnsOf({ instrument, intervalMs: interval }, present)
}

function combine(inputs: Readonly<Record<string, SeriesRef>>): SeriesRef {
  return seriesOf(
    customNode({
      name: 'sum',
      codeHash: 'c1',
      params: {},
      values: {},
      inputs,
      period: 1,
      compute: (views) => Object.values(views).reduce((sum, view) => sum + view.at(0), 0),
    }),
  )
}

describe('any graph over any bars', () => {
  test('has the same rows and the same bits in streaming and columnar evaluation', () => {
    fc.assert(
      fc.property(anyGraph(), anyBars(), (graph, data) => {
        expect(streamRows(graph, data)).toStrictEqual(columnarRows(graph, data))
      }),
      { numRuns: 300 },
    )
  })

  test('keeps every past value when the future is cut off', () => {
    fc.assert(
      fc.property(anyGraph(), anyBars(), fc.nat({ max: 120 }), (graph, data, quarters) => {
        const untilMs = startMs + (quarters * hourMs) / 4
        const known = data.map((columns) => barsBetween(columns, -Infinity, untilMs))
        const whole = columnarRows(graph, data)
        for (const [id, rows] of columnarRows(graph, known)) {
          expect(rows).toStrictEqual(whole.get(id)!.filter(({ closeTimeMs }) => closeTimeMs <= untilMs))
        }
      }),
      { numRuns: 300 },
    )
  })

  test('gives a node the same values alone as beside others', () => {
    fc.assert(
      fc.property(anyGraph(), anyBars(), (graph, data) => {
        const together = columnarRows(graph, data)
        for (const node of graph) expect(columnarRows([node], data).get(node.id)).toStrictEqual(together.get(node.id))
      }),
      { numRuns: 100 },
    )
  })

  test('runs each shared node once, however many strategies use it', () => {
    fc.assert(
      fc.property(anyGraph(), anyBars(), fc.integer({ min: 1, max: 4 }), (graph, data, copies) => {
        const merged = Array.from({ length: copies }, () => graph).flat()
        expect(evaluateColumnar(merged, data).evaluated).toBe(collectGraph(graph).length)
        const evaluator = createStreamingEvaluator(merged)
        for (const [closeTimeMs, group] of stepsOf(data)) {
          const before = evaluator.evaluations
          const count = evaluator.advance(closeTimeMs, group)
          expect(evaluator.evaluations - before).toBe(count)
          expect(evaluator.nodes.filter((node) => evaluator.hasRow(node))).toHaveLength(count)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('rows', () => {
  const btc = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
  const eth = bars({ instrument: 'ETH-USD.SIM', interval: '1h' })

  test('are the union of the bars of the sources, an input without a bar being NaN', () => {
    const sum = combine({ a: btc.close, b: eth.close })
    const result = evaluateColumnar(
      [sum.node],
      [
        closes(btc.instrument, hourMs, [1, 2, undefined, 4]),
        closes(eth.instrument, hourMs, [10, undefined, 30, 40, 50]),
      ],
    )
    expect([...result.rowsOf(sum.node)].map((time) => (time - startMs) / hourMs)).toEqual([1, 2, 3, 4, 5])
    expect([...result.column(sum)]).toEqual([11, NaN, NaN, 44, NaN])
  })

  test('are shared between sources whose bars close at the same times', () => {
    const graph = [sma(btc.close, 2).node, sma(eth.close, 2).node]
    const result = evaluateColumnar(graph, [
      closes(btc.instrument, hourMs, [1, 2]),
      closes(eth.instrument, hourMs, [1, 2]),
    ])
    expect(result.rowsOf(graph[0]!)).toBe(result.rowsOf(graph[1]!))
  })

  test('of an unknown node or output are refused', () => {
    const result = evaluateColumnar([btc.node], [closes(btc.instrument, hourMs, [1])])
    expect(() => result.rowsOf(eth.node)).toThrow(RangeError)
    expect(() => result.column({ node: btc.node, output: 'last' })).toThrow(RangeError)
    const evaluator = createStreamingEvaluator([btc.node])
    expect(() => evaluator.hasRow(eth.node)).toThrow(RangeError)
    expect(() => evaluator.value({ node: btc.node, output: 'last' })).toThrow(RangeError)
  })
})

describe('align', () => {
  const fast = bars({ instrument: 'BTC-USD.SIM', interval: '15m' })
  const slow = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
  const quarterMs = hourMs / 4

  test('gives a slow value to the fast bar that closes with it, and to those after it', () => {
    const pair = combine({ a: fast.volume, b: align(slow.close, '15m') })
    const data = [
      closes(
        fast.instrument,
        quarterMs,
        Array.from({ length: 10 }, () => 1),
      ),
      closes(slow.instrument, hourMs, [100, 200]),
    ]
    expect([...evaluateColumnar([pair.node], data).column(pair)]).toEqual([
      NaN,
      NaN,
      NaN,
      101,
      101,
      101,
      101,
      201,
      201,
      201,
    ])
  })

  test('gives a slow bar the last fast value that had closed, over a gap too', () => {
    const pair = combine({ a: slow.volume, b: align(fast.close, '1h') })
    const data = [
      closes(fast.instrument, quarterMs, [1, 2, 3, 4, 5, 6, 7, undefined, 9]),
      closes(slow.instrument, hourMs, [100, 200]),
    ]
    expect([...evaluateColumnar([pair.node], data).column(pair)]).toEqual([5, 8])
  })

  test('passes a missing value on instead of an older one', () => {
    const pair = combine({ a: fast.volume, b: align(slow.close, '15m') })
    const data = [
      closes(
        fast.instrument,
        quarterMs,
        Array.from({ length: 9 }, () => 1),
      ),
      closes(slow.instrument, hourMs, [100, NaN]),
    ]
    expect([...evaluateColumnar([pair.node], data).column(pair)].slice(-2)).toEqual([NaN, NaN])
  })

  test('carries an intent to another interval without bars of it', () => {
    const target = positionTarget({ instrument: fast.instrument, signal: align(slow.close, '15m'), long: 1 })
    const result = evaluateColumnar([target], [closes(slow.instrument, hourMs, [1, 1])])
    expect([...result.rowsOf(target)]).toEqual([startMs + hourMs, startMs + 2 * hourMs])
    expect(target.intervalMs).toBe(quarterMs)
  })
})

describe('a position target', () => {
  const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
  const signal = [NaN, 0, 2, NaN, 0, -1, 0, NaN, 1]
  const targetsOf = (levels: { long: number; short?: number; flat?: number }): readonly number[] => {
    const node = positionTarget({ instrument: price.instrument, signal: price.close, ...levels })
    return [...evaluateColumnar([node], [closes(price.instrument, hourMs, signal)]).column(seriesOf(node, 'target'))]
  }

  test('is flat before the first signal and holds its level on 0 and NaN', () => {
    expect(targetsOf({ long: 1 })).toEqual([0, 0, 1, 1, 1, 0, 0, 0, 1])
  })

  test('goes short on a negative signal where short is given', () => {
    expect(targetsOf({ long: 0.5, short: -0.25, flat: 0.1 })).toEqual([
      0.1, 0.1, 0.5, 0.5, 0.5, -0.25, -0.25, -0.25, 0.5,
    ])
  })
})

describe('refusals of the evaluation', () => {
  const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
  const other = bars({ instrument: 'ETH-USD.SIM', interval: '1h' })
  const bar = (openTimeMs: number): SourceBar => ({
    instrument: price.instrument,
    intervalMs: hourMs,
    bar: { openTimeMs, open: 1, high: 1, low: 1, close: 1, volume: 1 },
  })
  const codeOf = (act: () => unknown): string => {
    try {
      act()
    } catch (error) {
      if (error instanceof QmtlError) return `${error.code} ${error.message}`
      throw error
    }
    return 'nothing thrown'
  }

  test('name the bars that are missing', () => {
    const act = () => evaluateColumnar([price.node, other.node], [closes(price.instrument, hourMs, [1])])
    expect(codeOf(act)).toBe('E_DATA_MISSING no bars of ETH-USD.SIM 1h; there are BTC-USD.SIM 1h')
  })

  test('name the bars that are given twice', () => {
    const rows = closes(price.instrument, hourMs, [1])
    const act = () => evaluateColumnar([price.node], [rows, closes(price.instrument, hourMs, [2])])
    expect(codeOf(act)).toBe('E_INVALID_DATA two columns of bars are given for BTC-USD.SIM 1h; give one')
  })

  test('name the row that is out of order', () => {
    const rows = closes(price.instrument, hourMs, [1, 2, 3])
    rows.openTimeMs[2] = rows.openTimeMs[1]!
    expect(codeOf(() => evaluateColumnar([price.node], [rows]))).toMatch(/^E_INVALID_DATA .*row 2/)
  })

  test('keep a streaming step that goes back, closes elsewhere or repeats a source from changing anything', () => {
    const evaluator = createStreamingEvaluator([price.node, sma(price.close, 1).node])
    expect(evaluator.advance(startMs + hourMs, [bar(startMs)])).toBe(2)
    for (const act of [
      () => evaluator.advance(startMs + hourMs, [bar(startMs)]),
      () => evaluator.advance(NaN, []),
      () => evaluator.advance(startMs + 2 * hourMs, [bar(startMs)]),
      () => evaluator.advance(startMs + 2 * hourMs, [bar(startMs + hourMs), bar(startMs + hourMs)]),
    ]) {
      expect(codeOf(act)).toMatch(/^E_INVALID_DATA/)
    }
    expect(evaluator.evaluations).toBe(2)
    expect(evaluator.advance(startMs + 2 * hourMs, [bar(startMs + hourMs)])).toBe(2)
  })

  test('leave bars of other sources aside', () => {
    const evaluator = createStreamingEvaluator([price.node])
    expect(evaluator.advance(startMs + hourMs, [bar(startMs), { ...bar(startMs), instrument: 'XRP-USD.SIM' }])).toBe(1)
    expect(evaluator.advance(startMs + 2 * hourMs, [])).toBe(0)
    expect(evaluator.hasRow(price.node)).toBe(false)
  })
})

describe('a node that fails', () => {
  const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
  const data = [closes(price.instrument, hourMs, [1, 2, 3, 4])]
  const fragile = (compute: (value: number) => unknown): SeriesRef =>
    seriesOf(
      customNode({
        name: 'fragile',
        codeHash: 'b1',
        params: {},
        values: {},
        inputs: { x: price.close },
        period: 1,
        compute: ({ x }) => compute(x!.at(0)),
      }),
    )
  const failing = fragile((value) => {
    if (value === 2) throw new Error('two is too much')
    return value
  })
  const healthy = crossover(price.close, price.open)

  test('is named with the bar and the cause', () => {
    const message = "node 'fragile' failed on the bar closing 2024-01-01T02:00:00Z: two is too much"
    expect(() => evaluateColumnar([failing.node], data)).toThrow(message)
    expect(() => streamRows([failing.node], data)).toThrow(message)
  })

  for (const [result, words] of [
    [undefined, 'nothing'],
    [null, 'null'],
    ['1', 'a string'],
    [true, 'a boolean'],
  ] as const) {
    test(`because it gave ${words} is told that NaN means no value`, () => {
      expect(() => evaluateColumnar([fragile(() => result).node], data)).toThrow(
        `compute gave ${words}, not a number; NaN means no value`,
      )
    })
  }

  for (const mode of ['columnar', 'streaming'] as const) {
    test(`has no value on that bar and stops nobody else where failures are collected (${mode})`, () => {
      const failures: QmtlError[] = []
      const onFailure = (error: QmtlError) => void failures.push(error)
      const graph = [failing.node, healthy.node]
      const seen: number[] = []
      if (mode === 'columnar') {
        seen.push(...evaluateColumnar(graph, data, { onFailure }).column(failing))
      } else {
        const evaluator = createStreamingEvaluator(graph, { onFailure })
        for (const [closeTimeMs, group] of stepsOf(data)) {
          evaluator.advance(closeTimeMs, group)
          seen.push(evaluator.value(failing))
        }
      }
      expect(seen).toEqual([1, NaN, 3, 4])
      expect(failures.map(({ code, details }) => [code, details.bar_close_ts])).toEqual([
        ['E_NODE_FAILED', '2024-01-01T02:00:00Z'],
      ])
    })
  }

  test('lets the other nodes of a streaming step run before it throws', () => {
    const evaluator = createStreamingEvaluator([failing.node, healthy.node])
    const [one, two] = stepsOf(data)
    evaluator.advance(...one!)
    expect(() => evaluator.advance(...two!)).toThrow('two is too much')
    expect(evaluator.hasRow(healthy.node)).toBe(true)
    expect(evaluator.value(healthy)).toBe(0)
  })
})
