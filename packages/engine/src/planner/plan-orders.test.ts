import { compare, decimal, decimalText, isZero, minus, ONE, plus, sign, ZERO, type Decimal } from '@qmtl/contracts'
import { applyFill, bookEquity, openBook, realityModels, rebuildBook, type Book } from '@qmtl/brokerage'
import { defineInstrument } from '@qmtl/market'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planOrders, sizeTarget, type Plan, type PlannedOrder, type PlannerState } from './plan-orders.ts'
import { plannerRules, type PlannerOptions } from './planner-rules.ts'

const instrument = defineInstrument('BTC-USD.SIM', { lotSize: decimal('0.001') })
const other = defineInstrument('ETH-USD.SIM', { lotSize: ONE })
const plainRules = (options: PlannerOptions = {}) =>
  plannerRules(realityModels(), { freePortfolioFraction: ZERO, ...options })

interface Asked {
  target: number
  book: Book
  price: number
  open?: string
  weight?: number
  state?: PlannerState
}

function planOf({ target, book, price, open = '0', weight = 1, state = new Map() }: Asked, rules = plainRules()): Plan {
  const targets = [{ instrument, target, openQuantity: decimal(open) }]
  return planOrders({ targets, book, priceOf: () => decimal(price), weight }, state, rules)
}

const shown = (orders: readonly PlannedOrder[]) =>
  orders.map((order) => `${decimalText(order.quantity)}${order.reduceOnly ? ' reduce' : ''} leg ${order.leg}`)

const flat = openBook(decimal(1000))

function holding(quantity: string, price = 100, cash = 1000): Book {
  return filled(openBook(decimal(cash)), decimal(quantity), price)
}

function filled(book: Book, quantity: Decimal, price: number): Book {
  const fill = { instrument: instrument.id, quantity, price: decimal(price), multiplier: ONE, fee: ZERO, tsMs: 0 }
  return applyFill(book, fill).book
}

test.each([
  [
    'a target is a fraction of equity, cut to lots toward zero',
    { target: 0.5, book: flat, price: 300 },
    ['1.666 leg 1'],
  ],
  ['a short is cut toward zero too', { target: -0.5, book: flat, price: 300 }, ['-1.666 leg 1']],
  ['the weight of the world scales the target', { target: 1, weight: 0.25, book: flat, price: 100 }, ['2.5 leg 1']],
  ['open orders count as done', { target: 1, book: flat, price: 100, open: '4' }, ['6 leg 1']],
  ['a smaller target reduces', { target: 0.5, book: holding('10'), price: 100 }, ['-5 reduce leg 1']],
  ['the target zero closes everything', { target: 0, book: holding('10'), price: 100 }, ['-10 reduce leg 1']],
  ['it closes dust as well', { target: 0, book: holding('0.001'), price: 100 }, ['-0.001 reduce leg 1']],
  [
    'a flip has a closing and an opening leg',
    { target: -1, book: holding('10'), price: 100 },
    ['-10 reduce leg 1', '-10 leg 2'],
  ],
  ['no opinion plans nothing', { target: Number.NaN, book: flat, price: 100 }, []],
  ['less than a lot plans nothing', { target: 1, book: flat, price: 2_000_000 }, []],
  ['less than a thousandth of equity plans nothing', { target: 0.0005, book: flat, price: 1 }, []],
  ['without equity there is nothing to invest', { target: 1, book: openBook(decimal(-5)), price: 1 }, []],
])('%s', (_, asked, expected) => {
  expect(shown(planOf(asked).orders)).toEqual(expected)
})

test.each([
  ['a flip closes whole lots and turns the rest with its second leg', '10.0005', ['-10 reduce leg 1', '-10 leg 2']],
  ['less than a lot of the other side is turned in one leg', '0.0005', ['-10 leg 1']],
])('%s', (_, held, expected) => {
  const book = holding(held)
  expect(shown(planOf({ target: -1, book, price: 100 }).orders)).toEqual(expected)
})

test('orders below the minimum notional are not planned', () => {
  const rules = plainRules({ minimumNotional: decimal(11) })
  expect(planOf({ target: 0.01, book: flat, price: 100 }, rules).orders).toEqual([])
  expect(shown(planOf({ target: 0.02, book: flat, price: 100 }, rules).orders)).toEqual(['0.2 leg 1'])
})

test('sizing leaves the free fraction, the fee and the slippage', () => {
  const rules = plannerRules(realityModels({ feeBps: 20, slippageBps: 5 }))
  const size = sizeTarget(
    { target: 1, equity: decimal(10_000), unitValue: decimal(100), lotSize: decimal('0.01') },
    rules,
  )
  // 10,000 × 0.9975 ÷ (100 × 1.0025)
  expect(decimalText(size)).toBe('99.5')
})

test('a reached target is not traded again when the price drifts', () => {
  const { orders, state } = planOf({ target: 0.5, book: flat, price: 100 })
  const book = filled(flat, orders[0]?.quantity ?? ZERO, 100)
  expect(planOf({ target: 0.5, book, price: 250, state }).orders).toEqual([])
})

test('in a band it is traded once the drift leaves the band', () => {
  const rules = plainRules({ rebalance: { kind: 'band', fraction: decimal('0.05') } })
  const { orders, state } = planOf({ target: 0.5, book: flat, price: 100 }, rules)
  const book = filled(flat, orders[0]?.quantity ?? ZERO, 100)
  expect(planOf({ target: 0.5, book, price: 110, state }, rules).orders).toEqual([])
  expect(shown(planOf({ target: 0.5, book, price: 150, state }, rules).orders)).toEqual(['-0.834 reduce leg 1'])
})

test('a refused order is planned anew on the next bar, at its price', () => {
  const { state } = planOf({ target: 1, book: flat, price: 100 })
  const again = planOf({ target: 1, book: flat, price: 125, state })
  expect(shown(again.orders)).toEqual(['8 leg 1'])
  expect(shown(planOf({ target: 1, book: flat, price: 100, state: again.state }).orders)).toEqual(['10 leg 1'])
})

test('a refused change of less than the mending share is planned anew too', () => {
  const first = planOf({ target: 0.5, book: flat, price: 100 })
  const book = filled(flat, decimal(5), 100)
  const { orders, state } = planOf({ target: 0.505, book, price: 100, state: first.state })
  expect(shown(orders)).toEqual(['0.05 leg 1'])
  expect(shown(planOf({ target: 0.505, book, price: 100, state }).orders)).toEqual(['0.05 leg 1'])
})

test('a flip whose second leg was refused opens on the next bar', () => {
  const { orders, state } = planOf({ target: -1, book: holding('10'), price: 100 })
  const book = filled(holding('10'), orders[0]?.quantity ?? ZERO, 100)
  expect(shown(planOf({ target: -1, book, price: 100, state }).orders)).toEqual(['-10 leg 1'])
})

test('an order cut to the funds leaves a small rest alone and mends a large one', () => {
  const { state } = planOf({ target: 1, book: flat, price: 100 })
  const almost = filled(flat, decimal('9.95'), 100)
  const after = planOf({ target: 1, book: almost, price: 100, state })
  expect(after.orders).toEqual([])
  expect(planOf({ target: 1, book: almost, price: 90, state: after.state }).orders).toEqual([])
  const half = filled(flat, decimal(5), 100)
  expect(shown(planOf({ target: 1, book: half, price: 100, state }).orders)).toEqual(['5 leg 1'])
})

test('orders that reduce come before orders that open', () => {
  const targets = [
    { instrument: other, target: 0.5, openQuantity: ZERO },
    { instrument, target: 0, openQuantity: ZERO },
  ]
  const plan = planOrders(
    { targets, book: holding('10'), priceOf: () => decimal(100), weight: 1 },
    new Map(),
    plainRules(),
  )
  expect(plan.orders.map((order) => order.instrument)).toEqual(['BTC-USD.SIM', 'ETH-USD.SIM'])
})

const anyTarget = fc.constantFrom(0, 1, -1, 0.5, -0.25, Number.NaN)
const anyBar = fc.record({
  target: anyTarget,
  price: fc.integer({ min: 50, max: 200 }),
  isRefused: fc.boolean(),
})

test('planning twice changes nothing, and a filled plan needs no second one', () => {
  fc.assert(
    fc.property(fc.array(anyBar, { maxLength: 30 }), (bars) => {
      let book = flat
      let state: PlannerState = new Map()
      for (const { target, price, isRefused } of bars) {
        const plan = planOf({ target, book, price, state })
        expect(planOf({ target, book, price, state })).toEqual(plan)
        const open = plan.orders.reduce((sum, order) => plus(sum, order.quantity), ZERO)
        expect(planOf({ target, book, price, open: decimalText(open), state: plan.state }).orders).toEqual([])
        state = plan.state
        if (isRefused) continue
        for (const order of plan.orders) book = filled(book, order.quantity, price)
        expect(planOf({ target, book, price, state }).orders).toEqual([])
      }
    }),
  )
})

test('reduce-only orders never increase or flip, and no order is empty or off the lot', () => {
  const quantities = fc.integer({ min: -20_000, max: 20_000 })
  fc.assert(
    fc.property(quantities, anyTarget, fc.integer({ min: 1, max: 500 }), (held, target, price) => {
      const book =
        held === 0
          ? flat
          : rebuildBook(flat.cash, [
              {
                instrument: instrument.id,
                quantity: decimal(`${held}e-3`),
                price: decimal(100),
                multiplier: ONE,
                fee: ZERO,
                tsMs: 0,
              },
            ])
      const { orders } = planOf({ target, book, price })
      for (const order of orders) {
        expect(isZero(order.quantity)).toBe(false)
        expect(Number.isInteger(Math.round(Number(decimalText(order.quantity)) * 1e6) / 1e3)).toBe(true)
      }
      const [first] = orders
      if (first?.reduceOnly) {
        const rest = plus(decimal(`${held}e-3`), first.quantity)
        expect(sign(rest) === 0 || sign(rest) === Math.sign(held)).toBe(true)
      }
      const after = orders.reduce((next, order) => filled(next, order.quantity, price), book)
      const equity = bookEquity(after, () => decimal(price))
      const wanted = Number(decimalText(equity)) * (Number.isNaN(target) ? 0 : Math.abs(target))
      if (orders.length > 0 && sign(equity) > 0) {
        const size = Number(decimalText(after.positions.get(instrument.id)?.quantity ?? ZERO))
        expect(Math.abs(size) * price).toBeLessThanOrEqual(wanted + 1e-6)
      }
      expect(
        compare(
          minus(
            bookEquity(book, () => decimal(price)),
            equity,
          ),
          ZERO,
        ),
      ).toBe(0)
    }),
  )
})
