import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fingerprintOf, type BarColumns } from '@qmtl/market'
import { createFileArtifacts } from '../adapters/file-artifacts.ts'
import { evaluateColumnar } from '../evaluate/evaluate-columnar.ts'
import { customNode } from '../graph/custom-node.ts'
import type { NodeSpec } from '../graph/node-spec.ts'
import { seriesOf, seriesWith } from '../graph/series.ts'
import { ema } from '../operators/averages/ema.ts'
import { sma } from '../operators/averages/sma.ts'
import { anyBars, anyGraph } from '../testing/any-graph.ts'
import { price, walk } from '../testing/run-series.ts'
import { createResultCache, type ResultCache } from './result-cache.ts'

let folder = ''
let folders = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmtl-artifacts-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
const newFolder = (): string => join(folder, String(folders++))

const backtest = { world_id: 'w1', execution_domain: 'backtest', as_of: '2024-01-01' }

function printsOf(data: readonly BarColumns[]): (source: NodeSpec) => string {
  const prints = data.map((columns) => ({ columns, print: fingerprintOf(columns) }))
  return ({ instrument, intervalMs }) =>
    prints.find(({ columns }) => columns.instrument === instrument && columns.intervalMs === intervalMs)?.print ?? ''
}

function outputsOf(outputs: readonly NodeSpec[], result: ReturnType<typeof evaluateColumnar>) {
  return outputs.map((node) => ({
    rows: Array.from(result.rowsOf(node)),
    columns: node.outputs.map((output) => Array.from(result.column({ node, output }))),
  }))
}

const data = [walk(400)]
const graph = [sma(ema(price.close, 5), 3).node, sma(price.close, 9).node]

function run(cache: ResultCache, context: Parameters<ResultCache['over']>[0] = backtest, bars = data) {
  return evaluateColumnar(graph, bars, { store: cache.over(context, printsOf(bars)) })
}

test('any graph has the same bits from memory and from disk as when it is run', () => {
  fc.assert(
    fc.property(anyGraph(), anyBars(), (nodes, bars) => {
      const plain = outputsOf(nodes, evaluateColumnar(nodes, bars))
      const where = newFolder()
      const both = createResultCache({ artifacts: createFileArtifacts(where) })
      const diskOnly = createResultCache({ memoryBytes: 0, artifacts: createFileArtifacts(where) })
      for (const cache of [both, both, diskOnly]) {
        const store = cache.over(backtest, printsOf(bars))
        const result = evaluateColumnar(nodes, bars, { store })
        expect(outputsOf(nodes, result)).toStrictEqual(plain)
      }
      const again = evaluateColumnar(nodes, bars, { store: diskOnly.over(backtest, printsOf(bars)) })
      expect(again.evaluated).toBe(0)
    }),
    { numRuns: 40 },
  )
})

describe('a result', () => {
  for (const [name, context] of [
    ['another world', { ...backtest, world_id: 'w2' }],
    ['another domain', { ...backtest, execution_domain: 'live' }],
    ['another snapshot', { ...backtest, as_of: '2024-01-02' }],
    ['another partition', { ...backtest, partition: 'p' }],
  ] as const) {
    test(`does not cross to ${name}`, () => {
      const cache = createResultCache({ artifacts: createFileArtifacts(newFolder()) })
      expect(run(cache).evaluated).toBe(4)
      expect(run(cache).evaluated).toBe(0)
      expect(run(cache, context).evaluated).toBe(4)
    })
  }

  test('does not outlive its bars', () => {
    const cache = createResultCache()
    run(cache)
    const revised = [walk(400, 2)]
    expect(run(cache, backtest, revised).evaluated).toBe(4)
    expect(outputsOf(graph, run(cache, backtest, revised))).toStrictEqual(
      outputsOf(graph, evaluateColumnar(graph, revised)),
    )
  })

  test('of a node that failed is not kept, nor what was computed from it', () => {
    const failing = seriesOf(
      customNode({
        name: 'failing',
        codeHash: 'a1',
        params: {},
        values: {},
        inputs: { x: price.close },
        period: 1,
        compute: () => {
          throw new Error('always')
        },
      }),
    )
    const user = sma(seriesWith(failing.node, 'value', 'causal'), 2).node
    const store = createResultCache().over(backtest, printsOf(data))
    for (let round = 0; round < 2; round++) {
      let failures = 0
      evaluateColumnar([user], data, { store, onFailure: () => failures++ })
      expect(failures).toBe(400)
    }
  })
})

describe('on disk', () => {
  const filesIn = (where: string): readonly string[] =>
    readdirSync(where, { recursive: true, encoding: 'utf8' })
      .map((name) => join(where, name))
      .filter((path) => statSync(path).isFile())

  for (const [domain, files] of [
    ['backtest', 3],
    ['dryrun', 3],
    ['live', 0],
    ['shadow', 0],
  ] as const) {
    test(`${domain} leaves ${files} artifacts of three nodes`, () => {
      const where = newFolder()
      const context = { ...backtest, execution_domain: domain }
      run(createResultCache({ artifacts: createFileArtifacts(where) }), context)
      expect(files === 0 ? [] : filesIn(where)).toHaveLength(files)
      const next = createResultCache({ artifacts: createFileArtifacts(where) })
      expect(run(next, context).evaluated).toBe(files === 0 ? 4 : 0)
    })
  }

  test('an artifact is never written over, and a damaged one is made anew', () => {
    const where = newFolder()
    const artifacts = createFileArtifacts(where)
    artifacts.write('aa01', { rows: Float64Array.of(1), columns: [Float64Array.of(2)] })
    artifacts.write('aa01', { rows: Float64Array.of(1), columns: [Float64Array.of(3)] })
    expect(artifacts.read('aa01')?.columns).toEqual([Float64Array.of(2)])
    const [path = ''] = filesIn(where)
    const bytes = readFileSync(path)
    for (const damage of [
      bytes.subarray(0, bytes.length - 1),
      Buffer.from(bytes.map((byte, at) => (at === 30 ? byte ^ 1 : byte))),
    ]) {
      writeFileSync(path, damage)
      expect(artifacts.read('aa01')).toBeUndefined()
      artifacts.write('aa01', { rows: Float64Array.of(1), columns: [Float64Array.of(2)] })
      expect(artifacts.read('aa01')?.columns).toEqual([Float64Array.of(2)])
    }
    expect(filesIn(where)).toHaveLength(1)
  })

  test('a folder that is a file is told with its path', () => {
    const path = join(folder, 'file')
    writeFileSync(path, '')
    const artifacts = createFileArtifacts(path)
    expect(() => artifacts.write('aa01', { rows: new Float64Array(), columns: [] })).toThrow(
      /file.aa.* cannot be written/,
    )
  })
})

test('memory stays within its bound, what was unused longest goes first', () => {
  const size = 400 * 8 * 2
  const cache = createResultCache({ memoryBytes: 2 * size })
  run(cache)
  expect(cache.memoryBytes).toBe(2 * size)
  // Kept are the two outputs, whose input was run first.
  expect(run(cache).evaluated).toBe(0)
  const [first] = graph
  evaluateColumnar([ema(price.close, 5).node], data, { store: cache.over(backtest, printsOf(data)) })
  expect(cache.memoryBytes).toBe(2 * size)
  const store = cache.over(backtest, printsOf(data))
  expect([store.find(first!), store.find(graph[1]!)].filter((kept) => kept !== undefined)).toHaveLength(1)
  expect(() => createResultCache({ memoryBytes: -1 })).toThrow('the bound must be 0 or more')
})
