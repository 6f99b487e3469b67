import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { barAt, type BarColumns } from '@qmtl/market'
import { bars } from '../graph/bars.ts'
import { customNode } from '../graph/custom-node.ts'
import type { NodeSpec } from '../graph/node-spec.ts'
import { seriesOf } from '../graph/series.ts'
import { sma } from '../operators/averages/sma.ts'
import { anyBars, anyGraph } from '../testing/any-graph.ts'
import { evaluateColumnar } from './evaluate-columnar.ts'
import { createLiveEvaluator, type LateRule, type LiveRow } from './live-evaluator.ts'
import type { SourceBar } from './streaming-evaluator.ts'

const hourMs = 3_600_000
const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })

function hourly(hour: number, close: number, instrument = price.instrument): SourceBar {
  const bar = { openTimeMs: hour * hourMs, open: close, high: close, low: close, close, volume: 1 }
  return { instrument, intervalMs: hourMs, bar }
}

/** What one was told last of each node and instant. */
type Told = Map<string, Map<number, readonly number[]>>

function toldBy(outputs: readonly NodeSpec[], data: readonly BarColumns[]): Told {
  const result = evaluateColumnar(outputs, data)
  return new Map(
    result.nodes.map((node) => {
      const columns = node.outputs.map((output) => result.column({ node, output }))
      const rows = Array.from(
        result.rowsOf(node),
        (time, row) => [time, columns.map((column) => column[row]!)] as const,
      )
      return [node.id, new Map(rows)]
    }),
  )
}

interface Arrival {
  readonly bar: SourceBar
  /** How many quarters of an hour after its close it comes. */
  readonly delay: number
}

/** Bars with delays, some of them twice, some of these with other values. */
function anyArrivals(): fc.Arbitrary<readonly Arrival[]> {
  const fate = fc.record({
    delay: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat({ max: 20 }) }),
    repeat: fc.constantFrom('none', 'none', 'none', 'same', 'other'),
    repeatDelay: fc.nat({ max: 12 }),
  } as const)
  return fc.tuple(anyBars(), fc.array(fate, { minLength: 1, maxLength: 60, size: 'max' })).map(([data, fates]) =>
    data.flatMap((columns) =>
      Array.from({ length: columns.length }, (_, index): readonly Arrival[] => {
        const { delay, repeat, repeatDelay } = fates[index % fates.length]!
        const bar = { instrument: columns.instrument, intervalMs: columns.intervalMs, bar: barAt(columns, index) }
        const again = repeat === 'other' ? { ...bar, bar: { ...bar.bar, close: bar.bar.close + 1 } } : bar
        return [{ bar, delay }, ...(repeat === 'none' ? [] : [{ bar: again, delay: delay + repeatDelay }])]
      }).flat(),
    ),
  )
}

describe('any graph over bars that come late, twice, corrected or never', () => {
  for (const onLate of ['recompute', 'ignore', 'side_output'] as const satisfies readonly LateRule[]) {
    test(`has told the bits of the columnar evaluation over the bars it took (${onLate})`, () => {
      fc.assert(
        fc.property(anyGraph(), anyArrivals(), fc.nat({ max: 6 }), (graph, arrivals, lateness) => {
          const allowedLatenessMs = (lateness * hourMs) / 4
          const told: Told = new Map()
          const late: SourceBar[] = []
          const onRow = ({ closeTimeMs }: LiveRow): void => {
            for (const node of live.nodes.filter((each) => live.hasRow(each))) {
              const rows = told.get(node.id) ?? new Map<number, readonly number[]>()
              told.set(
                node.id,
                rows.set(
                  closeTimeMs,
                  node.outputs.map((output) => live.value({ node, output })),
                ),
              )
            }
          }
          const live = createLiveEvaluator(graph, {
            onLate,
            allowedLatenessMs,
            onRow,
            onLateBar: (bar) => late.push(bar),
          })
          let dropped = 0
          for (const [atMs, group] of arrivalsByTime(arrivals)) {
            dropped += live.offer(group).filter((outcome) => outcome === 'dropped').length
            live.advanceTo(atMs)
          }
          if (onLate === 'recompute') expect(dropped).toBe(0)
          expect(late).toHaveLength(onLate === 'side_output' ? dropped : 0)
          const whole = toldBy(graph, live.bars())
          for (const [id, rows] of whole) expect(sorted(told.get(id))).toStrictEqual([...rows])
        }),
        { numRuns: 150 },
      )
    })
  }
})

function arrivalsByTime(arrivals: readonly Arrival[]): readonly (readonly [number, readonly SourceBar[]])[] {
  const groups = new Map<number, SourceBar[]>()
  for (const { bar, delay } of arrivals) {
    const atMs = bar.bar.openTimeMs + bar.intervalMs + (delay * hourMs) / 4
    groups.set(atMs, [...(groups.get(atMs) ?? []), bar])
  }
  return [...groups].sort(([a], [b]) => a - b)
}

function sorted(rows: ReadonlyMap<number, readonly number[]> | undefined) {
  return [...(rows ?? [])].sort(([a], [b]) => a - b)
}

describe('a bar', () => {
  const mean = sma(price.close, 2)
  const start = (onLate?: LateRule, allowedLatenessMs = 0) => {
    const rows: (readonly [number, number, boolean])[] = []
    const live = createLiveEvaluator([mean.node], {
      ...(onLate === undefined ? {} : { onLate }),
      allowedLatenessMs,
      onRow: ({ closeTimeMs, isRevision }) => rows.push([closeTimeMs / hourMs, live.value(mean), isRevision]),
    })
    live.offer([hourly(0, 1), hourly(1, 3)])
    live.advanceTo(2 * hourMs)
    live.offer([hourly(3, 5)])
    live.advanceTo(4 * hourMs)
    rows.length = 0
    return { live, rows }
  }

  test('that fills a gap late changes what was told from its close on', () => {
    const { live, rows } = start()
    expect(live.offer([hourly(2, 9)])).toEqual(['revising'])
    expect(rows).toEqual([
      [3, 6, true],
      [4, 7, true],
    ])
  })

  test('that repeats one changes nothing; a corrected one does', () => {
    const { live, rows } = start()
    expect(live.offer([hourly(3, 5), hourly(3, 7)])).toEqual(['same', 'revising'])
    expect(rows).toEqual([[4, 5, true]])
  })

  test('waits for the watermark, in whatever order it comes; the last of its instant counts', () => {
    const { live, rows } = start()
    expect(live.offer([hourly(5, 8), hourly(4, 1), hourly(4, 2), hourly(4, 2)])).toEqual([
      'waiting',
      'waiting',
      'replaced',
      'same',
    ])
    expect(rows).toEqual([])
    live.advanceTo(6 * hourMs)
    live.advanceTo(5 * hourMs)
    expect(live.watermarkMs).toBe(6 * hourMs)
    expect(rows).toEqual([
      [5, 3.5, false],
      [6, 5, false],
    ])
  })

  test('is dropped under ignore once it is later than allowed', () => {
    expect(start('ignore').live.offer([hourly(3, 6)])).toEqual(['dropped'])
    expect(start('ignore', 1).live.offer([hourly(3, 6)])).toEqual(['revising'])
    expect(start('ignore', hourMs).live.offer([hourly(2, 6)])).toEqual(['dropped'])
  })

  test('of no source is left aside, and one without whole times is refused before anything changes', () => {
    const { live, rows } = start()
    expect(live.offer([hourly(4, 1, 'ETH-USD.SIM')])).toEqual(['unread'])
    expect(() => live.offer([hourly(2, 9), hourly(0.1234567, 1)])).toThrow('both must be whole')
    expect(rows).toEqual([])
    expect(() => createLiveEvaluator([mean.node], { allowedLatenessMs: -1 })).toThrow('it must be 0 or more')
  })
})

test('a node that fails is told once per bar, and keeps nothing else from running', () => {
  const fragile = seriesOf(
    customNode({
      name: 'fragile',
      codeHash: 'a1',
      params: {},
      values: {},
      inputs: { x: price.close },
      period: 1,
      compute: ({ x }) => {
        if (x!.at(0) < 0) throw new Error('below 0')
        return x!.at(0)
      },
    }),
  )
  const failures: string[] = []
  const telling = createLiveEvaluator([fragile.node], {
    onFailure: ({ details }) => failures.push(String(details['bar_close_ts'])),
  })
  const throwing = createLiveEvaluator([fragile.node])
  for (const live of [telling, throwing]) live.offer([hourly(0, -1), hourly(1, 2), hourly(3, -4)])
  telling.advanceTo(4 * hourMs)
  expect(() => throwing.advanceTo(4 * hourMs)).toThrow("'fragile' failed on the bar closing 1970-01-01T01:00:00Z")
  expect(throwing.bars()[0]?.length).toBe(3)
  telling.offer([hourly(2, 3)])
  expect(failures).toEqual(['01', '04', '04'].map((hour) => `1970-01-01T${hour}:00:00Z`))
})
