import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TradeRecord } from '@qmtl/contracts'
import { computeStatistics, statisticsOfEvidence, type StatisticsInput } from './compute-statistics.ts'
import { describeStatistic, formulaIdOf, isStatisticName, statisticNames } from './registry/statistic-table.ts'

const hourMs = 3_600_000
const dayMs = 86_400_000
const startMs = Date.UTC(2024, 0, 1)

/** Daily bars from 2024-01-01 on. */
function daily(returns: readonly number[], rest: Partial<StatisticsInput> = {}): StatisticsInput {
  const closeTimesMs = returns.map((_, index) => startMs + (index + 1) * dayMs)
  return { startMs, closeTimesMs, returns, trades: [], calendar: '24/7', ...rest }
}

function trade(entryDay: number, exitDay: number | undefined, pnl: string): TradeRecord {
  const instant = (day: number): string => `${new Date(startMs + day * dayMs).toISOString().slice(0, 19)}Z`
  const exit = exitDay === undefined ? {} : { exit_ts: instant(exitDay), exit_price: '101' }
  const entry = { entry_ts: instant(entryDay), entry_price: '100' }
  return { instrument: 'BTC-USD.SIM', side: 'long', quantity: '1', ...entry, ...exit, fee: '0.1', pnl }
}

describe('figures worked by hand', () => {
  // Equity 1 → 1.1 → 0.99 → 0.99 → 1.188.
  const returns = [0.1, -0.1, 0, 0.2]
  const found = computeStatistics(daily(returns))

  test('total return links the returns', () => {
    expect(found.total_return).toMatchObject({ formula: 'total_return.compound', unit: 'fraction', sample: 4 })
    expect(found.total_return.value).toBeCloseTo(0.188, 12)
  })

  test('CAGR grows over a year of 365.25 days', () => {
    // 1.188 ^ (365.25 / 4) = e^(91.3125 × 0.17227122) = e^15.7305…
    expect(found.cagr.value).toBeCloseTo(Math.exp(91.3125 * Math.log(1.188)) - 1, 0)
    expect(
      computeStatistics(daily(Array.from({ length: 1461 }, (_, i) => (i === 0 ? 0.4641 : 0)))).cagr.value,
    ).toBeCloseTo(0.1, 12)
  })

  test('Sharpe is mean over sample deviation, times √365', () => {
    // mean 0.05; squares 0.0025 + 0.0225 + 0.0025 + 0.0225 = 0.05; variance 0.05 ÷ 3.
    expect(found.sharpe).toMatchObject({ formula: 'sharpe.arith.365', sample: 4 })
    expect(found.sharpe.value).toBeCloseTo((0.05 / Math.sqrt(0.05 / 3)) * Math.sqrt(365), 10)
    expect(found.sharpe.value).toBeCloseTo(7.399324, 6)
  })

  test('Sortino is mean over downside deviation of all days, times √365', () => {
    // √(0.01 ÷ 4) = 0.05, so the ratio before annualising is exactly 1.
    expect(found.sortino.value).toBeCloseTo(Math.sqrt(365), 10)
  })

  test('drawdown is measured from the peak, its length until the peak is regained', () => {
    expect(found.max_drawdown.value).toBeCloseTo(0.1, 12)
    // Peak at the close of day 1, regained at the close of day 4.
    expect(found.max_drawdown_duration).toMatchObject({ value: 3, unit: 'days' })
  })

  test('a drawdown from the start that never ends lasts to the last close', () => {
    const lost = computeStatistics(daily([-0.5, 0.5, 0.2]))
    expect(lost.max_drawdown.value).toBeCloseTo(0.5, 12)
    expect(lost.max_drawdown_duration.value).toBe(3)
  })

  test('a peak regained but for rounding ends the drawdown', () => {
    const back = computeStatistics(daily([-0.1, 1 / 0.9 - 1 - 1e-16, 0, 0]))
    expect(back.max_drawdown_duration.value).toBe(2)
  })

  test('trades are counted once closed, wins and losses after fees', () => {
    const trades = [trade(0, 1, '30'), trade(1, 2, '-10.5'), trade(2, 3, '0'), trade(3, undefined, '99')]
    const { trades: count, win_rate, profit_factor, fees } = computeStatistics(daily(returns, { trades }))
    expect(count).toMatchObject({ value: 3, sample: 3 })
    expect(win_rate.value).toBeCloseTo(1 / 3, 12)
    expect(profit_factor.value).toBeCloseTo(30 / 10.5, 12)
    expect(fees).toMatchObject({ value: 0.4, unit: 'quote', sample: 4 })
  })

  test('exposure is the union of the trades, clipped to the span', () => {
    const share = (trades: readonly TradeRecord[]) => computeStatistics(daily(returns, { trades })).exposure.value
    expect(share([])).toBe(0)
    expect(share([trade(1, 2, '1')])).toBe(0.25)
    expect(share([trade(1, 3, '1'), trade(0, 2, '1'), trade(1, 2, '1')])).toBe(0.75)
    expect(share([trade(-5, 1, '1'), trade(3, undefined, '1')])).toBe(0.5)
    expect(share([trade(-5, -4, '1'), trade(3, 9, '1')])).toBe(0.25)
  })
})

describe('days', () => {
  const bars = (closes: readonly (readonly [day: number, hour: number, value: number])[], calendar: string) =>
    computeStatistics({
      startMs: startMs + (calendar === '24/7' ? 0 : 14 * hourMs),
      closeTimesMs: closes.map(([day, hour]) => startMs + day * dayMs + hour * hourMs),
      returns: closes.map(([, , value]) => value),
      trades: [],
      calendar,
    })

  test('bar returns compound within their UTC day, midnight belonging to the day it ends', () => {
    const hourly = bars([[0, 12, 0.1], [0, 24, 0.1], [1, 12, -0.2], [1, 24, 0.25]], '24/7') // prettier-ignore
    const expected = computeStatistics(daily([0.21, 0]))
    expect(hourly.sharpe.sample).toBe(2)
    expect(hourly.sharpe.value).toBeCloseTo(expected.sharpe.value ?? Number.NaN, 10)
  })

  test('around the clock a day without bars counts as a day of 0', () => {
    const holed = bars([[0, 24, 0.1], [3, 24, -0.05]], '24/7') // prettier-ignore
    expect(holed.sharpe.value).toBeCloseTo(computeStatistics(daily([0.1, 0, 0, -0.05])).sharpe.value ?? Number.NaN, 10)
    expect(holed.sharpe.sample).toBe(4)
  })

  test('with sessions only days with bars count, and the year has 252 of them', () => {
    const sessions = bars([[0, 15, 0.01], [0, 21, 0.01], [3, 15, -0.02], [3, 21, 0.03]], 'sim-sessions') // prettier-ignore
    const [first, second] = [1.01 * 1.01 - 1, 0.98 * 1.03 - 1]
    const mean = (first + second) / 2
    const deviation = Math.sqrt((first - mean) ** 2 + (second - mean) ** 2)
    expect(sessions.sharpe).toMatchObject({ formula: 'sharpe.arith.252', sample: 2 })
    expect(sessions.sharpe.value).toBeCloseTo((mean / deviation) * Math.sqrt(252), 10)
  })
})

describe('figures that do not exist', () => {
  const none = computeStatistics(daily([]))
  const cases = [
    ['total_return', none, 'there are no returns'],
    ['cagr', none, 'there are no returns'],
    ['sharpe', none, 'two days are needed, there are none'],
    ['sharpe', computeStatistics(daily([0.1])), 'two days are needed, there is one'],
    ['sharpe', computeStatistics(daily([0.1, 0.1, 0.1])), 'the daily returns do not vary'],
    ['sharpe', computeStatistics(daily([0, 0])), 'the daily returns do not vary'],
    ['sortino', computeStatistics(daily([0.1, 0.2])), 'no day lost'],
    ['max_drawdown', none, 'there are no returns'],
    ['max_drawdown_duration', none, 'there are no returns'],
    ['win_rate', none, 'no trade was closed'],
    ['profit_factor', none, 'no trade was closed'],
    ['profit_factor', computeStatistics(daily([0.1], { trades: [trade(0, 1, '5')] })), 'no trade lost'],
    ['exposure', none, 'there are no returns'],
    [
      'cagr',
      computeStatistics({ ...daily([0.01]), closeTimesMs: [startMs + hourMs] }),
      'the returns cover less than one day',
    ],
    ['cagr', computeStatistics(daily([1000])), 'the result does not fit a number'],
  ] as const
  for (const [name, found, reason] of cases) {
    test(`${name} is null because ${reason}`, () => expect(found[name]).toMatchObject({ value: null, reason }))
  }

  test('counts and sums of nothing are 0', () => {
    expect(none.trades.value).toBe(0)
    expect(none.fees.value).toBe(0)
  })
})

test('a ruined account stays at 0', () => {
  const ruined = computeStatistics(daily([0.5, -1.4, 3, 0.1]))
  expect(ruined.total_return.value).toBe(-1)
  expect(ruined.cagr.value).toBe(-1)
  expect(ruined.max_drawdown.value).toBe(1)
})

test('no input gives a figure that is neither finite nor null, and no null without a reason', () => {
  const input = fc.record({
    returns: fc.array(fc.double({ min: -2, max: 1e6, noNaN: true }), { maxLength: 40 }),
    stepMs: fc.integer({ min: 1000, max: 3 * dayMs }),
    calendar: fc.constantFrom('24/7', 'sim-sessions'),
    trades: fc.array(
      fc
        .tuple(fc.integer({ min: -3, max: 60 }), fc.option(fc.integer({ min: 0, max: 20 })), fc.integer())
        .map(([day, length, pnl]) => trade(day, length === null ? undefined : day + length, String(pnl))),
    ),
  })
  fc.assert(
    fc.property(input, ({ returns, stepMs, ...rest }) => {
      const closeTimesMs = returns.map((_, index) => startMs + (index + 1) * stepMs)
      const found = computeStatistics({ startMs, closeTimesMs, returns, ...rest })
      for (const name of statisticNames) {
        const { value, reason, formula } = found[name]
        expect(value === null ? reason : Number.isFinite(value)).toBeTruthy()
        expect(formula.startsWith(`${name}.`)).toBe(true)
      }
      for (const name of ['max_drawdown', 'win_rate', 'exposure'] as const) {
        expect(found[name].value ?? 0).toBeGreaterThanOrEqual(0)
        expect(found[name].value ?? 0).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('evidence gives the figures of its returns, with and without own close times', () => {
  const returns = [0.1, -0.1, 0, 0.2]
  const common = {
    data_fingerprint: 'lake:blake3:0',
    code_hashes: [],
    models: {},
    trades: [],
    returns,
    calendar: '24/7',
  }
  const series = { stage: 'backtest', interval_s: 86_400, start: '2024-01-01T00:00:00Z', ...common } as const
  const close_ts = [1, 2, 3, 4].map((day) => (startMs + day * dayMs) / 1000)
  expect(statisticsOfEvidence(series)).toEqual(computeStatistics(daily(returns)))
  expect(statisticsOfEvidence({ ...series, interval_s: 3600, close_ts })).toEqual(computeStatistics(daily(returns)))
})

for (const [what, change] of [
  ['a return that is not finite', { returns: [0.1, Number.NaN] }],
  ['lengths that differ', { returns: [0.1] }],
  ['times that do not ascend', { closeTimesMs: [startMs + dayMs, startMs + dayMs] }],
  ['a close that is not after the start', { closeTimesMs: [startMs, startMs + dayMs] }],
] as const) {
  test(`${what} is refused`, () => {
    let thrown: unknown
    try {
      computeStatistics({ ...daily([0.1, 0.2]), ...change })
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'E_INVALID_DATA', errors: { length: 1 } })
  })
}

test('the table names every statistic of a report, once, with a formula id that begins with its name', () => {
  expect(Object.keys(computeStatistics(daily([0.1])))).toEqual(statisticNames)
  expect(statisticNames).toHaveLength(11)
  for (const name of statisticNames) {
    expect(describeStatistic(name).formulaId.startsWith(`${name}.`)).toBe(true)
    expect(formulaIdOf(name, '24/7')).toMatch(/^[a-z_]+(\.[a-z0-9]+)+$/)
  }
  expect(isStatisticName('sharp')).toBe(false)
  expect(isStatisticName('toString')).toBe(false)
})
