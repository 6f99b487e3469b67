import { b3, decimal, decimalNumber } from '@qmtl/contracts'
import { realityModels } from '@qmtl/brokerage'
import { createSyntheticMarket, defineInstrument, sliceBars, type BarColumns } from '@qmtl/market'
import { statisticsOfEvidence } from '@qmtl/statistics'
import { beforeAll, expect, test } from 'vitest'
import { evaluateColumnar } from '../evaluate/evaluate-columnar.ts'
import { bars } from '../graph/bars.ts'
import type { NodeSpec } from '../graph/node-spec.ts'
import { positionTarget } from '../graph/position-target.ts'
import { crossover } from '../operators/pointwise/crossing.ts'
import { sma } from '../operators/averages/sma.ts'
import { backtestStrategy, type BacktestOptions } from './backtest-strategy.ts'
import { equityPoints, evidenceOf } from './evidence-of.ts'
import type { BacktestResult } from './run-backtest.ts'

const id = 'BTC-USD.SIM'
const instruments = [defineInstrument(id)]
const hourMs = 3_600_000
let data: BarColumns

beforeAll(async () => {
  const market = createSyntheticMarket({ seed: 7 })
  const toMs = market.startMs + 120 * 24 * hourMs
  data = await market.history({ instrument: id, intervalMs: hourMs, fromMs: market.startMs, toMs }, {})
})

function smaCross(fast = 10, slow = 30, instrument = id): NodeSpec {
  const price = bars({ instrument, interval: '1h' })
  return positionTarget({
    instrument,
    signal: crossover(sma(price.close, fast), sma(price.close, slow)),
    long: 1,
    short: -1,
  })
}

const backtest = (options: Partial<BacktestOptions> = {}, outputs = [smaCross()], columns = data) =>
  backtestStrategy(outputs, [columns], { instruments, models: realityModels({ feeBps: 20 }), ...options })

test('the profits of all trades sum to the change of equity', () => {
  const { trades, equity } = backtest()
  const profit = trades.reduce((sum, trade) => sum + Number(trade.pnl), 0)
  expect(trades.length).toBeGreaterThan(10)
  expect((equity.at(-1) ?? 0) - 10_000).toBeCloseTo(profit, 6)
})

test('a replay gives the same bytes', () => {
  const bytesOf = ({ equity, trades, statistics, fingerprint }: BacktestResult) =>
    JSON.stringify({ equity, trades, statistics, fingerprint })
  expect(bytesOf(backtest())).toBe(bytesOf(backtest()))
})

test('a result that changes moves the version in its fingerprint', () => {
  const { equity, trades, fingerprint } = backtest()
  const bytes = b3(JSON.stringify({ equity: [...equity], trades }))
  // Whoever sees the first line change raises `simulationVersion`, which changes the second.
  expect([bytes, fingerprint]).toEqual([
    'blake3:3aa5c60290b3d9a82821770f97d363edd2de41fb137bafedb52afc110c48c525',
    'blake3:26d3a3a7500f8af58a99ece807e2a327760861e172b0af7746f6c170ceb2a00e',
  ])
})

test.each([
  ['cash', () => backtest({ cash: decimal(10_001) })],
  ['fees', () => backtest({ models: realityModels({ feeBps: 21 }) })],
  ['planner rules', () => backtest({ planner: { minimumNotional: decimal(1) } })],
  ['parameters', () => backtest({}, [smaCross(11)])],
  ['bars', () => backtest({}, [smaCross()], sliceBars(data, 0, data.length - 1))],
  ['lots', () => backtest({ instruments: [defineInstrument(id, { lotSize: decimal('0.001') })] })],
])('other %s give another fingerprint', (_, change) => {
  expect(change().fingerprint).not.toBe(backtest().fingerprint)
})

test('an evaluation shared with other strategies gives the same result and fingerprint', () => {
  const evaluated = evaluateColumnar([smaCross(5), smaCross(), smaCross(10, 50)], [data])
  const shared = backtest({ evaluated })
  const own = backtest()
  expect(shared.fingerprint).toBe(own.fingerprint)
  expect([...shared.equity]).toEqual([...own.equity])
})

test('the evidence gives the statistics of the run', () => {
  const result = backtest()
  const evidence = evidenceOf(result)
  expect(statisticsOfEvidence(evidence, { bars: [data] })).toEqual(result.statistics)
  expect(evidence).toMatchObject({
    stage: 'backtest',
    interval_s: 3600,
    models: { fees: 'percent(20 bps)', fill: 'next-open' },
  })
})

test('evidence over bars with holes carries the time of each return', () => {
  const early = sliceBars(data, 0, 100)
  const late = sliceBars(data, 150, data.length)
  const joined = (key: 'openTimeMs' | 'open' | 'high' | 'low' | 'close' | 'volume') =>
    Float64Array.of(...early[key], ...late[key])
  const holed: BarColumns = {
    ...data,
    length: early.length + late.length,
    openTimeMs: joined('openTimeMs'),
    open: joined('open'),
    high: joined('high'),
    low: joined('low'),
    close: joined('close'),
    volume: joined('volume'),
  }
  const result = backtest({}, [smaCross()], holed)
  const evidence = evidenceOf(result)
  expect(evidence.close_ts).toHaveLength(evidence.returns.length)
  expect(statisticsOfEvidence(evidence, { bars: [holed] })).toEqual(result.statistics)
})

test('the equity curve starts with the cash at the close of the first bar', () => {
  expect(equityPoints(backtest())[0]).toEqual({ ts: '2023-01-01T01:00:00Z', equity: 10_000 })
})

test('fees are the sum of the fees of the trades', () => {
  const { trades, fees, book } = backtest()
  expect(trades.reduce((sum, trade) => sum + Number(trade.fee), 0)).toBeCloseTo(Number(fees), 6)
  expect(decimalNumber(book.fees)).toBe(Number(fees))
})

test('results made with fills at the close say so', () => {
  expect(backtest({ models: realityModels({ fill: 'close' }) }).marks.join()).toContain('no live venue')
})

test.each([
  ['two targets for one instrument', 'E_STRATEGY_BUILD', () => backtest({}, [smaCross(), smaCross(5)])],
  ['no target', 'E_STRATEGY_BUILD', () => backtest({}, [bars({ instrument: id, interval: '1h' }).node])],
  ['no bars for an instrument', 'E_DATA_MISSING', () => backtest({}, [smaCross(10, 30, 'ETH-USD.SIM')])],
  ['no terms for an instrument', 'E_UNKNOWN_INSTRUMENT', () => backtest({ instruments: [] })],
  ['no cash', 'E_INVALID_PARAMETER', () => backtest({ cash: decimal(0) })],
  ['no bar', 'E_DATA_MISSING', () => backtest({}, [smaCross()], sliceBars(data, 0, 0))],
])('%s is %s', (_, code, attempt) => {
  expect(attempt).toThrow(expect.objectContaining({ code }))
})
