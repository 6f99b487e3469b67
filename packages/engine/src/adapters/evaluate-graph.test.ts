import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { QmtlError } from '@qmtl/contracts'
import { realityModels } from '@qmtl/brokerage'
import { defineInstrument, type BarColumns } from '@qmtl/market'
import { backtestStrategy } from '../backtest/backtest-strategy.ts'
import { evaluateColumnar } from '../evaluate/evaluate-columnar.ts'
import { collectGraph } from '../graph/collect-graph.ts'
import { customNode } from '../graph/custom-node.ts'
import type { NodeSpec } from '../graph/node-spec.ts'
import { integer } from '../graph/parameters.ts'
import { positionTarget } from '../graph/position-target.ts'
import { seriesWith } from '../graph/series.ts'
import { bollingerBands } from '../operators/indicators/bands.ts'
import { macd } from '../operators/indicators/moving-differences.ts'
import { sma } from '../operators/averages/sma.ts'
import { crossover } from '../operators/pointwise/crossing.ts'
import { summaryOf } from '../search/run-summary.ts'
import { anyBars, anyGraph } from '../testing/any-graph.ts'
import { barsOf, price, walk } from '../testing/run-series.ts'
import { backtestStrategies } from './backtest-strategies.ts'
import { createComputePool, type ComputePool } from './compute-pool.ts'
import { evaluateGraph } from './evaluate-graph.ts'
import '../index.ts'

let pool: ComputePool
beforeAll(() => {
  pool = createComputePool({ threads: 2 })
})
afterAll(() => pool.stop())

function columnsOf(outputs: readonly NodeSpec[], result: ReturnType<typeof evaluateColumnar>) {
  return collectGraph(outputs).map((node) => ({
    rows: Array.from(result.rowsOf(node)),
    columns: node.outputs.map((output) => Array.from(result.column({ node, output }))),
  }))
}

/** The close, or what a rule makes of it; an author's function, so it stays in the thread that has it. */
function authored(compute: (close: number) => number) {
  return seriesWith(
    customNode({
      name: 'authored',
      codeHash: 'a1',
      params: {},
      values: {},
      inputs: { x: price.close },
      period: 1,
      compute: ({ x }) => compute(x!.at(0)),
    }),
    'value',
    'causal',
  )
}

describe('a graph in threads', () => {
  test('has the bits of the columnar evaluation, whatever the graph', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph(), anyBars(), async (graph, data) => {
        const here = columnsOf(graph, evaluateColumnar(graph, data))
        expect(columnsOf(graph, await evaluateGraph(graph, data, { pool }))).toStrictEqual(here)
        expect(columnsOf(graph, await evaluateGraph(graph, data))).toStrictEqual(here)
      }),
      { numRuns: 60 },
    )
  })

  test('runs each node once and says how far it is', async () => {
    const graph = [macd(price.close).signal.node, bollingerBands(price.close, 20).upper.node]
    const told: number[] = []
    const result = await evaluateGraph(graph, [walk(500)], { pool, onProgress: ({ done }) => told.push(done) })
    expect(result.evaluated).toBe(collectGraph(graph).length)
    expect(told.at(-1)).toBe(result.evaluated)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
  })

  test('stops where it is when it is aborted', async () => {
    const reason = new Error('enough')
    const stop = new AbortController()
    const graph = [macd(price.close).signal.node, bollingerBands(price.close, 20).upper.node]
    let isOver = false
    let toldLate = 0
    const asked: Promise<unknown>[] = []
    const watched: ComputePool = {
      ...pool,
      tell(news) {
        if (isOver) toldLate += 1
        pool.tell(news)
      },
      ask(thread, request) {
        const answer = pool.ask(thread, request)
        asked.push(answer)
        return answer
      },
    }
    const run = evaluateGraph(graph, [walk(500)], {
      pool: watched,
      signal: stop.signal,
      onProgress: () => stop.abort(reason),
    })
    await expect(run).rejects.toBe(reason)
    isOver = true
    // What still ran is of bars that the next run may not see.
    await Promise.all(asked)
    expect([asked.length > 1, toldLate]).toEqual([true, 0])
    const again = await evaluateGraph(graph, [walk(500)], { pool })
    expect(again.evaluated).toBe(collectGraph(graph).length)
  })

  test('names the node and the bar of a failure', async () => {
    const failing = authored((close) => {
      if (close > 2) throw new Error('too much')
      return close
    })
    const data = [barsOf({ close: [1, 2, 3] })]
    await expect(evaluateGraph([failing.node], data, { pool })).rejects.toThrow(
      /'authored' failed on the bar.*too much/,
    )
    const failures: QmtlError[] = []
    const result = await evaluateGraph([failing.node], data, { pool, onFailure: (error) => failures.push(error) })
    expect(Array.from(result.column(failing))).toEqual([1, 2, NaN])
    expect(failures.map(({ code }) => code)).toEqual(['E_NODE_FAILED'])
  })

  test("has closed authors' functions in any thread, helpers and several outputs too, and the others here", async () => {
    const closed = customNode({
      name: 'closed',
      codeHash: 'c1',
      params: { window: integer() },
      values: { window: 4 },
      inputs: { x: price.close, y: price.volume },
      period: 4,
      outputs: ['low', 'mean'],
      compute: ({ x, y }, params, uses) => {
        const values = x!.last(x!.length)
        const meanOf = uses['meanOf'] as (values: Float64Array) => number
        return { low: Math.min(...values) / y!.at(0), mean: meanOf(values) * Number(params['window']) }
      },
      uses: { meanOf: (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length },
      isClosed: true,
    })
    const open = authored((close) => close + 1)
    const asked = new Set<string>()
    const watched: ComputePool = {
      ...pool,
      ask(thread, request) {
        if ('node' in request) asked.add(String(request.node))
        return pool.ask(thread, request)
      },
    }
    const graph = [closed, sma(open, 3).node]
    const data = [walk(200)]
    const result = await evaluateGraph(graph, data, { pool: watched })
    expect(columnsOf(graph, result)).toStrictEqual(columnsOf(graph, evaluateColumnar(graph, data)))
    expect([...asked].sort()).toEqual([closed.id, graph[1]?.id].sort())
  })

  test('is refused by a pool that has stopped, and by one of no threads', async () => {
    const stopped = createComputePool({ threads: 1 })
    await stopped.stop()
    await expect(evaluateGraph([sma(price.close, 2).node], [walk(9)], { pool: stopped })).rejects.toThrow(
      'the compute pool has stopped',
    )
    expect(() => createComputePool({ threads: 0 })).toThrow('a compute pool of 0 threads')
  })
})

describe('many strategies over the same bars', () => {
  const data: readonly BarColumns[] = [walk(1500)]
  const terms = { instruments: [defineInstrument(price.instrument)], models: realityModels({ feeBps: 5 }) }
  const strategies = [
    [5, 20],
    [5, 50],
    [20, 50],
    [20, 50],
  ].map(([fast = 0, slow = 0]): readonly NodeSpec[] => [
    positionTarget({
      instrument: price.instrument,
      signal: crossover(sma(price.close, fast), sma(price.close, slow)),
      long: 1,
      short: -1,
    }),
  ])
  const authorsOwn = [
    positionTarget({ instrument: price.instrument, signal: authored((close) => close - 100), long: 1 }),
  ]

  for (const where of ['here', 'in threads'] as const) {
    test(`give each the figures that it has alone (${where})`, async () => {
      const all = [...strategies, authorsOwn]
      const alone = all.map((outputs) => summaryOf(backtestStrategy(outputs, data, terms)))
      const many = await backtestStrategies(all, data, { ...terms, ...(where === 'here' ? {} : { pool }) })
      expect(many.runs).toStrictEqual(alone.map((summary) => [summary]))
      expect(many.runs.flat().every(({ fills }) => fills > 1)).toBe(true)
      expect(many.declared).toBe(4 * 5 + 3)
      expect(many.computed).toBe(collectGraph(all.flat()).length)
    })

    test(`stop before the next one when they are aborted (${where})`, async () => {
      const stop = new AbortController()
      const seen: number[] = []
      const run = backtestStrategies(strategies, data, {
        ...terms,
        ...(where === 'here' ? {} : { pool }),
        signal: stop.signal,
        onProgress: ({ done }) => {
          seen.push(done)
          stop.abort()
        },
      })
      await expect(run).rejects.toThrow(/aborted/)
      expect(seen.length).toBeLessThan(strategies.length)
    })
  }

  test('name what one of them lacks', async () => {
    const other = walk(10)
    const run = backtestStrategies(strategies, [{ ...other, instrument: 'ETH-USD.SIM' }], { ...terms, pool })
    await expect(run).rejects.toThrow('no bars of BTC-USD.SIM 1h')
  })
})
