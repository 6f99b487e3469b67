import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { QmtlError, validateDag } from '@qmtl/contracts'
import { makeNode } from '../../graph/make-node.ts'
import type { Series } from '../../graph/node-spec.ts'
import { positionTarget } from '../../graph/position-target.ts'
import { serializeGraph } from '../../graph/serialize-graph.ts'
import { price, run } from '../../testing/run-series.ts'
import { lag } from '../rolling/change.ts'
import { volatility } from '../indicators/volatility.ts'
import { forwardReturn } from './forward-return.ts'
import { metaLabel } from './meta-label.ts'
import { tripleBarrier, type TripleBarrierLabel, type TripleBarrierOptions } from './triple-barrier.ts'

const { close, open, high, low } = price

/** The values of the first entry, on the bar on which they are known. */
function labelOf(closes: readonly number[], options: Omit<TripleBarrierOptions, 'maxBars'>): Record<string, number> {
  const label = tripleBarrier(close, { ...options, maxBars: closes.length - 1 })
  return Object.fromEntries(
    Object.entries(label).map(([output, series]) => [output, run(series, { close: closes }).at(-1)!]),
  )
}

describe('tripleBarrier', () => {
  const cases: readonly (readonly [
    name: string,
    closes: readonly number[],
    options: Omit<TripleBarrierOptions, 'maxBars'>,
    expected: Partial<Record<keyof TripleBarrierLabel, number>>,
  ])[] = [
    ['is 1 on the target', [100, 101, 102, 90], { profitTarget: 0.02, stopLoss: 0.01 }, { outcome: 1, bars: 2 }],
    ['is 0 short of both', [100, 101, 101], { profitTarget: 0.02, stopLoss: 0.01 }, { outcome: 0, bars: 2 }],
    ['is -1 on the stop', [100, 99, 102], { profitTarget: 0.02, stopLoss: 0.01 }, { outcome: -1, grossReturn: -0.01 }],
    ['of a short entry is mirrored', [100, 98], { profitTarget: 0.02, side: -1 }, { outcome: 1, grossReturn: 0.02 }],
    [
      'asks for the costs too',
      [100, 102],
      { profitTarget: 0.02, stopLoss: 0.01, totalCost: 0.005 },
      { outcome: 0, grossOutcome: 1 },
    ],
    [
      'may stop with costs where it would without',
      [100, 98.7],
      { profitTarget: 0.02, stopLoss: 0.01, totalCost: 0.003, minEdge: 0.002 },
      { outcome: -1, grossOutcome: -1, netOnlyStop: 0, netReturn: -0.018 },
    ],
    [
      'says where the costs alone stopped it',
      [100, 99.4],
      { profitTarget: 0.02, stopLoss: 0.01, totalCost: 0.005 },
      { outcome: -1, grossOutcome: 0, netOnlyStop: 1, netReturn: -0.011 },
    ],
    [
      'takes prices as levels',
      [100, 103, 104],
      { mode: 'price', profitTarget: 104, stopLoss: 98 },
      { outcome: 1, bars: 2 },
    ],
    [
      'takes levels of a short entry',
      [100, 104],
      { mode: 'price', side: -1, profitTarget: 95, stopLoss: 104 },
      { outcome: -1 },
    ],
    [
      'takes costs off the price in price mode',
      [100, 104, 104.5],
      { mode: 'price', profitTarget: 104, totalCost: 0.005 },
      { outcome: 1, bars: 2 },
    ],
    ['has no value where no side is taken', [100, 103], { side: 0, profitTarget: 0.02 }, { outcome: NaN, bars: NaN }],
    ['has no value for a price that is not above 0', [0, 103], { profitTarget: 0.02 }, { outcome: NaN }],
    ['has no value over a gap', [100, NaN, 103], { profitTarget: 0.02 }, { outcome: NaN }],
    ['without barriers ends with the horizon', [100, 150, 50], {}, { outcome: 0, bars: 2, grossReturn: -0.5 }],
  ]
  for (const [name, closes, options, expected] of cases) {
    test(name, () => {
      const seen = labelOf(closes, options)
      for (const [output, value] of Object.entries(expected)) {
        if (Number.isNaN(value)) expect(seen[output]).toBeNaN()
        else expect(seen[output]).toBeCloseTo(value, 12)
      }
    })
  }

  test('is on every bar what a walk from its entry finds, with sides and barriers of the entry', () => {
    const step = fc.record({
      x: fc.integer({ min: 90, max: 110 }),
      side: fc.constantFrom(-1, 0, 1, 1, NaN),
      profit: fc.constantFrom(0.01, 0.05, NaN),
      stop: fc.constantFrom(0.01, 0.08),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), fc.integer({ min: 1, max: 6 }), (steps, maxBars) => {
        const label = tripleBarrier(close, { maxBars, side: open, profitTarget: high, stopLoss: low, minEdge: 0.003 })
        const column = (name: keyof (typeof steps)[number]): number[] => steps.map((each) => each[name])
        const columns = { close: column('x'), open: column('side'), high: column('profit'), low: column('stop') }
        const seen = run(label.outcome, columns)
        steps.forEach((_, row) => {
          const entry = steps[row - maxBars]
          const isKnown = entry !== undefined && Math.abs(entry.side) === 1 && !Number.isNaN(entry.profit)
          const nets = isKnown
            ? steps.slice(row - maxBars + 1, row + 1).map(({ x }) => (entry.side * (x - entry.x)) / entry.x - 0.003)
            : []
          const end = nets.find((net) => net >= entry!.profit || net <= -entry!.stop)
          const expected = end === undefined ? 0 : end >= entry!.profit ? 1 : -1
          expect(seen[row]).toBe(isKnown ? expected : NaN)
        })
      }),
    )
  })

  test('may have barriers in volatility, frozen at the entry', () => {
    const width = volatility(close, 3).times(2)
    const label = tripleBarrier(close, { maxBars: 2, profitTarget: width, stopLoss: width })
    const closes = [100, 101, 100, 101, 101.5, 200, 201]
    const spread = run(width, { close: closes })[3]!
    expect(run(label.outcome, { close: closes })[5]).toBe((200 - 101) / 101 >= spread ? 1 : 0)
  })

  test('ends at the earlier of bars and duration, which counts in bars of the price', () => {
    const [byBars, byDuration] = [{ maxBars: 3 }, { maxDuration: '150m' }].map(
      (horizon) => tripleBarrier(close, { ...horizon, profitTarget: 0.1 }).outcome.node,
    )
    expect(byDuration?.id).toBe(byBars?.id)
    expect(byBars?.params['label_delay']).toBe(3)
    expect(tripleBarrier(close, { maxBars: 9, maxDuration: '2h' }).bars.node.period).toBe(3)
  })

  const wrong: readonly (readonly [name: string, options: TripleBarrierOptions, path: string])[] = [
    ['no horizon', { profitTarget: 0.1 }, 'maxBars, maxDuration'],
    ['a negative target', { maxBars: 3, profitTarget: -0.1 }, 'profit'],
    ['a side that is none', { maxBars: 3, side: 2 }, 'side'],
    ['a duration shorter than a bar could be', { maxDuration: '0s' }, 'maxDuration'],
    ['costs above the price', { maxBars: 3, totalCost: 1.5 }, 'cost'],
  ]
  for (const [name, options, path] of wrong) {
    test(`is refused with ${name}`, () => {
      try {
        tripleBarrier(close, options)
        expect.unreachable()
      } catch (error) {
        expect(error).toBeInstanceOf(QmtlError)
        expect((error as QmtlError).errors.map((cause) => cause.path)).toEqual([path])
      }
    })
  }
})

test('forwardReturn pairs with a feature that lags as many bars', () => {
  const closes = [100, 110, 99, 198, NaN, 100]
  expect(run(forwardReturn(close, 2), { close: closes })).toEqual([NaN, NaN, -0.01, 0.8, NaN, (100 - 198) / 198])
  expect(run(lag(close, 2), { close: closes })).toEqual([NaN, NaN, 100, 110, 99, 198])
})

test('metaLabel is 1 where an entry that was kept ended at its target', () => {
  const options = { maxBars: 1, profitTarget: 0.02, stopLoss: 0.02 }
  const columns = { close: [100, 103, 104, 110, 100], open: [0, 0, 1, 0, 0] }
  expect(run(metaLabel(close, options), columns)).toEqual([NaN, 1, 0, 1, 0])
  expect(run(metaLabel(close, { ...options, filtered: open }), columns)).toEqual([NaN, 1, 0, 0, 0])
})

test('a label is delayed, in its type and in its node', () => {
  type Signal = Parameters<typeof positionTarget>[0]['signal']
  const labels = {
    ...tripleBarrier(close, { maxBars: 3 }),
    forward: forwardReturn(close),
    meta: metaLabel(close, { maxBars: 3 }),
  }
  for (const label of Object.values(labels)) expect([label.timing, label.node.delayed]).toEqual(['delayed', true])
  expectTypeOf(labels.outcome).toEqualTypeOf<Series<'delayed'>>()
  expectTypeOf(labels.forward).not.toExtend<Signal>()
  expectTypeOf(labels.meta).not.toExtend<Signal>()
})

test('a label that a client wires into an intent all the same is refused at submit, however it is computed on', () => {
  for (const label of [forwardReturn(close, 2), metaLabel(close, { maxBars: 3 }).minus(0.5)]) {
    const forged = makeNode({
      nodeType: 'position_target',
      kind: 'intent',
      period: 1,
      settings: { instrument: price.instrument, long: 1, flat: 0 },
      inputs: { signal: label },
      outputs: ['target'],
      codeHash: positionTarget({ instrument: price.instrument, signal: close, long: 1 }).codeHash,
    })
    const dag: unknown = JSON.parse(JSON.stringify(serializeGraph([forged], { name: 'forged', version: '1' })))
    expect(() => validateDag(dag, { maxNodes: 20 })).toThrow(expect.objectContaining({ code: 'E_DELAYED_INPUT' }))
  }
})
