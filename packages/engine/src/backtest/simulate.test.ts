import { decimal, decimalNumber, decimalText, plus, ZERO, type Decimal } from '@qmtl/contracts'
import { applyFill, fillMarketOrder, openBook, realityModels, type Book, type RealityModels } from '@qmtl/brokerage'
import { barColumnsOf, defineInstrument, type BarColumns } from '@qmtl/market'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planOrders, type PlannedOrder, type PlannerState } from '../planner/plan-orders.ts'
import { plannerRules, type PlannerOptions } from '../planner/planner-rules.ts'
import { simulate, type Simulation } from './simulate.ts'

const minuteMs = 60_000
const btc = defineInstrument('BTC-USD.SIM', { lotSize: decimal('0.01') })
const eth = defineInstrument('ETH-USD.SIM', { lotSize: decimal('0.1') })

type Candle = readonly [open: number, close: number]

function barsOf(instrument: string, candles: readonly (Candle | undefined)[]): BarColumns {
  const bars = candles.flatMap((candle, index) => {
    if (!candle) return []
    const [open, close] = candle
    const range = { high: Math.max(open, close), low: Math.min(open, close) }
    return [{ openTimeMs: index * minuteMs, open, close, ...range, volume: 1 }]
  })
  return barColumnsOf({ instrument, intervalMs: minuteMs }, bars)
}

function targetsOf(bars: BarColumns, targets: readonly number[]) {
  const closeTimesMs = Float64Array.from(bars.openTimeMs, (openMs) => openMs + minuteMs)
  return { instrument: bars.instrument, closeTimesMs, targets: Float64Array.from(targets) }
}

function run(
  candles: readonly Candle[],
  targets: readonly number[],
  options: { models?: RealityModels; planner?: PlannerOptions; cash?: string } = {},
): Simulation {
  const bars = barsOf(btc.id, candles)
  const models = options.models ?? realityModels()
  return simulate({
    targets: [targetsOf(bars, targets)],
    bars: [bars],
    instruments: [btc],
    cash: decimal(options.cash ?? '1000'),
    models,
    rules: plannerRules(models, { freePortfolioFraction: ZERO, ...options.planner }),
  })
}

const flatCandles = (...prices: number[]): Candle[] => prices.map((price) => [price, price])

test('an order of a bar fills at the open of the next one', () => {
  const { closed, equity, orders } = run(
    [
      [100, 100],
      [101, 105],
      [110, 120],
      [130, 90],
    ],
    [1, 1, 0, 0],
  )
  // 10 lots of cash at the close of 100 are cut to what 1000 pays at 101.
  expect(
    closed.map(({ entryMs, exitMs, entryPrice, exitPrice, quantity }) => [
      entryMs / minuteMs,
      exitMs / minuteMs,
      ...[entryPrice, exitPrice, quantity].map(decimalText),
    ]),
  ).toEqual([[1, 3, '101', '130', '9.9']])
  const expected = [1000, 1000 + 9.9 * 4, 1000 + 9.9 * 19, 1000 + 9.9 * 29]
  expected.forEach((value, step) => expect(equity[step]).toBeCloseTo(value, 9))
  expect(orders).toBe(2)
})

test('an order of the last bar stays unfilled', () => {
  expect(run(flatCandles(100, 100), [0, 1])).toMatchObject({ orders: 1, fills: 0 })
})

test('the fill rule close fills on the deciding bar', () => {
  const models = realityModels({ fill: 'close' })
  const { closed, equity } = run(
    [
      [90, 100],
      [110, 120],
    ],
    [1, 0],
    { models },
  )
  expect(closed).toHaveLength(1)
  expect(equity[1]).toBe(1200)
})

test('nothing is traded between two changes of the target', () => {
  expect(run(flatCandles(100, 100, 150, 80, 120, 100), [0.5, 0.5, 0.5, 0.5, 0.5, 0])).toMatchObject({
    orders: 2,
    fills: 1,
  })
})

test('a flip is one closing and one opening fill', () => {
  const { closed, book } = run(flatCandles(100, 100, 100, 100), [1, -1, -1, -1])
  expect(closed).toHaveLength(1)
  expect(decimalText(book.positions.get(btc.id)?.quantity ?? ZERO)).toBe('-10')
})

test('an order the cash cannot pay is refused, counted and tried again on the next bar', () => {
  const models = realityModels()
  const strict: RealityModels = { ...models, buyingPower: { ...models.buyingPower, unaffordable: 'refuse' } }
  const seen = run(
    [
      [100, 100],
      [120, 100],
      [100, 100],
      [100, 100],
    ],
    [1, 1, 1, 1],
    { models: strict },
  )
  expect(seen.refusals).toMatchObject([{ code: 'E_INSUFFICIENT_FUNDS', count: 1 }])
  expect(seen.refusals[0]?.message).toContain('BTC-USD.SIM')
  expect(seen).toMatchObject({ orders: 2, fills: 1 })
})

test('a strategy that lost everything is closed out and stays out', () => {
  const seen = run(flatCandles(100, 100, 250, 250, 250), [-1, -1, -1, -1, -1])
  expect(seen.ruinedAtMs).toBe(3 * minuteMs)
  expect(seen.book.positions.size).toBe(0)
})

test('an instrument waits for its own next bar while another trades on', () => {
  const bars = [
    barsOf(btc.id, flatCandles(100, 100, 100, 100)),
    barsOf(eth.id, [[10, 10], undefined, undefined, [20, 20]]),
  ]
  const [first, second] = bars
  if (!first || !second) throw new Error('two columns')
  const models = realityModels()
  const { closed, book } = simulate({
    targets: [targetsOf(first, [0.5, 0, 0, 0]), targetsOf(second, [0.5, 0.5])],
    bars,
    instruments: [btc, eth],
    cash: decimal(1000),
    models,
    rules: plannerRules(models, { freePortfolioFraction: ZERO }),
  })
  expect(closed).toHaveLength(1)
  expect(book.positions.get(eth.id)).toMatchObject({ openedMs: 3 * minuteMs })
})

/** The loop without its shortcut: the planner is asked on every bar, as a live runner does. */
function replay(
  bars: BarColumns,
  targets: readonly number[],
  models: RealityModels,
): { book: Book; equity: number[]; orders: number } {
  let book = openBook(decimal(1000))
  let state: PlannerState = new Map()
  let pending: readonly PlannedOrder[] = []
  let orders = 0
  const equity: number[] = []
  const rules = plannerRules(models)
  targets.forEach((target, row) => {
    const price = (column: Float64Array): Decimal => decimal(column[row] ?? 0)
    for (const order of pending) {
      const moment = { instrument: btc, referencePrice: price(bars.open), tsMs: bars.openTimeMs[row] ?? 0 }
      const outcome = fillMarketOrder(order, moment, models, { book, priceOf: () => price(bars.open) })
      if (outcome.kind === 'filled') book = applyFill(book, outcome.fill).book
    }
    const held = book.positions.get(btc.id)
    equity.push(decimalNumber(book.cash) + (held ? decimalNumber(held.quantity) : 0) * (bars.close[row] ?? 0))
    const asked = [{ instrument: btc, target, openQuantity: ZERO }]
    const plan = planOrders({ targets: asked, book, priceOf: () => price(bars.close), weight: 1 }, state, rules)
    pending = plan.orders
    state = plan.state
    orders += pending.length
  })
  return { book, equity, orders }
}

test('the loop gives what asking the planner on every bar gives, to the last bit', () => {
  const price = fc.integer({ min: 8000, max: 12_000 }).map((cents) => cents / 100)
  const target = fc.constantFrom(0, 0, 1, 1, 0.5, -0.5, -1, Number.NaN)
  const costs = fc.record({ feeBps: fc.integer({ min: 0, max: 50 }), slippageBps: fc.integer({ min: 0, max: 20 }) })
  const anyBar = fc.record({ open: price, close: price, target })
  fc.assert(
    fc.property(fc.array(anyBar, { minLength: 2, maxLength: 40 }), costs, fc.boolean(), (rows, options, isStrict) => {
      const plain = realityModels(options)
      const models: RealityModels = isStrict
        ? { ...plain, buyingPower: { ...plain.buyingPower, unaffordable: 'refuse' } }
        : plain
      const bars = barsOf(
        btc.id,
        rows.map(({ open, close }) => [open, close]),
      )
      const targets = rows.map((row) => row.target)
      const expected = replay(bars, targets, models)
      const seen = simulate({
        targets: [targetsOf(bars, targets)],
        bars: [bars],
        instruments: [btc],
        cash: decimal(1000),
        models,
        rules: plannerRules(models),
      })
      fc.pre(seen.ruinedAtMs === undefined)
      expect([...seen.equity]).toEqual(expected.equity)
      expect(seen.orders).toBe(expected.orders)
      expect(decimalText(seen.book.cash)).toBe(decimalText(expected.book.cash))
    }),
    { numRuns: 300 },
  )
})

test('an order never sees a later bar: cutting the data off keeps the past', () => {
  const price = fc.integer({ min: 8000, max: 12_000 }).map((cents) => cents / 100)
  const anyBar = fc.record({ open: price, close: price, target: fc.constantFrom(0, 1, -1) })
  fc.assert(
    fc.property(fc.array(anyBar, { minLength: 2, maxLength: 30 }), fc.nat(), (rows, cut) => {
      const length = 1 + (cut % (rows.length - 1))
      const candles = rows.map(({ open, close }): Candle => [open, close])
      const targets = rows.map((row) => row.target)
      const whole = run(candles, targets)
      const part = run(candles.slice(0, length), targets.slice(0, length))
      expect([...part.equity]).toEqual([...whole.equity.subarray(0, length)])
    }),
  )
})

test('closed trades and open positions explain the equity to the last digit', () => {
  const seen = run(flatCandles(100, 103.7, 99.31, 104, 98.2, 97), [1, 0.3, 0.8, 0, -0.7, -0.7], {
    models: realityModels({ feeBps: '7.5', slippageBps: 3 }),
  })
  const { book } = seen
  const invested = [...book.positions.values()].reduce((sum, { cost }) => plus(sum, cost), ZERO)
  expect(decimalText(plus(plus(book.cash, invested), book.fees))).toBe(
    decimalText(plus(decimal(1000), book.realisedPnl)),
  )
})

interface Market {
  readonly bars: readonly BarColumns[]
  readonly targets: Parameters<typeof simulate>[0]['targets']
  readonly models?: RealityModels
}

function runMarket({ bars, targets, models = realityModels() }: Market): Simulation {
  const rules = plannerRules(models, { freePortfolioFraction: ZERO })
  return simulate({ targets, bars, instruments: [btc, eth], cash: decimal(1000), models, rules })
}

test('an order decided while its bar is open waits for the next open', () => {
  const bars = barsOf(btc.id, flatCandles(100, 90, 110))
  // The target changes half a minute into the second bar: its open of 90 is history by then.
  const targets = [
    { instrument: btc.id, closeTimesMs: Float64Array.of(60_000, 90_000), targets: Float64Array.of(0, 1) },
  ]
  const { book } = runMarket({ bars: [bars], targets })
  expect(book.positions.get(btc.id)).toMatchObject({ openedMs: 2 * minuteMs })
})

test('the curve has a point at each close of a traded bar and nowhere else', () => {
  const bars = barsOf(btc.id, flatCandles(100, 100, 100))
  const closeTimesMs = Float64Array.of(30_000, 60_000, 90_000, 120_000, 150_000, 180_000, 210_000)
  const targets = [{ instrument: btc.id, closeTimesMs, targets: new Float64Array(7).fill(1) }]
  const seen = runMarket({ bars: [bars], targets })
  expect([...seen.closeTimesMs]).toEqual([minuteMs, 2 * minuteMs, 3 * minuteMs])
  expect(seen.equity).toHaveLength(3)
})

for (const order of [0, 1] as const) {
  test(`what one instrument frees pays for the other at the same open, whichever is named first (${order})`, () => {
    const bars = [barsOf(btc.id, flatCandles(100, 100, 100, 100)), barsOf(eth.id, flatCandles(10, 10, 10, 10))]
    const targets = bars.map((columns, index) => targetsOf(columns, index === order ? [1, 1, 0, 0] : [0, 0, 1, 1]))
    const seen = runMarket({ bars, targets })
    expect(seen.refusals).toEqual([])
    expect(seen.fills).toBe(3)
    expect(seen.closed.map(({ exitMs }) => exitMs)).toEqual([3 * minuteMs])
    expect([...seen.book.positions.values()].map(({ openedMs }) => openedMs)).toEqual([3 * minuteMs])
  })
}

test('what an order can pay does not depend on later prices of other instruments', () => {
  const quantityOf = (close: number): string => {
    const bars = [barsOf(btc.id, [[100, 100], [100, 100], [100, close]]), barsOf(eth.id, [[10, 10], [10, 10], [20, 20]])] // prettier-ignore
    const [first, second] = bars
    if (!first || !second) throw new Error('two columns')
    const targets = [targetsOf(first, [-0.5, -0.5, -0.5]), targetsOf(second, [0, 0.5, 0.5])]
    const { book } = runMarket({ bars, targets })
    return decimalText(book.positions.get(eth.id)?.quantity ?? ZERO)
  }
  expect([50, 100, 200].map(quantityOf)).toEqual(['25', '25', '25'])
})

test('the costs of a fill at the first close belong to the first return', () => {
  const models = realityModels({ fill: 'close', feeBps: 100 })
  const { equity } = run(flatCandles(100, 100), [0.5, 0.5], { models })
  expect(equity[0]).toBe(1000)
  expect(equity[1]).toBeCloseTo(1000 - 4.95, 2)
})
