import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defineInstrument, fingerprintOf } from '@qmtl/market'
import { backtestStrategy } from '../backtest/backtest-strategy.ts'
import { customNode } from '../graph/custom-node.ts'
import type { SeriesRef } from '../graph/node-spec.ts'
import { positionTarget } from '../graph/position-target.ts'
import { seriesOf, seriesWith } from '../graph/series.ts'
import { sma } from '../operators/averages/sma.ts'
import { remarksOn } from '../report/report-remarks.ts'
import { anyBars, anyGraph } from '../testing/any-graph.ts'
import { barsOf, price } from '../testing/run-series.ts'
import { checkReplay, replayFindingText } from './check-replay.ts'

const hourMs = 3_600_000
const closes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 30]
const data = [barsOf({ close: closes })]

/** A node whose rule is not closed: it can see what a node must not. */
function leaky(compute: (close: number) => number, x: SeriesRef = price.close): SeriesRef {
  return seriesOf(
    customNode({
      name: 'leaky',
      codeHash: 'a1',
      params: {},
      values: {},
      inputs: { x },
      period: 1,
      compute: (views) => compute(views.x!.at(0)),
    }),
  )
}

test('a graph of pure nodes gives no finding, whatever it is', () => {
  fc.assert(
    fc.property(anyGraph(), anyBars(), (graph, bars) => {
      const check = checkReplay(graph, bars, { cuts: 3 })
      expect(check.findings).toEqual([])
      expect(check.nodes).toBeGreaterThan(0)
    }),
    { numRuns: 100 },
  )
})

test('a node that knows the future is named with the bar and both values', () => {
  // The highest close of the whole run: what a careless author reads from a column instead of from the view.
  let seen: number[] = []
  const peeking = leaky((close) => {
    seen = close === 1 ? [close] : [...seen, close]
    return close >= 5 ? future(seen.length) : close
  })
  let run = 0
  const future = (bars: number): number => (bars === 5 ? 100 + run++ : 0)
  const user = sma(seriesWith(peeking.node, 'value', 'causal'), 2)
  const { findings, cutsMs } = checkReplay([user.node], data, { cuts: 2 })
  expect(cutsMs).toEqual([4 * hourMs, 7 * hourMs])
  expect(findings).toMatchObject([
    {
      node: peeking.node,
      output: 'value',
      closeTimeMs: 5 * hourMs,
      knownUntilMs: 7 * hourMs,
      whole: 100,
      replayed: 101,
    },
  ])
  expect(findings.map(replayFindingText)).toEqual(["node 'leaky' has 100 with all bars, 101 without later ones"])
})

test('a value that is there only with later bars is a finding too', () => {
  let calls = 0
  const fading = leaky((close) => (calls++ < closes.length ? close : NaN))
  const { findings } = checkReplay([fading.node], data, { cuts: 1 })
  expect(findings.map(replayFindingText)).toEqual(["node 'leaky' has 1 with all bars, no value without later ones"])
})

test('cuts are counted from one on', () => {
  expect(() => checkReplay([price.node], data, { cuts: 0 })).toThrow('a replay check at 0 bars')
})

test('a finding is the first remark on a run', () => {
  let calls = 0
  const drifting = leaky(() => calls++)
  const signal = seriesWith(drifting.node, 'value', 'causal')
  const target = positionTarget({ instrument: price.instrument, signal, long: 1 })
  const instrument = defineInstrument(price.instrument)
  const result = backtestStrategy([target], data, { instruments: [instrument] })
  const read = data.map((columns) => ({ instrument, columns, source: 'made up', fingerprint: fingerprintOf(columns) }))
  const [first] = remarksOn(result, read, checkReplay([target], data, { cuts: 1 }))
  expect(first).toMatchObject({ kind: 'looks-ahead', weight: 'warning' })
  expect(first?.text).toBe(
    "node 'leaky' has 10 with all bars, 20 without later ones, on the bar closing 1970-01-01T01:00:00Z",
  )
  expect(remarksOn(result, read).map(({ kind }) => kind)).not.toContain('looks-ahead')
})
