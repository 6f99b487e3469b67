import { writeFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runHere } from '../testing/run-here.ts'
import { temporaryDirectories } from '../testing/temporary-directories.ts'

const temporary = temporaryDirectories()

/** Hours of a price that goes up and down every forty bars. */
const wave = Array.from({ length: 240 }, (_, index) => {
  const close = 100 + 20 * Math.sin((index * Math.PI) / 20)
  const open = 100 + 20 * Math.sin(((index - 1) * Math.PI) / 20)
  const ts = new Date(Date.UTC(2024, 0, 1) + index * 3_600_000).toISOString().replace('.000', '')
  return [
    ts,
    ...[open, Math.max(open, close), Math.min(open, close), close].map((price) => price.toFixed(2)),
    '10',
  ].join(',')
})

const crossOf = (instrument: string): string => `
import { bars, crossover, positionTarget, sma, strategy } from '@qmtl/sdk'
export default strategy({
  name: 'cross',
  build() {
    const price = bars({ instrument: '${instrument}', interval: '1h' })
    return positionTarget({ instrument: price.instrument, signal: crossover(sma(price.close, 3), sma(price.close, 9)), long: 0.9 })
  },
})
`

async function backtest(instrument: string, ...args: readonly string[]) {
  const cwd = await temporary()
  await writeFile(join(cwd, 'cross.ts'), crossOf(instrument))
  await writeFile(join(cwd, 'bars.csv'), ['ts,open,high,low,close,volume', ...wave, ''].join('\n'))
  const ended = await runHere(['backtest', 'cross.ts', '--data', 'bars.csv', ...args], { cwd })
  return { cwd, ended }
}

describe('qmtl backtest --profile', () => {
  test('names the models that acted and what each cost', async () => {
    const args = ['--profile', 'interactive-brokers', '--slippage-bps', '10', '--json'] as const
    const { ended } = await backtest('SPY.XNYS', ...args)
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    const report = ended.json() as {
      fills: number
      trades: { fee: string }[]
      models: Record<string, string>
      costs: Record<string, string>
    }
    expect(report.models).toMatchObject({ profile: 'interactive-brokers', account: 'margin', fill: 'next-open' })
    expect(report.models['models of equity']).toMatch(/fees .*; .*slippage|slippage .*fees/)
    // Per share 0.005, at least a dollar an order.
    expect(report.fills).toBeGreaterThan(4)
    const paid = report.trades.reduce((sum, { fee }) => sum + Number(fee), 0)
    expect(paid).toBeGreaterThanOrEqual(report.fills)
    expect(Number(report.costs['fees'])).toBeCloseTo(paid, 9)
    expect(report.costs['interest']).toBe('0')
    expect(Number(report.costs['slippage'])).toBeGreaterThan(0)
  })

  test('says so in text and in the page as well', async () => {
    const { cwd, ended } = await backtest('SPY.XNYS', '--profile', 'interactive-brokers', '--report', 'run.html')
    expect(ended.stdout).toContain('profile interactive-brokers, margin account, fill next-open')
    expect(ended.stdout).toMatch(/paid fees \d/)
    const page = await readFile(join(cwd, 'run.html'), 'utf8')
    expect(page).toContain('<dt>Costs</dt>')
    expect(page).toContain('interactive-brokers')
  })

  test('pays in the coins that it buys where the venue takes them, at the price of the fill', async () => {
    const { ended } = await backtest('BTC-USD.BINANCE', '--profile', 'binance', '--json')
    expect(ended.code).toBe(0)
    const { costs, models, trades } = ended.json() as {
      models: object
      costs: { fees: string }
      trades: { fee: string }[]
    }
    expect(models).toMatchObject({ profile: 'binance', account: 'cash' })
    expect(Number(costs.fees)).toBeGreaterThan(0)
    // 0.1 % of some 9000 on each side: a fee of the price of the coins that were not received, then one in USD.
    expect(Number(trades[0]?.fee)).toBeGreaterThan(15)
  })

  test.each([
    ['a profile that is not known', 'SPY.XNYS', 'nobody', "'nobody' is no broker profile"],
    [
      'an instrument of a class that is not traded there',
      'BTC-USD.SIM',
      'interactive-brokers',
      'crypto BTC-USD.SIM is not traded at interactive-brokers',
    ],
  ])('%s is refused', async (_, instrument, profile, message) => {
    const { ended } = await backtest(instrument, '--profile', profile)
    expect(ended.code).not.toBe(0)
    expect(ended.stderr).toContain(message)
  })
})
