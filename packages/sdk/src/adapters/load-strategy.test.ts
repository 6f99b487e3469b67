import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { QmtlError } from '@qmtl/contracts'
import { afterAll, expect, test } from 'vitest'
import { buildStrategy } from '../authoring/build-strategy.ts'
import { strategy } from '../authoring/strategy.ts'
import { bars, crossover, positionTarget, sma } from '../index.ts'
import { loadStrategy } from './load-strategy.ts'

// Outside the repository: no node_modules above it.
const folder = mkdtempSync(join(tmpdir(), 'qmtl-strategies-'))
afterAll(() => rmSync(folder, { recursive: true }))

function written(name: string, code: string): string {
  const file = join(folder, name)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, code)
  return file
}

async function refusalOf(file: string, options = {}): Promise<QmtlError> {
  const outcome: unknown = await loadStrategy(file, options).catch((error: unknown) => error)
  if (outcome instanceof QmtlError) return outcome
  throw new TypeError(`no refusal of ${file}: ${String(outcome)}`)
}

const example = `import { strategy, bars, sma, crossover, defineNode, positionTarget, integer, mean, standardDeviation } from '@qmtl/sdk'

/** Distance of the latest value from its mean, in standard deviations (population). */
const zscore = defineNode({
  name: 'zscore', version: 1, params: { window: integer({ min: 2 }) },
  period: ({ window }) => window,       // bars of each input it needs
  uses: { mean, standardDeviation },
  compute({ x }, { window }, { mean, standardDeviation }) {   // closed and pure; sees this bar and older ones only
    const w = x.last(window)
    return (x.at(0) - mean(w)) / standardDeviation(w)
  },
})

export default strategy({
  name: 'golden-cross', params: { fast: 10, slow: 50 },
  build({ fast, slow }) {
    const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
    const trend = crossover(sma(price.close, fast), sma(price.close, slow))
    return positionTarget({ instrument: price.instrument, signal: trend, long: 1, flat: 0 })
  },
})
`

const labelled = example
  .replace('signal: trend', 'signal: label({ x: price.close })')
  .replace(
    'export default',
    "const label = defineNode({ name: 'label', version: 1, period: 1, labelDelay: 1, compute: ({ x }) => x.at(0) })\nexport default",
  )

const scored = example.replace('signal: trend', 'signal: zscore({ x: price.close }, { window: 20 })')

function withCompute(compute: string, before = ''): string {
  return `import { strategy, bars, defineNode, positionTarget } from '@qmtl/sdk'
${before}
const mine = defineNode({
  name: 'mine',
  version: 1,
  period: 1,
  compute(${compute},
})
export default strategy({
  name: 's',
  build() {
    const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
    return positionTarget({ instrument: price.instrument, signal: mine({ x: price.close }), long: 1 })
  },
})
`
}

test('the example of the design runs from a folder without node_modules', async () => {
  const loaded = await loadStrategy(written('golden-cross.ts', example))
  expect(loaded).toMatchObject({ name: 'golden-cross', version: 'v1', params: { fast: 10, slow: 50 } })
  expect(loaded.nodes.map(({ nodeType }) => nodeType)).toEqual(['bars', 'sma', 'sma', 'crossover', 'position_target'])
  const here = strategy({
    name: 'golden-cross',
    params: { fast: 10, slow: 50 },
    build({ fast, slow }) {
      const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
      const trend = crossover(sma(price.close, fast), sma(price.close, slow))
      return positionTarget({ instrument: price.instrument, signal: trend, long: 1, flat: 0 })
    },
  })
  expect(loaded.dag).toEqual(buildStrategy(here).dag)
  expect(loaded.dagHash).toBe(buildStrategy(here).dagHash)
})

test("the node of the example has the same id in TypeScript, in JavaScript and in another file's name", async () => {
  const typed = await loadStrategy(written('scored.ts', scored.replace('const w =', 'const w: Float64Array =')))
  const plain = await loadStrategy(written('elsewhere/plain.mjs', scored))
  expect(typed.nodes.map(({ nodeType }) => nodeType)).toEqual(['bars', 'custom', 'position_target'])
  expect(plain.dagHash).toBe(typed.dagHash)
})

test('parameters take the place of the defaults', async () => {
  const file = written('params.ts', example)
  const loaded = await loadStrategy(file, { params: { fast: 12 } })
  expect(loaded.params).toEqual({ fast: 12, slow: 50 })
  const refusal = await refusalOf(file, { params: { fsat: 12 } })
  expect(refusal.code).toBe('E_INVALID_PARAMETER')
  expect(refusal.message).toContain("did you mean 'fast'?")
})

test('each load reads the file and what it imports anew', async () => {
  const file = written(
    'reload.ts',
    example.replace("'golden-cross'", 'label').replace('\n\n', "\nimport { label } from './label.ts'\n\n"),
  )
  written('label.ts', "export const label: string = 'one'")
  expect((await loadStrategy(file)).name).toBe('one')
  written('label.ts', "export const label: string = 'two'")
  expect((await loadStrategy(file)).name).toBe('two')
})

test.each([
  ['no file', () => join(folder, 'nothing.ts'), 'E_STRATEGY_FILE', 'there is no such file'],
  ['a folder', () => folder, 'E_STRATEGY_FILE', 'it is not a file'],
  ['no default export', () => written('none.ts', 'export const a = 1'), 'E_STRATEGY_FILE', 'no default export'],
  [
    'another default export',
    () => written('other.ts', 'export default 1'),
    'E_STRATEGY_FILE',
    'is a number, not a strategy',
  ],
  [
    'a throw',
    () => written('throw.ts', "const a = 1\nthrow new RangeError('no luck')"),
    'E_STRATEGY_FILE',
    /throw\.ts:2:7: loading it threw no luck/,
  ],
  [
    'an enum',
    () => written('enum.ts', 'const a = 1\nenum Side { Long }\nexport default a'),
    'E_STRATEGY_SYNTAX',
    /enum\.ts:2:1: .*enum/,
  ],
  [
    'a namespace',
    () => written('space.ts', 'namespace A { export const b = 1 }'),
    'E_STRATEGY_SYNTAX',
    /space\.ts:1:1: .*namespace/,
  ],
  ['bad syntax', () => written('bad.ts', 'const a = 1\nconst b = = 2'), 'E_STRATEGY_SYNTAX', /bad\.ts:2:11: /],
  ['bad syntax in JavaScript', () => written('bad.mjs', 'const a = 1\nconst b = = 2'), 'E_STRATEGY_SYNTAX', /bad\.mjs/],
  [
    'an enum in an import',
    () => {
      written('part.ts', '\n\nexport enum Side { Long }')
      return written('whole.ts', "import { Side } from './part.ts'\nexport default Side")
    },
    'E_STRATEGY_SYNTAX',
    /part\.ts:3:8: /,
  ],
  [
    'CommonJS',
    () => {
      written('old.cjs', 'module.exports = 1')
      return written('new.ts', "import './old.cjs'")
    },
    'E_STRATEGY_SYNTAX',
    /old\.cjs:1:1: CommonJS is not strict code/,
  ],
  [
    'a missing import',
    () => written('lost.ts', "import './nowhere.ts'"),
    'E_STRATEGY_FILE',
    /lost\.ts: Cannot find module '.*nowhere\.ts'/,
  ],
  [
    'a missing package',
    () => written('package.ts', "import 'no-such-package'"),
    'E_STRATEGY_FILE',
    /Cannot find package 'no-such-package'/,
  ],
  [
    'a throwing build',
    () => written('build.ts', example.replace('return position', "throw new Error('no luck')\n    return position")),
    'E_STRATEGY_BUILD',
    /build\.ts:19:\d+: .*build threw no luck/,
  ],
  [
    'a build without intents',
    () => written('empty.ts', example.replace('return position', 'position')),
    'E_STRATEGY_BUILD',
    'build returned nothing, not an intent',
  ],
  [
    'mixed intervals',
    () =>
      written(
        'mixed.ts',
        example.replace(
          'sma(price.close, slow)',
          "sma(bars({ instrument: 'BTC-USD.SIM', interval: '1d' }).close, slow)",
        ),
      ),
    'E_MIXED_INTERVALS',
    /mixed\.ts:18:\d+: /,
  ],
  [
    'a wrong operator parameter',
    () => written('window.ts', example.replace('fast: 10', 'fast: 0')),
    'E_INVALID_PARAMETER',
    /window\.ts:18:\d+: /,
  ],
  [
    'a label in an intent',
    () => written('label-intent.ts', labelled),
    'E_DELAYED_INPUT',
    /label-intent\.ts:\d+:\d+: .*computed from a label/,
  ],
  [
    'a captured variable',
    () =>
      written(
        'captured.ts',
        withCompute(
          '{ x }) {\n    const now: number = x.at(0)\n    return now > threshold ? 1 : 0\n  }',
          'const threshold: number = 3',
        ),
      ),
    'E_NOT_CLOSED',
    /captured\.ts:9:1: .*'threshold' is a free variable/,
  ],
  [
    'a clock',
    () => written('clock.ts', withCompute('{ x }) { return x.at(0) * Date.now() }')),
    'E_NOT_CLOSED',
    /clock\.ts:7:1: .*'Date' is refused: it reads the clock/,
  ],
  [
    'a captured import',
    () => written('import.ts', withCompute('{ x }) { return bars(x) }')),
    'E_NOT_CLOSED',
    /'bars' is a free variable/,
  ],
] as const)('%s is refused with its place', async (_, file, code, message) => {
  const refusal = await refusalOf(file())
  expect(refusal.message).toMatch(message)
  expect(refusal.code).toBe(code)
  expect(refusal.hint).not.toBe('')
  expect(JSON.stringify([refusal.message, refusal.errors, refusal.details])).not.toContain('?qmtl=')
})

test('every reason of a function that is not closed has its line in the file', async () => {
  const refusal = await refusalOf(
    written('reasons.ts', withCompute('{ x }) {\n    const a: number = limit\n    return Math.random() + a\n  }')),
  )
  expect(refusal.errors.map(({ path }) => path.replace(/.*\//, ''))).toEqual(['reasons.ts:8', 'reasons.ts:9'])
})
