import type { VenueFill } from '@qmtl/brokerage'
import type { OrderRequest } from '@qmtl/contracts'

/** A market order to buy two, decided under epoch 4. */
export function sampleOrder(change: Partial<OrderRequest> = {}): OrderRequest {
  return {
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
    ...change,
  }
}

/** The first fill of the sample order, all of it. */
export function sampleFill(change: Partial<VenueFill> = {}): VenueFill {
  return {
    fill_id: 'o1-1',
    order_id: 'o1',
    client_order_id: 'q0000001',
    world_id: 'w1',
    strategy_id: 's1',
    instrument: 'BTC-USD.SIM',
    side: 'buy',
    quantity: '2',
    price: '101',
    fee: '0.1',
    fee_currency: 'USD',
    liquidity: 'taker',
    sequence: 1,
    venue: 'SIM',
    filled_at: '2024-01-01T01:00:00Z',
    ...change,
  }
}
