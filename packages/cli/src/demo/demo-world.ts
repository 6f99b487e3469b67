import type { Policy, WorldCreate } from '@qmtl/contracts'

/** The demo's market: another seed is another market, and other verdicts. */
export const demoSeed = 7

/** The world that the demo's strategies are judged in: half a year of hourly bars, costs as at a retail venue. */
export const demoWorld: WorldCreate = {
  world_id: 'demo',
  name: 'Demo desk',
  description: 'Hourly trend strategies on a synthetic market',
  data: { preset: 'synthetic', as_of: '2024-01-01T00:00:00Z', history_start: '2023-07-01T00:00:00Z' },
  strategy_cash: '10000',
  fee_bps: 5,
  slippage_bps: 2,
  max_order_notional: '50000',
}

/** What a strategy must show before it may trade on paper. */
export const demoPolicy: Policy = {
  thresholds: { sharpe: { min: 0.5 }, max_drawdown: { max: 0.35 }, trades: { min: 10 } },
  gates: ['profit_factor > 1.0 || win_rate > 0.5'],
  score: 'sharpe - max_drawdown',
  top_k: { k: 2 },
}
