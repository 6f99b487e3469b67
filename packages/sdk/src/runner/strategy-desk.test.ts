import { decimal, decimalText, type Fill } from '@qmtl/contracts'
import { positionQuantity, realityModels } from '@qmtl/brokerage'
import { plannerRules } from '@qmtl/engine'
import { defineInstrument } from '@qmtl/market'
import { expect, test } from 'vitest'
import { decideOrders, foldFill, keepOpen, noteSent, openDesk, type DeskDecision } from './strategy-desk.ts'

const instrument = defineInstrument('BTC-USD.SIM')
const rules = plannerRules(realityModels({ feeBps: 10 }))
const desk = openDesk('w', 's', decimal(10_000))
const decision = (target: number, barOpenMs = 0): DeskDecision => ({
  targets: [{ instrument, target, barOpenMs }],
  priceOf: () => decimal(100),
  weightOf: () => 1,
  epoch: 1,
})

function fillOf(
  order: { readonly client_order_id: string; readonly quantity: string },
  quantity = order.quantity,
): Fill {
  return {
    ...{ fill_id: `${order.client_order_id}-1`, order_id: 'o', client_order_id: order.client_order_id, world_id: 'w' },
    ...{
      strategy_id: 's',
      instrument: 'BTC-USD.SIM',
      side: 'buy',
      quantity,
      price: '100',
      fee: '0',
      fee_currency: 'USD',
    },
    ...{
      liquidity: 'taker',
      sequence: 1,
      venue: 'SIM',
      filled_at: '2024-01-01T00:00:00Z',
      received_at: '2024-01-01T00:00:00Z',
    },
  }
}

test('an order that no gate let through is planned anew on the next bar under another id', () => {
  const first = decideOrders(desk, decision(1), rules)
  const second = decideOrders(first.desk, decision(1, 3_600_000), rules)
  expect(first.orders).toHaveLength(1)
  expect(second.orders).toHaveLength(1)
  expect(second.orders[0]?.client_order_id).not.toBe(first.orders[0]?.client_order_id)
})

test('an order under way counts: nothing is planned twice', () => {
  const first = decideOrders(desk, decision(1), rules)
  const sent = noteSent(first.desk, first.orders[0]!)
  expect(decideOrders(sent, decision(1, 3_600_000), rules).orders).toEqual([])
})

test('a fill moves its quantity from the open order into the book', () => {
  const { desk: planned, orders } = decideOrders(desk, decision(1), rules)
  const [order] = orders
  const filled = foldFill(noteSent(planned, order!), fillOf(order!), instrument)
  expect(filled.open.size).toBe(0)
  expect(decimalText(positionQuantity(filled.book, 'BTC-USD.SIM'))).toBe(order?.quantity)
  expect(decideOrders(filled, decision(1, 3_600_000), rules).orders).toEqual([])
})

test('a partly filled order stays open for its rest until the Gateway lists it no more', () => {
  const { desk: planned, orders } = decideOrders(desk, decision(1), rules)
  const [order] = orders
  const partly = foldFill(noteSent(planned, order!), fillOf(order!, '1'), instrument)
  expect(partly.open.size).toBe(1)
  expect(keepOpen(partly, new Set([order!.client_order_id])).open.size).toBe(1)
  expect(keepOpen(partly, new Set()).open.size).toBe(0)
})

test('targets of several intervals keep the bars of their own: no two decisions share an order id', () => {
  const daily = defineInstrument('ETH-USD.SIM')
  const dayMs = 86_400_000
  const atMidnight = {
    ...decision(1),
    targets: [
      { instrument: daily, target: 0.5, barOpenMs: 0 },
      { instrument, target: 0.5, barOpenMs: dayMs - 3_600_000 },
    ],
  }
  const barOf = new Map(decideOrders(desk, atMidnight, rules).orders.map((order) => [order.instrument, order.bar_ts]))
  expect(barOf.get('ETH-USD.SIM')).toBe('1970-01-01T00:00:00Z')
  expect(barOf.get('BTC-USD.SIM')).toBe('1970-01-01T23:00:00Z')
})
