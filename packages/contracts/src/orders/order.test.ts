import { Compile } from 'typebox/compile'
import { describe, expect, test } from 'vitest'
import { schemaCauses } from '../api/schema-causes.ts'
import { orderRequestSchema, orderTypes, type OrderRequest } from './order.ts'

const validator = Compile(orderRequestSchema)
const order: OrderRequest = {
  client_order_id: 'q0000001',
  world_id: 'w1',
  strategy_id: 's1',
  instrument: 'BTC-USD.SIM',
  side: 'buy',
  quantity: '2',
  type: 'market',
  time_in_force: 'IOC',
  epoch: 4,
  bar_ts: '2024-01-01T00:00:00Z',
  reference_price: '100',
}
const legs = [
  { instrument: 'A.SIM', ratio: '1' },
  { instrument: 'B.SIM', ratio: '-1' },
]
const given = { limit_price: '1', stop_price: '1', trigger_price: '1', trailing_amount: '1', legs }

describe('an order request', () => {
  test.each([
    ['limit', ['/limit_price']],
    ['stop_market', ['/stop_price']],
    ['stop_limit', ['/limit_price', '/stop_price']],
    ['trailing_stop', ['/trailing_amount']],
    ['limit_if_touched', ['/limit_price', '/trigger_price']],
    ['combo_limit', ['/legs', '/limit_price']],
  ] as const)('of type %s without what it needs is refused, every member named', (type, missing) => {
    const causes = schemaCauses(validator, { ...order, type })
    expect(causes.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual(
      missing.map((path) => ({ path, message: 'is required' })),
    )
  })
  test.each(orderTypes)('of type %s with every price is taken', (type) => {
    expect(schemaCauses(validator, { ...order, ...given, type })).toEqual([])
  })
  test('names what its type needs beside whatever else is wrong', () => {
    const paths = schemaCauses(validator, { ...order, type: 'limit', quantity: '0' }).map(({ path }) => path)
    expect(paths.toSorted()).toEqual(['/limit_price', '/quantity'])
  })
})
