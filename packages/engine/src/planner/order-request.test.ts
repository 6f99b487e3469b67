import { decimal } from '@qmtl/contracts'
import { expect, test } from 'vitest'
import { orderRequestOf } from './order-request.ts'

const order = { instrument: 'BTC-USD.SIM', quantity: decimal('-1.50'), reduceOnly: true, leg: 1 } as const
const decision = { worldId: 'w', strategyId: 's', barOpenMs: 0, epoch: 3, price: decimal(100) }

test('a planned order is written with its side, its unsigned quantity and its bar', () => {
  expect(orderRequestOf(order, decision)).toMatchObject({
    side: 'sell',
    quantity: '1.5',
    reduce_only: true,
    bar_ts: '1970-01-01T00:00:00Z',
    epoch: 3,
    reference_price: '100',
  })
})

test('the same decision repeats its id, whatever quantity, price and epoch it has now', () => {
  const { client_order_id: id } = orderRequestOf(order, decision)
  const again = orderRequestOf({ ...order, quantity: decimal(2) }, { ...decision, epoch: 4, price: decimal(7) })
  expect(again.client_order_id).toBe(id)
})

test.each([
  ['leg', { ...order, leg: 2 } as const, decision],
  ['bar', order, { ...decision, barOpenMs: 60_000 }],
  ['world', order, { ...decision, worldId: 'v' }],
  ['strategy', order, { ...decision, strategyId: 't' }],
  ['instrument', { ...order, instrument: 'ETH-USD.SIM' }, decision],
])('another %s has another id', (_, otherOrder, otherDecision) => {
  const { client_order_id: id } = orderRequestOf(order, decision)
  expect(orderRequestOf(otherOrder, otherDecision).client_order_id).not.toBe(id)
})
