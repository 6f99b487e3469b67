import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runHere, type EndedHere } from '../testing/run-here.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'
import { parameterAxis } from '../sweep/axis-reader.ts'

const temporary = temporaryDirectories()

const cross = `
import { bars, crossover, defineNode, integer, positionTarget, sma, strategy } from '@qmtl/sdk'
const same = defineNode({ name: 'same', version: 1, period: 1, compute({ x }) { return x.at(0) } })
export default strategy({
  name: 'cross',
  params: { fast: integer({ min: 2, max: 40, default: 3 }), slow: 30, authored: false },
  build({ fast, slow, authored }) {
    const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
    const close = authored ? same({ x: price.close }) : price.close
    return positionTarget({ instrument: price.instrument, signal: crossover(sma(close, fast), sma(close, slow)), long: 1 })
  },
})
`

const range = ['--from', '2024-01-01', '--to', '2024-04-01', '--seed', '7']

async function folder(): Promise<string> {
  const path = await temporary()
  await writeFile(join(path, 'cross.ts'), cross)
  return path
}

async function sweep(cwd: string, ...args: readonly string[]): Promise<EndedHere> {
  const threads = args.includes('--threads') ? [] : ['--threads', '1']
  const ended = await runHere(['sweep', 'cross.ts', ...range, ...threads, ...args], { cwd })
  expect(ended.stderr).not.toContain('E_')
  return ended
}

interface Found {
  readonly trials: number
  readonly refused: readonly { readonly message: string }[]
  readonly nodes: { readonly declared: number; readonly computed: number }
  readonly best: readonly {
    readonly params: Readonly<Record<string, unknown>>
    readonly fingerprint: string
    readonly statistics: { readonly sharpe: { readonly value: number } }
    readonly deflated_sharpe: { readonly value: number | null }
  }[]
  readonly values: readonly { readonly value: number | null }[]
  readonly walk_forward?: {
    readonly folds: readonly { readonly chosen: Readonly<Record<string, unknown>>; readonly test_return: number }[]
    readonly total_return: number
  }
}

const grid = ['--param', 'fast=5..20:5', '--param', 'slow=30,60']

describe('qmtl sweep', () => {
  test('gives the best combinations with the figures that qmtl backtest gives them', async () => {
    const cwd = await folder()
    const found = (await sweep(cwd, ...grid, '--json', '--threads', '1')).json() as Found
    expect(found.trials).toBe(8)
    const sharpes = found.best.map(({ statistics }) => statistics.sharpe.value)
    expect(sharpes).toEqual(sharpes.toSorted((a, b) => b - a))
    const [best] = found.best
    const params = Object.entries(best?.params ?? {}).flatMap(([name, value]) => [
      '--param',
      `${name}=${String(value)}`,
    ])
    const alone = await runHere(['backtest', 'cross.ts', ...range, ...params, '--json'], { cwd })
    expect(alone.json()).toMatchObject({
      fingerprint: best?.fingerprint,
      statistics: { sharpe: { value: sharpes[0] } },
    })
    // Chosen among eight, the best is worth less than it looks.
    const deflated = best?.deflated_sharpe.value ?? 1
    const plain = (alone.json() as { statistics: { probabilistic_sharpe: { value: number } } }).statistics
    expect(deflated).toBeLessThan(plain.probabilistic_sharpe.value)
  })

  test('gives the same document in threads, with authored nodes too, and computes what is shared once', async () => {
    const cwd = await folder()
    const args = [...grid, '--param', 'authored=true', '--json', '--walk-forward', '3']
    const one = await sweep(cwd, ...args, '--threads', '1')
    const two = await sweep(cwd, ...args, '--threads', '2')
    expect(two.json()).toEqual(one.json())
    const { nodes } = one.json() as Found
    // Source, authored node, four fast and two slow means, eight crosses and eight targets.
    expect(nodes).toEqual({ declared: 8 * 6, computed: 2 + 6 + 16 })
  })

  test('walks forward: each choice is made before the stretch it is traded on', async () => {
    const cwd = await folder()
    const ended = await sweep(cwd, ...grid, '--walk-forward', '4', '--json', '--training', 'anchored')
    const { walk_forward: forward } = ended.json() as Found
    expect(forward?.folds).toHaveLength(4)
    const growth = forward?.folds.reduce((product, { test_return }) => product * (1 + test_return), 1) ?? 0
    expect(forward?.total_return).toBeCloseTo(growth - 1, 12)
    // Without the bars of the last test the choice before it is the same.
    const cut = await runHere(
      [
        'sweep',
        'cross.ts',
        '--seed',
        '7',
        '--from',
        '2024-01-01',
        '--to',
        '2024-03-14',
        ...grid,
        '--json',
        '--threads',
        '1',
      ],
      { cwd },
    )
    expect((cut.json() as Found).best[0]?.params).toEqual(forward?.folds.at(-1)?.chosen)
  })

  test('writes a heat map and the tables as one page', async () => {
    const cwd = await folder()
    const ended = await sweep(cwd, ...grid, '--walk-forward', '2', '--report', 'sweep.html')
    expect(ended.stdout).toContain('best by Sharpe ratio')
    const page = await readFile(join(cwd, 'sweep.html'), 'utf8')
    expect(page.match(/class="number (gain|loss)" style="--shade:/g)).toHaveLength(8)
    for (const part of ['fast ↓ slow →', 'Walk forward', 'Best combinations']) expect(page).toContain(part)
    expect(page).not.toMatch(/<script[^>]+src|https?:\/\//)
    expect((await sweep(cwd, ...grid, '--report', 'sweep.html')).code).toBe(0)
  })

  test('leaves out combinations that the strategy refuses and says so; all refused end it', async () => {
    const cwd = await folder()
    const found = (await sweep(cwd, '--param', 'fast=1,5,50', '--json')).json() as Found
    expect([found.trials, found.refused.length]).toEqual([1, 2])
    const none = await runHere(['sweep', 'cross.ts', ...range, '--param', 'fast=50..60', '--threads', '1'], { cwd })
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('E_INVALID_PARAMETER')])
  })

  test('finds with --cache what an earlier search has computed', async () => {
    const cwd = await folder()
    const first = (await sweep(cwd, ...grid, '--json', '--cache', 'nodes')).json() as Found
    const second = (await sweep(cwd, ...grid, '--json', '--cache', 'nodes')).json() as Found
    expect(second).toEqual({ ...first, nodes: { ...first.nodes, computed: second.nodes.computed } })
    // What stays to be run belongs to single combinations: crosses and targets.
    expect([first.nodes.computed, second.nodes.computed]).toEqual([1 + 6 + 16, 1 + 16])
  })

  test('ends with 130 when it is interrupted', async () => {
    const cwd = await folder()
    const stop = new AbortController()
    const run = runHere(['sweep', 'cross.ts', ...range, '--param', 'fast=2..40', '--param', 'slow=50..200'], {
      cwd,
      signal: stop.signal,
    })
    setImmediate(() => stop.abort())
    expect((await run).code).toBe(130)
  })
})

describe('values to try', () => {
  for (const [text, values] of [
    ['fast=5..20:5', [5, 10, 15, 20]],
    ['fast=5..8', [5, 6, 7, 8]],
    ['x=0.1..0.3:0.1', [0.1, 0.2, 0.3]],
    ['x=-1..1:0.5', [-1, -0.5, 0, 0.5, 1]],
    ['x=1..9:5', [1, 6]],
    ['kind=a,b', ['a', 'b']],
    ['flag=true,false', [true, false]],
    ['slow=50', [50]],
  ] as const) {
    test(`${text} are ${values.join(', ')}`, () => expect(parameterAxis(text, '--param').values).toEqual(values))
  }

  for (const text of ['fast', 'fast=9..1', 'fast=1..5:0', '=1', 'fast=1..a', 'fast=1..99999']) {
    test(`${text} is refused`, () => expect(() => parameterAxis(text, '--param')).toThrow('--param must'))
  }
})
