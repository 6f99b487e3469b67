import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { QmtlError, validateDag } from '@qmtl/contracts'
import { afterAll, describe, expect, test } from 'vitest'
import { bars, boolean, choice, crossover, integer, positionTarget, sma, type NodeSpec } from '../index.ts'
import { buildStrategy } from './build-strategy.ts'
import { isStrategyDefinition, strategy } from './strategy.ts'

const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })

function crossing(fast: number, slow: number): NodeSpec {
  const signal = crossover(sma(price.close, fast), sma(price.close, slow))
  return positionTarget({ instrument: price.instrument, signal, long: 1 })
}

const cross = strategy({
  name: 'cross',
  params: {
    fast: 10,
    slow: integer({ min: 2, default: 50 }),
    side: choice(['long', 'both'], { default: 'long' }),
    isOn: boolean({ default: true }),
    label: 'text',
  },
  build: ({ fast, slow }) => crossing(fast, slow),
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

describe('a built strategy', () => {
  test('has the nodes of its intents, inputs before their users', () => {
    const built = buildStrategy(cross)
    expect(built).toMatchObject({
      name: 'cross',
      version: 'v1',
      params: { fast: 10, slow: 50, side: 'long', isOn: true, label: 'text' },
    })
    expect(built.nodes.map(({ nodeType }) => nodeType)).toEqual(['bars', 'sma', 'sma', 'crossover', 'position_target'])
    expect(built.intents.map(({ kind }) => kind)).toEqual(['intent'])
  })

  test('is a DAG that a submission takes as it is', () => {
    const { dag, dagHash } = buildStrategy(cross)
    expect(validateDag(JSON.parse(JSON.stringify(dag)), { maxNodes: 100 }).dagHash).toBe(dagHash)
  })

  test('is equal where code and parameters are equal', () => {
    expect(buildStrategy(cross, { fast: 10 })).toEqual(buildStrategy(cross))
    expect(buildStrategy(cross, { fast: 11 }).dagHash).not.toBe(buildStrategy(cross).dagHash)
  })

  test('has another hash under another name or version, and the same nodes', () => {
    const build = (): NodeSpec => crossing(10, 50)
    const [one, two, three] = [
      buildStrategy(strategy({ name: 'one', build })),
      buildStrategy(strategy({ name: 'two', build })),
      buildStrategy(strategy({ name: 'one', version: 'v2', build })),
    ]
    expect(new Set([one.dagHash, two.dagHash, three.dagHash]).size).toBe(3)
    expect(three.nodes.map(({ id }) => id)).toEqual(one.nodes.map(({ id }) => id))
  })

  test('may have several intents', () => {
    const both = strategy({ name: 'both', build: () => [crossing(1, 2), crossing(2, 3)] })
    expect(buildStrategy(both).intents).toHaveLength(2)
  })
})

describe('a strategy is refused', () => {
  const build = (): NodeSpec => crossing(10, 50)
  const returning = (result: unknown): unknown =>
    Reflect.apply(strategy, undefined, [{ name: 'a', build: () => result }])
  const building = (result: unknown): unknown => {
    const definition = returning(result)
    return isStrategyDefinition(definition) ? buildStrategy(definition) : undefined
  }

  test.each([
    [
      'with a bad name',
      () => strategy({ name: 'golden cross', build }),
      'E_INVALID_PARAMETER',
      /its name must be .* seen 'golden cross'/,
    ],
    ['with a bad version', () => strategy({ name: 'a', version: '', build }), 'E_INVALID_PARAMETER', /its version/],
    [
      'with a parameter that hashing drops',
      () => strategy({ name: 'a', params: { seed: 1 }, build }),
      'E_RESERVED_NAME',
      /'seed'/,
    ],
    [
      'with an unknown parameter',
      () => buildStrategy(cross, { fsat: 1 }),
      'E_INVALID_PARAMETER',
      /did you mean 'fast'/,
    ],
    [
      'with a parameter of another type',
      () => buildStrategy(cross, { fast: '10' }),
      'E_INVALID_PARAMETER',
      /fast must be a finite number/,
    ],
    [
      'with a parameter out of bounds',
      () => buildStrategy(cross, { slow: 1 }),
      'E_INVALID_PARAMETER',
      /slow must be a whole number of 2 or more/,
    ],
    [
      'without a parameter',
      () => buildStrategy(strategy({ name: 'a', params: { n: integer() }, build })),
      'E_INVALID_PARAMETER',
      /n is missing/,
    ],
    ['returning nothing', () => building(undefined), 'E_STRATEGY_BUILD', /build returned nothing/],
    ['returning no intents', () => building([]), 'E_STRATEGY_BUILD', /build returned an empty list/],
    ['returning a series', () => building(price.close), 'E_STRATEGY_BUILD', /build returned a series/],
    [
      'returning another node',
      () => building([build(), price.node]),
      'E_STRATEGY_BUILD',
      /build returned the node 'bars'/,
    ],
  ] as const)('%s', (_, action, code, message) => {
    const refusal = refusalOf(action)
    expect(refusal.message).toMatch(message)
    expect(refusal.code).toBe(code)
  })

  test('when build throws, with the cause', () => {
    const cause = new RangeError('no luck')
    const failing = strategy({
      name: 'a',
      build: () => {
        throw cause
      },
    })
    const refusal = refusalOf(() => buildStrategy(failing))
    expect(refusal).toMatchObject({ code: 'E_STRATEGY_BUILD', cause })
  })
})

describe('the compiler', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qmtl-types-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  function diagnosticsOf(code: string): string {
    const root = fileURLToPath(new URL('../../../..', import.meta.url))
    const config = {
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: {
        ...{
          composite: false,
          declaration: false,
          noEmit: true,
          allowImportingTsExtensions: true,
          noUnusedLocals: false,
        },
        customConditions: ['qmtl-source'],
        paths: { '@qmtl/sdk': [join(root, 'packages/sdk/src/index.ts')] },
        typeRoots: [join(root, 'node_modules/@types')],
      },
      files: ['strategy.ts'],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(join(folder, 'strategy.ts'), code)
    try {
      execFileSync(process.execPath, [join(root, 'node_modules/ts7/bin/tsc'), '-p', folder], { encoding: 'utf8' })
      return ''
    } catch (error) {
      const output = typeof error === 'object' && error !== null && 'stdout' in error ? String(error.stdout) : ''
      return output
        .split('\n')
        .filter((line) => line.includes('strategy.ts('))
        .join('\n')
    }
  }

  const definitions = `import { bars, crossover, defineNode, forwardReturn, integer, mean, metaLabel, positionTarget, sma, strategy, tripleBarrier } from '@qmtl/sdk'
const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
const label = defineNode({ name: 'l', version: 1, period: 2, labelDelay: 1, compute: ({ x }) => x.at(0) - x.at(1) })
const scaled = defineNode({
  name: 's', version: 1, period: ({ window }) => window, params: { window: integer({ min: 2 }) }, uses: { mean },
  compute({ x }, { window }, { mean }) { return mean(x.last(window)) },
})
const band = defineNode({ name: 'b', version: 1, period: 1, outputs: ['up', 'down'], compute: ({ x }) => ({ up: x.at(0), down: 0 }) })
const target = { instrument: price.instrument, long: 1 }
`

  test('accepts what runs', () => {
    const code = `${definitions}
export const strategies = [
  strategy({ name: 'a', params: { n: 3 }, build: ({ n }) => positionTarget({ ...target, signal: scaled({ x: price.close }, { window: n }) }) }),
  strategy({ name: 'b', build: () => [positionTarget({ ...target, signal: crossover(band({ x: price.close }).up, sma(price.close, 3)) })] }),
]
export const label2 = crossover(label({ x: price.close }), price.close)
`
    expect(diagnosticsOf(code)).toBe('')
  })

  test('refuses labels in intents, wrong parameters, inputs and outputs, each on its line', () => {
    const wrong = [
      'positionTarget({ ...target, signal: label({ x: price.close }) })',
      'positionTarget({ ...target, signal: scaled({ x: label({ x: price.close }) }, { window: 2 }) })',
      'positionTarget({ ...target, signal: crossover(price.close, label({ x: price.close })) })',
      'positionTarget({ ...target, signal: tripleBarrier(price.close, { maxBars: 3 }).outcome })',
      'positionTarget({ ...target, signal: metaLabel(price.close, { maxBars: 3 }).minus(0.5) })',
      'positionTarget({ ...target, signal: forwardReturn(price.close, 3).greater(0) })',
      'scaled({ x: price.close })',
      "scaled({ x: price.close }, { window: '2' })",
      'scaled({ x: price }, { window: 2 })',
      'band({ x: price.close }).left',
      "defineNode({ name: 'n', version: 1, period: 1, compute: ({ x }) => `${x.at(0)}` })",
      "strategy({ name: 'n', build: () => price.close })",
    ]
    const first = definitions.split('\n').length
    const lines = [...diagnosticsOf(`${definitions}${wrong.join('\n')}\n`).matchAll(/strategy\.ts\((\d+),/g)].map(
      ([, line]) => Number(line),
    )
    expect([...new Set(lines)]).toEqual(wrong.map((_, index) => first + index))
  })
})
