import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TradeRecord } from '@qmtl/contracts'
import { computeStatistics, statisticsOfEvidence, type StatisticsInput } from './compute-statistics.ts'
import { describeStatistic, statisticNames } from './registry/statistic-table.ts'
import { dailyBars, dailyInput, dayMs, hourMs, startMs, tradeOf } from './testing/statistics-inputs.ts'

describe('figures worked by hand', () => {
  // Equity 1 → 1.1 → 0.99 → 0.99 → 1.188.
  const returns = [0.1, -0.1, 0, 0.2]
  const found = computeStatistics(dailyInput(returns))

  test('total return links the returns', () => {
    expect(found.total_return).toMatchObject({ formula: 'total_return.compound', unit: 'fraction', sample: 4 })
    expect(found.total_return.value).toBeCloseTo(0.188, 12)
  })

  test('CAGR grows over a year of 365.25 days', () => {
    // 1.188 ^ (365.25 / 4) = e^(91.3125 × 0.17227122) = e^15.7305…
    expect(found.cagr.value).toBeCloseTo(Math.exp(91.3125 * Math.log(1.188)) - 1, 0)
    expect(
      computeStatistics(dailyInput(Array.from({ length: 1461 }, (_, i) => (i === 0 ? 0.4641 : 0)))).cagr.value,
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
    const lost = computeStatistics(dailyInput([-0.5, 0.5, 0.2]))
    expect(lost.max_drawdown.value).toBeCloseTo(0.5, 12)
    expect(lost.max_drawdown_duration.value).toBe(3)
  })

  test('a peak regained but for rounding ends the drawdown', () => {
    const back = computeStatistics(dailyInput([-0.1, 1 / 0.9 - 1 - 1e-16, 0, 0]))
    expect(back.max_drawdown_duration.value).toBe(2)
  })

  test('trades are counted once closed, wins and losses after fees', () => {
    const trades = [tradeOf(0, 1, '30'), tradeOf(1, 2, '-10.5'), tradeOf(2, 3, '0'), tradeOf(3, undefined, '99')]
    const { trades: count, win_rate, profit_factor, fees } = computeStatistics(dailyInput(returns, { trades }))
    expect(count).toMatchObject({ value: 3, sample: 3 })
    expect(win_rate.value).toBeCloseTo(1 / 3, 12)
    expect(profit_factor.value).toBeCloseTo(30 / 10.5, 12)
    expect(fees).toMatchObject({ value: 0.4, unit: 'quote', sample: 4 })
  })

  test('exposure is the union of the trades, clipped to the span', () => {
    const share = (trades: readonly TradeRecord[]) => computeStatistics(dailyInput(returns, { trades })).exposure.value
    expect(share([])).toBe(0)
    expect(share([tradeOf(1, 2, '1')])).toBe(0.25)
    expect(share([tradeOf(1, 3, '1'), tradeOf(0, 2, '1'), tradeOf(1, 2, '1')])).toBe(0.75)
    expect(share([tradeOf(-5, 1, '1'), tradeOf(3, undefined, '1')])).toBe(0.5)
    expect(share([tradeOf(-5, -4, '1'), tradeOf(3, 9, '1')])).toBe(0.25)
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
    const expected = computeStatistics(dailyInput([0.21, 0]))
    expect(hourly.sharpe.sample).toBe(2)
    expect(hourly.sharpe.value).toBeCloseTo(expected.sharpe.value ?? Number.NaN, 10)
  })

  test('around the clock a day without bars counts as a day of 0', () => {
    const holed = bars([[0, 24, 0.1], [3, 24, -0.05]], '24/7') // prettier-ignore
    expect(holed.sharpe.value).toBeCloseTo(
      computeStatistics(dailyInput([0.1, 0, 0, -0.05])).sharpe.value ?? Number.NaN,
      10,
    )
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
  const none = computeStatistics(dailyInput([]))
  const cases = [
    ['total_return', none, 'there are no returns'],
    ['cagr', none, 'there are no returns'],
    ['sharpe', none, 'two days are needed, there are none'],
    ['sharpe', computeStatistics(dailyInput([0.1])), 'two days are needed, there is one'],
    ['sharpe', computeStatistics(dailyInput([0.1, 0.1, 0.1])), 'the daily returns do not vary'],
    ['sharpe', computeStatistics(dailyInput([0, 0])), 'the daily returns do not vary'],
    ['sortino', computeStatistics(dailyInput([0.1, 0.2])), 'no day lost'],
    ['max_drawdown', none, 'there are no returns'],
    ['max_drawdown_duration', none, 'there are no returns'],
    ['win_rate', none, 'no trade was closed'],
    ['profit_factor', none, 'no trade was closed'],
    ['profit_factor', computeStatistics(dailyInput([0.1], { trades: [tradeOf(0, 1, '5')] })), 'no trade lost'],
    ['exposure', none, 'there are no returns'],
    [
      'cagr',
      computeStatistics({ ...dailyInput([0.01]), closeTimesMs: [startMs + hourMs] }),
      'the returns cover less than one day',
    ],
    ['cagr', computeStatistics(dailyInput([1000])), 'the result does not fit a number'],
    ['calmar', computeStatistics(dailyInput([0.1])), 'equity never fell below a peak'],
    ['recovery_time', computeStatistics(dailyInput([-0.1, 0.05])), 'the deepest drawdown has not been recovered'],
    ['omega', computeStatistics(dailyInput([0.1])), 'no day lost'],
    ['gain_to_pain', computeStatistics(dailyInput([-0.1, 0.2])), 'no month lost'],
    ['min_track_record', computeStatistics(dailyInput([-0.1, 0.05])), 'the Sharpe ratio is not above 0'],
    ['deflated_sharpe', computeStatistics(dailyInput([-0.1, 0.05])), 'the number of trials was not given'],
    ['skew', computeStatistics(dailyInput([-0.1, 0.05])), 'three days are needed, there are 2'],
    ['kurtosis', computeStatistics(dailyInput([-0.1, 0.05, 0])), 'four days are needed, there are 3'],
    ['value_at_risk_95', computeStatistics(dailyInput([-0.1])), '20 days are needed, there is one'],
    [
      'value_at_risk_99',
      computeStatistics(dailyInput(new Array<number>(99).fill(0))),
      '100 days are needed, there are 99',
    ],
    [
      'tail_ratio',
      computeStatistics(dailyInput(new Array<number>(20).fill(0.1))),
      'the worst 5 % of days begin with no loss',
    ],
    ['beta', computeStatistics(dailyInput([0.1, 0.2])), 'no benchmark was given'],
    ['beta', computeStatistics(dailyInput([0.1, 0.2], { benchmark: [0.1, 0.1] })), 'the benchmark does not vary'],
    ['treynor', computeStatistics(dailyInput([0.1, 0.1], { benchmark: [0.1, 0] })), 'beta is 0'],
    [
      'benchmark_correlation',
      computeStatistics(dailyInput([0, 0], { benchmark: [0.1, 0] })),
      'the daily returns do not vary',
    ],
    [
      'information_ratio',
      computeStatistics(dailyInput([0.1, 0.2], { benchmark: [0.1, 0.2] })),
      'the active returns do not vary',
    ],
    ['kelly', computeStatistics(dailyInput([0.1], { trades: [tradeOf(0, 1, '-5')] })), 'no trade won'],
    [
      'sqn',
      computeStatistics(dailyInput([0.1], { trades: [tradeOf(0, 1, '5')] })),
      'two closed trades are needed, there is one',
    ],
    [
      'sqn',
      computeStatistics(dailyInput([0.1], { trades: [tradeOf(0, 1, '5'), tradeOf(0, 1, '5')] })),
      'the profits do not vary',
    ],
    ['average_mae', computeStatistics(dailyInput([0.1], { trades: [tradeOf(0, 1, '5')] })), 'no bars were given'],
    [
      'average_mae',
      computeStatistics(dailyInput([0.1], { trades: [tradeOf(0, 1, '5')], bars: [] })),
      'no bars of BTC-USD.SIM were given',
    ],
    ['turnover', computeStatistics(dailyInput([0.1])), 'the opening equity was not given'],
    ['capacity', computeStatistics(dailyInput([0.1])), 'the opening equity was not given'],
    ['capacity', computeStatistics(dailyInput([0.1], { openingEquity: 9 })), 'no bars were given'],
    ['capacity', computeStatistics(dailyInput([0.1], { openingEquity: 9, bars: [] })), 'nothing was traded'],
    [
      'capacity',
      computeStatistics(
        dailyInput([0.1], { openingEquity: 9, trades: [tradeOf(0, 1, '5')], bars: [dailyBars([[99, 101, 0]])] }),
      ),
      'the bars carry no volume',
    ],
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
  const ruined = computeStatistics(dailyInput([0.5, -1.4, 3, 0.1]))
  expect(ruined.total_return.value).toBe(-1)
  expect(ruined.cagr.value).toBe(-1)
  expect(ruined.max_drawdown.value).toBe(1)
})

describe('for any input', () => {
  const returns = fc.array(fc.double({ min: -2, max: 1e6, noNaN: true }), { maxLength: 140 })
  const anyTrade = fc
    .tuple(fc.integer({ min: -3, max: 60 }), fc.option(fc.integer({ min: 0, max: 20 })), fc.integer())
    .map(([day, length, pnl]) => tradeOf(day, length === null ? undefined : day + length, String(pnl)))
  const anyBars = fc.array(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 100 }), fc.nat(5)), {
    maxLength: 50,
  })
  const input = fc
    .record({
      bars: returns.chain((values) =>
        fc.record({
          returns: fc.constant(values),
          benchmark: fc.option(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), sizeOf(values)), noValue),
        }),
      ),
      stepMs: fc.integer({ min: 1000, max: 3 * dayMs }),
      calendar: fc.constantFrom('24/7', 'sim-sessions'),
      trades: fc.array(anyTrade),
      openingEquity: fc.option(fc.double({ min: 1, max: 1e9, noNaN: true }), noValue),
      trials: fc.option(
        fc.record({ count: fc.integer({ min: 1 }), sharpeVariance: fc.double({ min: 0, max: 9, noNaN: true }) }),
        noValue,
      ),
      prices: fc.option(anyBars, noValue),
    })
    .map(({ bars, stepMs, prices, openingEquity, trials, ...rest }): StatisticsInput => {
      const given = { benchmark: bars.benchmark, openingEquity, trials, bars: prices && [dailyBars(prices)] }
      const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
      const closeTimesMs = bars.returns.map((_, index) => startMs + (index + 1) * stepMs)
      return { startMs, closeTimesMs, returns: bars.returns, ...rest, ...known }
    })

  test('a figure is finite or null, and its reason is one that the table names', () => {
    const seen = new Set<string>()
    const tooLarge = 'the result does not fit a number'
    fc.assert(
      fc.property(input, (given) => {
        const found = computeStatistics(given)
        for (const name of statisticNames) {
          const { value, reason, formula, standard_error } = found[name]
          expect(formula.startsWith(`${name}.`)).toBe(true)
          expect(standard_error ?? 0).toBeGreaterThanOrEqual(0)
          if (value !== null) expect([name, Number.isFinite(value), reason]).toEqual([name, true, undefined])
          else {
            const known = [tooLarge, ...describeStatistic(name).nullWhen].find((start) => reason?.startsWith(start))
            expect([name, reason, known]).toEqual([name, reason, expect.any(String)])
            seen.add(`${name}: ${known ?? ''}`)
          }
        }
      }),
      { numRuns: 200 },
    )
    // Rare ones have a test of their own.
    expect(seen.size).toBeGreaterThan(60)
  })

  test('shares and probabilities lie within [0, 1]', () => {
    const shares = [
      'max_drawdown',
      'average_drawdown',
      'ulcer_index',
      'time_under_water',
      'win_rate',
      'exposure',
      'positive_days',
      'positive_months',
      'probabilistic_sharpe',
      'deflated_sharpe',
    ] as const
    fc.assert(
      fc.property(input, (given) => {
        const found = computeStatistics(given)
        for (const name of shares) {
          const value = found[name].value ?? 0
          expect([name, value >= 0 && value <= 1]).toEqual([name, true])
        }
      }),
    )
  })
})

const noValue = { nil: undefined }

function sizeOf(values: readonly unknown[]): { readonly minLength: number; readonly maxLength: number } {
  return { minLength: values.length, maxLength: values.length }
}

describe('laws', () => {
  const returns = fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: 30, maxLength: 200 })
  const varied = returns.filter((values) => Math.max(...values) - Math.min(...values) > 1e-3)
  const near = (seen: number | null, wanted: number | null): void => {
    expect(seen).not.toBeNull()
    expect(Math.abs((seen ?? 0) - (wanted ?? 0))).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(wanted ?? 0)))
  }

  test('scaling returns scales risk and leaves ratios', () => {
    fc.assert(
      fc.property(varied, fc.double({ min: 0.1, max: 3, noNaN: true }), (values, factor) => {
        const one = computeStatistics(dailyInput(values))
        const scaled = computeStatistics(dailyInput(values.map((value) => value * factor)))
        for (const name of ['sharpe', 'skew', 'kurtosis', 'probabilistic_sharpe'] as const) {
          near(scaled[name].value, one[name].value)
        }
        near(scaled.sharpe.standard_error ?? null, one.sharpe.standard_error ?? null)
        for (const name of ['volatility', 'downside_deviation', 'value_at_risk_95', 'expected_shortfall_95'] as const) {
          near(scaled[name].value, (one[name].value ?? 0) * factor)
        }
      }),
    )
  })

  test('the order of days does not matter to anything but drawdowns and months', () => {
    fc.assert(
      fc.property(varied, (values) => {
        const one = computeStatistics(dailyInput(values))
        const other = computeStatistics(dailyInput(values.toReversed()))
        expect(other.value_at_risk_95).toEqual(one.value_at_risk_95)
        for (const name of ['expected_shortfall_95', 'total_return', 'sharpe', 'omega', 'kurtosis'] as const) {
          if (one[name].value !== null) near(other[name].value, one[name].value)
        }
      }),
    )
  })

  test('expected shortfall is at least value at risk, which grows with the confidence', () => {
    const many = fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 100, maxLength: 300 })
    fc.assert(
      fc.property(many, (values) => {
        const found = computeStatistics(dailyInput(values))
        const [var95, var99] = [found.value_at_risk_95.value ?? 0, found.value_at_risk_99.value ?? 0]
        expect(found.expected_shortfall_95.value).toBeGreaterThanOrEqual(var95 - 1e-15)
        expect(found.expected_shortfall_99.value).toBeGreaterThanOrEqual(var99 - 1e-15)
        expect(var99).toBeGreaterThanOrEqual(var95)
      }),
    )
  })

  test('a constant added to the benchmark lowers alpha by beta times it and leaves beta and tracking error', () => {
    const pairs = fc.array(
      fc.tuple(fc.double({ min: -0.1, max: 0.1, noNaN: true }), fc.double({ min: -0.1, max: 0.1, noNaN: true })),
      { minLength: 10, maxLength: 60 },
    )
    const apart = pairs.filter((rows) => new Set(rows.map(([, benchmark]) => benchmark.toFixed(3))).size > 3)
    fc.assert(
      fc.property(apart, fc.double({ min: -0.05, max: 0.05, noNaN: true }), (rows, shift) => {
        const values = rows.map(([value]) => value)
        const against = (added: number) =>
          computeStatistics(dailyInput(values, { benchmark: rows.map(([, benchmark]) => benchmark + added) }))
        const [one, shifted] = [against(0), against(shift)]
        near(shifted.beta.value, one.beta.value)
        near(shifted.tracking_error.value, one.tracking_error.value)
        near(shifted.alpha.value, (one.alpha.value ?? 0) - (one.beta.value ?? 0) * shift * 365)
      }),
    )
  })

  test('more trials never raise the deflated Sharpe ratio, and one trial leaves the probabilistic one', () => {
    fc.assert(
      fc.property(varied, fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), (values, a, b) => {
        const deflated = (count: number): number =>
          computeStatistics(dailyInput(values, { trials: { count, sharpeVariance: 0.5 } })).deflated_sharpe.value ?? -1
        expect(deflated(Math.max(a, b))).toBeLessThanOrEqual(deflated(Math.min(a, b)) + 1e-12)
        expect(deflated(1)).toBe(computeStatistics(dailyInput(values)).probabilistic_sharpe.value)
      }),
    )
  })
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
  expect(statisticsOfEvidence(series)).toEqual(computeStatistics(dailyInput(returns)))
  expect(statisticsOfEvidence({ ...series, interval_s: 3600, close_ts })).toEqual(
    computeStatistics(dailyInput(returns)),
  )
  expect(statisticsOfEvidence({ ...series, opening_equity: '5000.5' }, { benchmark: [0, 0.1, 0, 0] })).toEqual(
    computeStatistics(dailyInput(returns, { openingEquity: 5000.5, benchmark: [0, 0.1, 0, 0] })),
  )
})

for (const [what, change] of [
  ['a return that is not finite', { returns: [0.1, Number.NaN] }],
  ['lengths that differ', { returns: [0.1] }],
  ['times that do not ascend', { closeTimesMs: [startMs + dayMs, startMs + dayMs] }],
  ['a close that is not after the start', { closeTimesMs: [startMs, startMs + dayMs] }],
  ['a benchmark of another length', { benchmark: [0.1] }],
  ['a benchmark that is not finite', { benchmark: [0.1, Infinity] }],
  ['an opening equity of 0', { openingEquity: 0 }],
  ['half a trial', { trials: { count: 1.5, sharpeVariance: 1 } }],
  ['a variance below 0', { trials: { count: 2, sharpeVariance: -1 } }],
  ['a column of bars that is too short', { bars: [{ ...dailyBars([[1, 2, 3]]), low: [] }] }],
] as const) {
  test(`${what} is refused`, () => {
    let thrown: unknown
    try {
      computeStatistics({ ...dailyInput([0.1, 0.2]), ...change })
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'E_INVALID_DATA', errors: { length: 1 } })
  })
}

test('all causes are told at once', () => {
  const wrong = { returns: [Number.NaN, 0], closeTimesMs: [startMs, startMs + dayMs], openingEquity: -1 }
  let thrown: unknown
  try {
    computeStatistics({ ...dailyInput([]), ...wrong })
  } catch (error) {
    thrown = error
  }
  expect(thrown).toMatchObject({
    code: 'E_INVALID_DATA',
    errors: [{ path: 'returns/0' }, { path: 'closeTimesMs/0' }, { path: 'openingEquity' }],
  })
})
