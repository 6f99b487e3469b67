import type { World } from '@qmtl/contracts'

/** An active world on synthetic data, before any apply, with the members given changed. */
export function testWorld(changes: Partial<World> = {}): World {
  return {
    world_id: 'w1',
    data: { preset: 'synthetic', as_of: '2024-04-01T00:00:00Z', history_start: '2023-01-01T00:00:00Z' },
    name: '',
    description: '',
    owner: '',
    labels: [],
    state: 'ACTIVE',
    allow_live: false,
    circuit_breaker: false,
    strategy_cash: '10000',
    fee_bps: 0,
    slippage_bps: 0,
    max_order_notional: null,
    default_policy_version: 0,
    current_domain: null,
    epoch: 0,
    frozen: false,
    created_at: '2024-01-01T00:00:00Z',
    updated_at: '2024-01-01T00:00:00Z',
    ...changes,
  }
}
