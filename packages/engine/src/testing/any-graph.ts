import fc from 'fast-check'
import { barColumnsOf, type Bar, type BarColumns } from '@qmtl/market'
import { align } from '../graph/align.ts'
import { bars, type BarSeries } from '../graph/bars.ts'
import { customNode } from '../graph/custom-node.ts'
import type { NodeSpec, SeriesRef } from '../graph/node-spec.ts'
import { integer } from '../graph/parameters.ts'
import { positionTarget } from '../graph/position-target.ts'
import { resample } from '../graph/resample.ts'
import { seriesOf, seriesWith } from '../graph/series.ts'
import { crossSectionalRank } from '../operators/cross-section/cross-section.ts'
import { sessionStart } from '../operators/sessions/session-start.ts'
import { since } from '../operators/sessions/since.ts'
import { crossover } from '../operators/pointwise/crossing.ts'
import { ema } from '../operators/averages/ema.ts'
import { aggregates } from '../operators/resample-kernel.ts'
import { highest, lowest } from '../operators/rolling/extremes.ts'
import { rsi } from '../operators/indicators/rsi.ts'
import { sma } from '../operators/averages/sma.ts'
import { stdev } from '../operators/rolling/deviation.ts'

const unary = { sma, ema, rsi, stdev, highest, lowest, zscore, spread }
const columns = ['open', 'high', 'low', 'close', 'volume'] as const
const longestMs = 4 * 3_600_000
const sourcesOfGraphs = [
  ['BTC-USD.SIM', '15m'],
  ['BTC-USD.SIM', '1h'],
  ['ETH-USD.SIM', '1h'],
  ['ETH-USD.SIM', '4h'],
] as const

/** A strategy graph over a few sources of several intervals: built-in operators, custom nodes, aligned series, intents. */
export function anyGraph(): fc.Arbitrary<readonly NodeSpec[]> {
  const step = fc.record({
    operator: fc.constantFrom(
      'sma',
      'ema',
      'rsi',
      'stdev',
      'highest',
      'lowest',
      'zscore',
      'spread',
      'crossover',
      'quotient',
      'rank',
      'resample',
      'session',
      'target',
    ),
    a: fc.nat(),
    b: fc.nat(),
    window: fc.integer({ min: 2, max: 7 }),
  } as const)
  return fc.array(step, { minLength: 1, maxLength: 14, size: 'max' }).map((steps) => {
    const pool: SeriesRef[] = allSources().flatMap((source) => columns.map((column) => source[column]))
    const nodes: NodeSpec[] = []
    for (const { operator, a, b, window } of steps) {
      const first = causal(pool[a % pool.length]!)
      const second = causal(pool[b % pool.length]!)
      const node = build(operator, { first, second, window })
      nodes.push(node)
      pool.push(...node.outputs.map((output) => ({ node, output })))
    }
    return nodes
  })
}

/** Bars for every source of `anyGraph`: missing bars, missing values and ties among them. */
export function anyBars(): fc.Arbitrary<readonly BarColumns[]> {
  const price = fc.oneof(
    { weight: 8, arbitrary: fc.double({ min: 1, max: 1e5, noNaN: true }) },
    { weight: 3, arbitrary: fc.constantFrom(1, 2, 3) },
  )
  const value = fc.oneof({ weight: 20, arbitrary: price }, { weight: 1, arbitrary: fc.constant(NaN) })
  const bar = fc.record({
    isMissing: fc.nat({ max: 9 }).map((draw) => draw === 0),
    values: fc.tuple(value, value, value, value, value),
  })
  return fc
    .tuple(
      ...allSources().map(({ node }) =>
        fc.array(bar, { maxLength: Math.floor((30 * 3_600_000) / node.intervalMs), size: 'max' }),
      ),
    )
    .map((drawn) =>
      allSources().map((source, index) =>
        barColumnsOf(
          { instrument: source.instrument, intervalMs: source.node.intervalMs },
          present(source, drawn[index] ?? []),
        ),
      ),
    )
}

interface DrawnBar {
  readonly isMissing: boolean
  readonly values: readonly [number, number, number, number, number]
}

const startMs = Date.UTC(2024, 0, 1)

function present({ node }: BarSeries, drawn: readonly DrawnBar[]): readonly Bar[] {
  return drawn.flatMap(({ isMissing, values: [open, high, low, close, volume] }, index) =>
    isMissing ? [] : [{ openTimeMs: startMs + index * node.intervalMs, open, high, low, close, volume }],
  )
}

function allSources(): readonly BarSeries[] {
  return sourcesOfGraphs.map(([instrument, interval]) => bars({ instrument, interval }))
}

type OperatorName = keyof typeof unary | 'crossover' | 'quotient' | 'rank' | 'resample' | 'session' | 'target'

interface Operands {
  readonly first: ReturnType<typeof causal>
  readonly second: ReturnType<typeof causal>
  readonly window: number
}

function build(operator: OperatorName, { first, second, window }: Operands): NodeSpec {
  const other = align(second, intervalText(first.node))
  const isWindowed = operator !== 'quotient' && operator !== 'rank' && operator !== 'target'
  // What is only aligned has no bars for a window to span.
  if (isWindowed && first.node.stepwise && (operator !== 'crossover' || other.node.stepwise))
    return quotient(first, other)
  switch (operator) {
    case 'crossover':
      return crossover(first, other).node
    case 'quotient':
      return quotient(first, other)
    case 'rank':
      return rank(first, other)
    case 'session':
      return since(first, sessionStart(first, window > 4 ? { pause: '2h' } : {}), 'sum').node
    case 'resample':
      return first.node.intervalMs >= longestMs ? quotient(first, other) : resampled(first, window)
    case 'target':
      return positionTarget({
        instrument: 'BTC-USD.SIM',
        signal: first,
        long: 1,
        ...(window > 4 ? { short: -0.5 } : {}),
      })
    default:
      return unary[operator](first, window).node
  }
}

function rank(first: Operands['first'], other: Operands['first']): NodeSpec {
  const isOne = first.node.id === other.node.id && first.output === other.output
  return isOne ? quotient(first, other) : crossSectionalRank([first, other])[0]!.node
}

function resampled(x: Operands['first'], draw: number): NodeSpec {
  return resample(x, draw % 2 === 0 ? '4h' : '8h', aggregates[draw % aggregates.length]).node
}

function intervalText(node: NodeSpec): string {
  return `${node.intervalMs / 1000}s`.replace('86400s', '1d')
}

function causal({ node, output }: SeriesRef) {
  return seriesWith(node, output, 'causal')
}

function quotient(a: SeriesRef, b: SeriesRef): NodeSpec {
  return customNode({
    name: 'quotient',
    codeHash: 'd1',
    params: {},
    values: {},
    inputs: { a, b },
    period: 1,
    // Equal inputs divide by zero: infinities must read as "no value" in both modes.
    compute: (views) => 1 / (views.a!.at(0) - views.b!.at(0)),
  })
}

function zscore(x: SeriesRef, window: number): SeriesRef {
  const node = customNode({
    name: 'zscore',
    codeHash: 'e1',
    params: { window: integer({ min: 2 }) },
    values: { window },
    inputs: { x },
    period: ({ window: bars }) => bars,
    compute: ({ x: view }) => {
      const values = view!.last(view!.length)
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
      return (view!.at(0) - mean) / spread
    },
  })
  return seriesOf(node)
}

function spread(x: SeriesRef, window: number): SeriesRef {
  const node = customNode({
    name: 'spread',
    codeHash: 'f1',
    params: {},
    values: {},
    inputs: { x },
    period: window,
    outputs: ['width', 'middle'],
    compute: ({ x: view }) => {
      const sorted = view!.last(view!.length).sort()
      return { width: sorted[sorted.length - 1]! - sorted[0]!, middle: sorted[Math.floor(sorted.length / 2)]! }
    },
  })
  return seriesOf(node, 'width')
}
