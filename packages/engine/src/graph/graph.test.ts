import { describe, expect, expectTypeOf, test } from 'vitest'
import { QmtlError, validateDag } from '@qmtl/contracts'
import { crossover } from '../operators/pointwise/crossing.ts'
import { highest } from '../operators/rolling/extremes.ts'
import { rsi } from '../operators/indicators/rsi.ts'
import { sma } from '../operators/averages/sma.ts'
import { stdev } from '../operators/rolling/deviation.ts'
import { align } from './align.ts'
import { bars } from './bars.ts'
import { collectGraph, sourcesOf, warmupOf } from './collect-graph.ts'
import { customNode, type CustomNodeOptions } from './custom-node.ts'
import type { NodeSpec, Series } from './node-spec.ts'
import { seriesOf } from './series.ts'
import { integer, type ParameterSchema } from './parameters.ts'
import { positionTarget, targetSettings } from './position-target.ts'
import { serializeGraph } from './serialize-graph.ts'

const hourly = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
const quarterly = bars({ instrument: 'BTC-USD.SIM', interval: '15m' })

function refusal(act: () => unknown): QmtlError {
  try {
    act()
  } catch (error) {
    if (error instanceof QmtlError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

function custom(options: Partial<CustomNodeOptions<ParameterSchema>> = {}): NodeSpec {
  return customNode({
    name: 'mine',
    codeHash: 'a1',
    params: {},
    values: {},
    inputs: { x: hourly.close },
    period: 1,
    compute: () => 0,
    ...options,
  })
}

describe('a node id', () => {
  const sameContent: readonly (readonly [string, NodeSpec, NodeSpec])[] = [
    [
      'the same content built twice',
      sma(hourly.close, 20).node,
      sma(bars({ instrument: 'BTC-USD.SIM', interval: '60m' }).close, 20).node,
    ],
    ['other tags', hourly.node, bars({ instrument: 'BTC-USD.SIM', interval: '1h', tags: ['spot'] }).node],
    ['another name of an author', custom(), custom({ name: 'yours' })],
    [
      'a default named',
      custom({ params: { n: integer({ default: 3 }) } }),
      custom({ params: { n: integer({ default: 3 }) }, values: { n: 3 } }),
    ],
    [
      'a parameter of -0',
      custom({ params: { n: integer() }, values: { n: 0 } }),
      custom({ params: { n: integer() }, values: { n: -0 } }),
    ],
  ]
  test.each(sameContent)('is equal for %s', (_, a, b) => expect(a.id).toBe(b.id))

  const otherContent: readonly (readonly [string, NodeSpec, NodeSpec])[] = [
    ['another window', sma(hourly.close, 20).node, sma(hourly.close, 21).node],
    ['another operator', sma(hourly.close, 20).node, highest(hourly.close, 20).node],
    ['another output of the same node', sma(hourly.close, 20).node, sma(hourly.open, 20).node],
    ['inputs in other roles', crossover(hourly.open, hourly.close).node, crossover(hourly.close, hourly.open).node],
    ['another instrument', hourly.node, bars({ instrument: 'ETH-USD.SIM', interval: '1h' }).node],
    ['another interval', hourly.node, quarterly.node],
    ['another target of an alignment', align(hourly.close, '15m').node, align(hourly.close, '5m').node],
    ['other code', custom(), custom({ codeHash: 'a2' })],
    ['other outputs', custom(), custom({ outputs: ['upper', 'lower'] })],
    ['a label', custom(), custom({ labelDelay: 1 })],
    [
      'a short level',
      positionTarget({ instrument: 'BTC-USD.SIM', signal: hourly.close, long: 1 }),
      positionTarget({ instrument: 'BTC-USD.SIM', signal: hourly.close, long: 1, short: 0 }),
    ],
  ]
  test.each(otherContent)('differs for %s', (_, a, b) => expect(a.id).not.toBe(b.id))

  test('is the one that a submission recomputes, for every kind of node', () => {
    const target = positionTarget({ instrument: 'BTC-USD.SIM', signal: crossover(hourly.high, hourly.low), long: 1 })
    const label = custom({ outputs: ['upper', 'lower'], labelDelay: 2, params: { n: integer() }, values: { n: 3 } })
    const dag = serializeGraph([target, align(hourly.close, '15m').node, label], { name: 'x', version: '1' })
    const { ordered, warnings } = validateDag(JSON.parse(JSON.stringify(dag)), { maxNodes: 10 })
    expect(ordered).toHaveLength(dag.nodes.length)
    expect(warnings).toEqual([])
    expect(dag.nodes.filter(({ delayed }) => delayed)).toHaveLength(1)
  })

  test('is golden for the nodes of a first strategy', () => {
    const target = positionTarget({
      instrument: 'BTC-USD.SIM',
      signal: crossover(sma(hourly.close, 10), sma(hourly.close, 50)),
      long: 1,
      flat: 0,
    })
    const ids = serializeGraph([target], { name: 'golden-cross', version: '1' }).nodes.map(
      ({ name, node_id }) => `${name} ${node_id.slice(0, 23)}`,
    )
    expect(ids).toMatchInlineSnapshot(`
      [
        "bars blake3:589573c85c2cad25",
        "sma blake3:463f26d87a4afb00",
        "sma blake3:f808e34ee6373b68",
        "crossover blake3:07863b311dcaf1d7",
        "position_target blake3:0a4f88e31a7afa46",
      ]
    `)
  })
})

describe('a graph', () => {
  test('choosing an output makes no node', () => {
    expect(collectGraph([crossover(hourly.open, hourly.close).node]).map(({ nodeType }) => nodeType)).toEqual([
      'bars',
      'crossover',
    ])
  })

  test('lists each node once, inputs before their users, merged over strategies', () => {
    const fast = sma(hourly.close, 10)
    const first = crossover(fast, sma(hourly.close, 20)).node
    const second = crossover(sma(hourly.close, 10), sma(hourly.close, 30)).node
    const nodes = collectGraph([first, second])
    expect(nodes).toHaveLength(6)
    nodes.forEach((node, index) => {
      for (const { node: input } of Object.values(node.inputs))
        expect(nodes.slice(0, index).some(({ id }) => id === input.id)).toBe(true)
    })
    expect(sourcesOf([first, second])).toEqual([hourly.node])
  })

  test('may be a chain of thousands of nodes, or a ladder with millions of paths', () => {
    let chain: Series = hourly.close
    for (let link = 0; link < 3000; link++) chain = highest(chain, 1)
    expect(collectGraph([chain.node])).toHaveLength(3001)
    let rung: Series = hourly.close
    for (let link = 0; link < 60; link++) rung = crossover(rung, rung)
    expect(warmupOf(rung.node)).toBe(60)
  })

  test('is immutable', () => {
    const { node } = sma(hourly.close, 20)
    for (const part of [node, node.settings, node.params, node.inputs, node.outputs, node.tags])
      expect(Object.isFrozen(part)).toBe(true)
  })

  test('is sent with its types, periods, seconds and roles', () => {
    const target = positionTarget({ instrument: 'BTC-USD.SIM', signal: sma(hourly.close, 20), long: 1, short: -1 })
    const document = serializeGraph([target], { name: 'trend', version: '2', params: { window: 20 } })
    expect(document).toMatchObject({
      schema_version: 'v1',
      name: 'trend',
      version: '2',
      meta: { params: { window: 20 } },
    })
    expect(document.nodes).toMatchObject([
      {
        node_type: 'bars',
        kind: 'source',
        interval: 3600,
        period: 0,
        params: { instrument: 'BTC-USD.SIM' },
        dependencies: [],
        schema_compat_id: 'bars/v1',
      },
      {
        node_type: 'sma',
        kind: 'operator',
        interval: 3600,
        period: 20,
        params: { window: 20, inputs: { x: { node: hourly.node.id, output: 'close' } } },
      },
      {
        node_type: 'position_target',
        kind: 'intent',
        params: { instrument: 'BTC-USD.SIM', long: 1, short: -1, flat: 0 },
      },
    ])
    expect(targetSettings(target)).toEqual({ instrument: 'BTC-USD.SIM', long: 1, short: -1, flat: 0 })
  })
})

describe('warm-up', () => {
  const cases: readonly (readonly [string, NodeSpec, number])[] = [
    ['a source', hourly.node, 0],
    ['a mean of 20', sma(hourly.close, 20).node, 19],
    ['an rsi of 14', rsi(hourly.close, 14).node, 14],
    ['a mean of a mean', sma(sma(hourly.close, 20), 10).node, 28],
    ['a cross of two means', crossover(sma(hourly.close, 10), sma(hourly.close, 50)).node, 50],
    ['an intent', positionTarget({ instrument: 'BTC-USD.SIM', signal: sma(hourly.close, 20), long: 1 }), 19],
    ['an hourly value at 15 minutes', align(hourly.close, '15m').node, 3],
    ['an hourly mean of 20 at 15 minutes', align(sma(hourly.close, 20), '15m').node, 79],
    ['a mean of 5 quarters at hours', align(sma(quarterly.close, 5), '1h').node, 1],
    ['a cross with an aligned mean', crossover(quarterly.close, align(sma(hourly.close, 2), '15m')).node, 8],
  ]
  test.each(cases)('of %s', (_, node, expected) => expect(warmupOf(node)).toBe(expected))
})

describe('mixed intervals', () => {
  test('are refused, naming both and align', () => {
    const error = refusal(() => crossover(quarterly.close, hourly.close))
    expect(`${error.code} ${error.message}; ${error.hint}`).toBe(
      "E_MIXED_INTERVALS crossover: a has bars of 15m, b of 1h; bring them to one interval: align(b, '15m') or align(a, '1h')",
    )
  })

  test('are refused for a window over bars that an aligned series does not have', () => {
    const error = refusal(() => sma(align(hourly.close, '15m'), 20))
    expect(`${error.code} ${error.message}`).toBe(
      'E_MIXED_INTERVALS sma needs 20 bars of 15m, but its inputs are only aligned to 15m and have no such bars',
    )
    expect(error.hint).toContain('align its result')
  })

  test('aligning to the own interval is the series itself', () => expect(align(hourly.close, '60m')).toBe(hourly.close))
})

describe('bad parameters', () => {
  const price = hourly as unknown as Series
  const missing = undefined as unknown as Series
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    ['a window of 0', () => sma(hourly.close, 0), 'sma: window must be a whole number from 1 to 10000, seen 0'],
    ['half a bar', () => sma(hourly.close, 2.5), 'sma: window must be a whole number from 1 to 10000, seen 2.5'],
    [
      'a text',
      () => sma(hourly.close, '20' as unknown as number),
      "sma: window must be a whole number from 1 to 10000, seen '20'",
    ],
    [
      'no window',
      () => sma(hourly.close, undefined as unknown as number),
      'sma: window is missing; it must be a whole number from 1 to 10000',
    ],
    [
      'a deviation of one',
      () => stdev(hourly.close, 1),
      'stdev: window must be a whole number from 2 to 10000, seen 1',
    ],
    ['bars instead of a column', () => sma(price, 20), 'sma: x must be a series, such as price.close, seen an object'],
    ['a misspelt column', () => sma(missing, 20), 'sma: x must be a series, such as price.close'],
    [
      'bars instead of a column to align',
      () => align(price, '15m'),
      'align: series must be a series, such as price.close, seen an object',
    ],
    [
      'an instrument without a venue',
      () => bars({ instrument: 'BTC', interval: '1h' }),
      "bars: instrument must be an instrument id such as 'BTC-USD.SIM', seen 'BTC'",
    ],
    [
      'a bad tag',
      () => bars({ instrument: 'A.B', interval: '1h', tags: ['a b', 'x', 'x'] }),
      "bars: tags[0] must be 1 to 100 letters, digits, _, . or -, seen 'a b'; tags[2] is listed twice, seen 'x'",
    ],
    [
      'a positive short',
      () => positionTarget({ instrument: 'A.B', signal: hourly.close, long: 1, short: 1 }),
      'position_target: short must be a finite number of 0 or less, seen 1',
    ],
    [
      'no signal',
      () => positionTarget({ instrument: 'A.B', signal: missing, long: 1 }),
      'position_target: signal must be a series, such as crossover(fast, slow)',
    ],
    [
      'an unknown output',
      () => seriesOf(hourly.node, 'last'),
      "bars: output must be one of open, high, low, close, volume, seen 'last'",
    ],
    ['no inputs', () => custom({ inputs: {} }), 'mine: inputs at least one is needed'],
    ['a period of 0', () => custom({ period: 0 }), 'mine: period must be 1 bar or more, seen 0'],
    [
      'a period past the limit',
      () => custom({ period: 10_001 }),
      'mine: period must be a whole number of at most 10000 bars, seen 10001',
    ],
    ['an output twice', () => custom({ outputs: ['a', 'a'] }), "mine: outputs must name each output once, seen 'a, a'"],
    [
      'a label of no delay',
      () => custom({ labelDelay: 0 }),
      'mine: labelDelay must be a whole number of 1 or more bars, seen 0',
    ],
  ]
  test.each(cases)('are refused with the value seen: %s', (_, act, message) => {
    const error = refusal(act)
    expect(error.code).toBe('E_INVALID_PARAMETER')
    expect(error.message).toBe(message)
  })

  test('are told all at once, a misspelt one with its likely name', () => {
    const params = { window: integer({ min: 2 }), lag: integer(), other: integer({ default: 1 }) }
    const error = refusal(() => custom({ params, values: { windw: 5, window: 1, lag: null } }))
    expect(error.errors.map(({ path, message }) => `${path} ${message}`)).toEqual([
      "windw is no parameter; did you mean 'window'?",
      'window must be a whole number of 2 or more',
      'lag must be a whole number',
    ])
  })

  test.each(['seed', 'Partition', 'env_region', 'inputs', 'label_delay', '1st'])(
    'the name %s of a parameter or role is refused',
    (name) => {
      const asParameter = refusal(() => custom({ params: { [name]: integer() }, values: { [name]: 1 } }))
      const asRole = refusal(() => custom({ inputs: { [name]: hourly.close } }))
      for (const error of [asParameter, asRole]) {
        expect(error.code).toBe('E_RESERVED_NAME')
        expect(error.message).toContain(`'${name}'`)
        expect(error.hint).toMatch(/^rename it/)
      }
    },
  )
})

describe('labels', () => {
  const label = seriesOf(custom({ labelDelay: 3 }))

  test('and all that is computed from them are delayed', () => {
    expect(label.timing).toBe('delayed')
    expect(sma(label, 3).timing).toBe('delayed')
    expect(crossover(hourly.close, label).timing).toBe('delayed')
    expect(align(label, '15m').timing).toBe('delayed')
    expect(crossover(hourly.close, hourly.open).timing).toBe('causal')
  })

  test('cannot reach an intent, when compiled and when run', () => {
    expectTypeOf<Series<'delayed'>>().not.toExtend<Parameters<typeof positionTarget>[0]['signal']>()
    expectTypeOf(crossover(hourly.close, label)).not.toExtend<Series>()
    const signal = sma(label, 3) as Series
    expect(refusal(() => positionTarget({ instrument: 'A.B', signal, long: 1 })).code).toBe('E_DELAYED_INPUT')
  })
})
