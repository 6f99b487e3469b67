import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { anyNumber, listWith, textWith } from '../testing/matchers.ts'
import { runHere } from '../testing/run-here.ts'
import { buildsQmtl, runQmtl, runQmtlJson } from '../testing/run-qmtl.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'

buildsQmtl()
const temporary = temporaryDirectories()

const head = 'ts,open,high,low,close,volume'

interface BarOptions {
  readonly stepMs?: number
  readonly count?: number
}

/** Rows of a wave: up and down every forty bars. */
function rows({ stepMs = 3_600_000, count = 240 }: BarOptions = {}): string[] {
  return Array.from({ length: count }, (_, index) => {
    const ts = new Date(Date.UTC(2024, 0, 1) + index * stepMs).toISOString().replace('.000', '')
    const close = 100 + 20 * Math.sin((index * Math.PI) / 20)
    const open = 100 + 20 * Math.sin(((index - 1) * Math.PI) / 20)
    const high = Math.max(open, close) + 1
    const low = Math.min(open, close) - 1
    return [ts, ...[open, high, low, close].map((price) => price.toFixed(4)), '10'].join(',')
  })
}

function csv(lines: readonly string[]): string {
  return [head, ...lines, ''].join('\n')
}

const cross = `
import { bars, crossover, positionTarget, sma, strategy } from '@qmtl/sdk'
export default strategy({
  name: 'cross',
  params: { fast: 3, slow: 9 },
  build({ fast, slow }) {
    const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
    return positionTarget({ instrument: price.instrument, signal: crossover(sma(price.close, fast), sma(price.close, slow)), long: 1 })
  },
})
`

const pair = `
import { bars, crossover, positionTarget, sma, strategy } from '@qmtl/sdk'
export default strategy({
  name: 'pair',
  build() {
    return ['BTC-USD.SIM', 'ETH-USD.SIM'].map((instrument) => {
      const price = bars({ instrument, interval: '1h' })
      return positionTarget({ instrument, signal: crossover(price.close, sma(price.close, 5)), long: 0.5 })
    })
  },
})
`

const withNode = (definition: string, before = ''): string => `
import { bars, defineNode, positionTarget, strategy } from '@qmtl/sdk'
${before}
const own = defineNode({ name: 'own', version: 1, period: 1, ${definition} })
export default strategy({
  name: 'with-node',
  build() {
    const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
    return positionTarget({ instrument: price.instrument, signal: own({ x: price.close }), long: 1 })
  },
})
`

const mixed = `
import { bars, crossover, positionTarget, sma, strategy } from '@qmtl/sdk'
export default strategy({
  name: 'mixed',
  build() {
    const hours = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
    const days = bars({ instrument: 'BTC-USD.SIM', interval: '1d' })
    return positionTarget({ instrument: 'BTC-USD.SIM', signal: crossover(sma(hours.close, 5), sma(days.close, 5)), long: 1 })
  },
})
`

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporary()
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return folder
}

describe('qmtl backtest', () => {
  test('prints the statistics, the equity at each close, the trades and a fingerprint as one document', async () => {
    const cwd = await folderWith({ 'cross.ts': cross, 'bars.csv': csv(rows()) })
    const { ended, json } = await runQmtlJson(['backtest', 'cross.ts', '--data', 'bars.csv'], { cwd })
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(json).toMatchObject({
      strategy: { name: 'cross', params: { fast: 3, slow: 9 } },
      data: [{ instrument: 'BTC-USD.SIM', interval: '1h', bars: 240, source: 'bars.csv' }],
      cash: 10_000,
      models: { fees: 'percent(20 bps)', slippage: 'bps(0 bps)', fill: 'next-open' },
      fingerprint: textWith(/^blake3:[0-9a-f]{64}$/),
    })
    const { statistics, equity, trades } = json as {
      statistics: Record<string, object>
      equity: { ts: string; equity: number }[]
      trades: Record<string, string>[]
    }
    const core =
      'total_return cagr sharpe sortino max_drawdown max_drawdown_duration trades win_rate profit_factor exposure fees'
    expect(
      Object.keys(statistics)
        .filter((name) => core.split(' ').includes(name))
        .join(' '),
    ).toBe(core)
    expect(statistics).toMatchObject({
      sharpe: { standard_error: anyNumber },
      beta: { value: null, reason: 'no benchmark was given' },
    })
    for (const figure of Object.values(statistics)) {
      expect(figure).toMatchObject({
        formula: textWith(''),
        unit: textWith(''),
        sample: anyNumber,
      })
    }
    expect(equity).toHaveLength(240)
    expect(equity[0]).toEqual({ ts: '2024-01-01T01:00:00Z', equity: 10_000 })
    expect(trades.length).toBeGreaterThan(3)
    expect(trades[0]).toMatchObject({
      instrument: 'BTC-USD.SIM',
      side: 'long',
      entry_price: textWith(/^[\d.]+$/),
    })
    const profit = trades.reduce((sum, { pnl }) => sum + Number(pnl), 0)
    expect((equity.at(-1)?.equity ?? 0) - 10_000).toBeCloseTo(profit, 6)
  })

  test('gives the same bytes twice, and writes them to --out', async () => {
    const cwd = await folderWith({ 'cross.ts': cross, 'bars.csv': csv(rows()) })
    const args = ['backtest', 'cross.ts', '--data', 'bars.csv', '--json']
    const first = await runQmtl(args, { cwd })
    const second = await runQmtl([...args, '--out', 'result.json'], { cwd })
    expect(second.stdout).toBe(first.stdout)
    expect(await readFile(join(cwd, 'result.json'), 'utf8')).toBe(first.stdout)
    expect(await readdir(cwd)).toEqual(['bars.csv', 'cross.ts', 'result.json'])
  })

  test('another fee, another parameter or another range gives another fingerprint', async () => {
    const cwd = await folderWith({ 'cross.ts': cross, 'bars.csv': csv(rows()) })
    const variants = [[], ['--fee-bps', '0'], ['--param', 'fast=4'], ['--to', '2024-01-08'], ['--cash', '5000.5']]
    const prints = await Promise.all(
      variants.map(async (flags) => {
        const ended = await runHere(['backtest', 'cross.ts', '--data', 'bars.csv', ...flags, '--json'], { cwd })
        return (ended.json() as { fingerprint: string }).fingerprint
      }),
    )
    expect(new Set(prints).size).toBe(variants.length)
  })

  test('takes one file for each instrument', async () => {
    const cwd = await folderWith({ 'pair.ts': pair, 'a.csv': csv(rows()), 'b.csv': csv(rows()) })
    const files = ['--data', 'BTC-USD.SIM=a.csv', '--data', 'ETH-USD.SIM=b.csv']
    const ended = await runHere(['backtest', 'pair.ts', ...files, '--json'], { cwd })
    expect(ended.code).toBe(0)
    expect(ended.json()).toMatchObject({ data: [{ source: 'a.csv' }, { source: 'b.csv' }] })
  })

  test('takes --instrument for the instrument of a file', async () => {
    const cwd = await folderWith({ 'cross.ts': cross, 'bars.csv': csv(rows()) })
    const args = ['backtest', 'cross.ts', '--data', 'bars.csv', '--json', '--instrument']
    expect(await runHere([...args, 'BTC-USD.SIM'], { cwd })).toMatchObject({ code: 0 })
    const ended = await runHere([...args, 'ETH-USD.SIM'], { cwd })
    expect(ended.code).toBe(2)
    expect(ended.json()).toMatchObject({ error: { code: 'E_UNKNOWN_INSTRUMENT' } })
  })

  test('runs on the synthetic market without a file, and says so', async () => {
    const cwd = await folderWith({ 'cross.ts': cross })
    const { code, stdout } = await runHere(['backtest', 'cross.ts', '--seed', '3', '--to', '2023-02-01'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toContain('744 bars · 2023-01-01 00:00 to 2023-02-01 00:00 UTC · synthetic market, seed 3')
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  test('measures a run against holding one of its instruments with --benchmark', async () => {
    const cwd = await folderWith({ 'cross.ts': cross, 'bars.csv': csv(rows()) })
    const run = async (...flags: readonly string[]) =>
      (await runHere(['backtest', 'cross.ts', '--data', 'bars.csv', '--json', ...flags], { cwd })).json()
    expect(await run()).toMatchObject({
      statistics: { beta: { value: null }, turnover: { value: anyNumber }, average_mae: { value: anyNumber } },
    })
    expect(await run('--benchmark', 'BTC-USD.SIM')).toMatchObject({ statistics: { beta: { value: anyNumber } } })
    expect(await run('--benchmark', 'ETH-USD.SIM')).toMatchObject({
      error: { code: 'E_USAGE', message: textWith('(BTC-USD.SIM)') },
    })
  })

  test('says what a statistic is with --explain, without a file', async () => {
    const ended = await runHere(['backtest', '--explain', 'sharpe'])
    expect(ended).toMatchObject({ code: 0, stdout: textWith('sharpe.arith.365, or sharpe.arith.252') })
    expect((await runHere(['backtest', '--explain', 'sharpe', '--json'])).json()).toMatchObject({
      ...{ name: 'sharpe', unit: 'ratio', sample: 'days', formula_ids: ['sharpe.arith.365', 'sharpe.arith.252'] },
      standard_error: textWith('Mertens'),
    })
    expect((await runHere(['backtest', '--explain', 'sharp', '--json'])).json()).toMatchObject({
      error: { code: 'E_USAGE', message: textWith(`did you mean 'sharpe'?`) },
    })
  })

  test('runs over missing bars with --allow-gaps, and says how many', async () => {
    const cwd = await folderWith({ 'cross.ts': cross, 'bars.csv': csv(rows().toSpliced(100, 3)) })
    const ended = await runHere(['backtest', 'cross.ts', '--data', 'bars.csv', '--allow-gaps', '--json'], { cwd })
    expect(ended.code).toBe(0)
    expect(ended.json()).toMatchObject({
      marks: listWith(expect.stringContaining('bars.csv: 3 bars missing, in 1 place')),
    })
  })
})

interface BadInput {
  readonly name: string
  readonly strategy?: string
  readonly bars?: string
  readonly args?: readonly string[]
  readonly error: object
}

describe('bad input', () => {
  const good = rows()
  const swapped = good.with(10, good[11] ?? '').with(11, good[10] ?? '')

  async function prepare({ strategy = cross, bars = csv(good), args }: BadInput) {
    const cwd = await folderWith({ 'strategy.ts': strategy, 'bars.csv': bars })
    const line = args ?? ['backtest', 'strategy.ts', '--data', 'bars.csv']
    return { cwd, line: [...line, '--json', ...(line.length > 1 ? ['--out', 'result.json'] : [])] }
  }

  const inProcesses: readonly BadInput[] = [
    {
      name: 'a bad row',
      bars: csv(good.with(4, '2024-01-01T04:00:00Z,100,99,98,97.5,10')),
      error: { code: 'E_INVALID_DATA', errors: [{ path: 'bars.csv:6:2' }, { path: 'bars.csv:6:5' }] },
    },
    {
      name: 'a gap',
      bars: csv(good.toSpliced(20, 2)),
      error: { code: 'E_DATA_GAP', errors: [{ path: 'bars.csv:22:1' }] },
    },
    { name: 'disorder', bars: csv(swapped), error: { code: 'E_INVALID_DATA', errors: [{ path: 'bars.csv:13:1' }] } },
    {
      name: 'another interval',
      bars: csv(rows({ stepMs: 86_400_000 })),
      error: { code: 'E_DATA_INTERVAL', message: textWith(/1d.*1h/) },
    },
    {
      name: 'a captured variable',
      strategy: withNode('compute: ({ x }) => x.at(0) - level', 'const level = 3'),
      error: { code: 'E_NOT_CLOSED', message: textWith(/strategy\.ts:\d+:\d+.*'level'/) },
    },
    {
      name: 'a clock',
      strategy: withNode('compute: ({ x }) => x.at(0) - Date.now()'),
      error: { code: 'E_NOT_CLOSED', message: textWith('Date') },
    },
    {
      name: 'an enum',
      strategy: `enum Side { Long }\n${cross}`,
      error: {
        code: 'E_STRATEGY_SYNTAX',
        message: textWith(/strategy\.ts:1:1/),
        hint: textWith(''),
      },
    },
    {
      name: 'mixed intervals',
      strategy: mixed,
      error: { code: 'E_MIXED_INTERVALS', hint: textWith('align') },
    },
    {
      name: 'a misspelt flag',
      args: ['backtest', 'strategy.ts', '--fee-bp', '3'],
      error: { code: 'E_USAGE', message: "unknown option '--fee-bp'", hint: 'did you mean --fee-bps?' },
    },
  ]

  test.concurrent.for(inProcesses)(
    '$name ends the process with 2, a code, a reason and a remedy, and nothing is written',
    async (input, { expect }) => {
      const { cwd, line } = await prepare(input)
      const { code, stdout, stderr } = await runQmtl(line, { cwd })
      expect(JSON.parse(stdout)).toMatchObject({ error: input.error })
      expect(code).toBe(2)
      expect(stderr).toMatch(/^E_[A-Z_]+: .+\n(.*\n)* {2}do: /)
      expect(stderr).not.toMatch(/\n\s+at /)
      expect(await readdir(cwd)).toEqual(['bars.csv', 'strategy.ts'])
    },
  )

  const others: readonly BadInput[] = [
    {
      name: 'a cell that is no number',
      bars: csv(good.with(4, '2024-01-01T04:00:00Z,100,101,98,n/a,10')),
      error: { code: 'E_INVALID_DATA', errors: [{ path: 'bars.csv:6:5', value: 'n/a' }] },
    },
    { name: 'no bars', bars: csv([]), error: { code: 'E_INVALID_DATA' } },
    {
      name: 'a file that is not there',
      args: ['backtest', 'strategy.ts', '--data', 'none.csv'],
      error: { code: 'E_FILE', message: textWith('none.csv') },
    },
    { name: 'a file without a strategy', strategy: 'export const x = 1\n', error: { code: 'E_STRATEGY_FILE' } },
    {
      name: 'no such strategy file',
      args: ['backtest', 'nowhere.ts', '--data', 'bars.csv'],
      error: { code: 'E_STRATEGY_FILE', message: textWith('nowhere.ts') },
    },
    {
      name: 'a missing argument',
      args: ['backtest'],
      error: { code: 'E_USAGE', message: textWith("'file'") },
    },
    {
      name: 'a fee that is no number',
      args: ['backtest', 'strategy.ts', '--fee-bps', 'cheap'],
      error: { code: 'E_USAGE', message: "--fee-bps must be a number from 0 to 10000, not 'cheap'" },
    },
    { name: 'no cash', args: ['backtest', 'strategy.ts', '--cash', '0'], error: { code: 'E_USAGE' } },
    {
      name: 'a misspelt parameter',
      args: ['backtest', 'strategy.ts', '--data', 'bars.csv', '--param', 'fats=3'],
      error: { code: 'E_INVALID_PARAMETER', message: textWith("did you mean 'fast'?") },
    },
    {
      name: 'a time that is none',
      args: ['backtest', 'strategy.ts', '--from', '2024-02-30'],
      error: { code: 'E_INVALID_TIME' },
    },
    {
      name: 'a range the wrong way round',
      args: ['backtest', 'strategy.ts', '--from', '2024-02-02', '--to', '2024-02-01'],
      error: { code: 'E_USAGE' },
    },
    {
      name: 'a file that does not say its instrument',
      strategy: pair,
      error: { code: 'E_USAGE', hint: 'write --data BTC-USD.SIM=bars.csv, one for each instrument' },
    },
    {
      name: 'an instrument without a file',
      strategy: pair,
      args: ['backtest', 'strategy.ts', '--data', 'BTC-USD.SIM=bars.csv'],
      error: { code: 'E_DATA_MISSING', message: 'no data for ETH-USD.SIM 1h' },
    },
    {
      name: 'two files of the same bars',
      args: ['backtest', 'strategy.ts', '--data', 'bars.csv', '--data', 'BTC-USD.SIM=bars.csv'],
      error: { code: 'E_USAGE', message: 'bars.csv and bars.csv both hold BTC-USD.SIM 1h' },
    },
  ]

  test.for(others)('$name is refused and nothing is written', async (input) => {
    const { cwd, line } = await prepare(input)
    const ended = await runHere(line, { cwd })
    expect(ended.json()).toMatchObject({ error: input.error })
    expect(ended.code).toBe(2)
    expect(await readdir(cwd)).toEqual(['bars.csv', 'strategy.ts'])
  })
})
