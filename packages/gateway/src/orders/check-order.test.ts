import { gateLeaseMs, type ActivationEntry, type GateLease, type OrderRequest, type World } from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkOrder, venueOf, type OrderSituation } from './check-order.ts'

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
const world: World = {
  world_id: 'w1',
  data: { preset: 'synthetic', as_of: '2024-01-01T00:00:00Z', history_start: '2023-01-01T00:00:00Z' },
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
  max_order_notional: '200',
  default_policy_version: 1,
  current_domain: 'dryrun',
  epoch: 4,
  frozen: false,
  created_at: '2024-01-01T00:00:00Z',
  updated_at: '2024-01-01T00:00:00Z',
}
const entry: ActivationEntry = {
  active: true,
  weight: 1,
  freeze: false,
  drain: false,
  effective_mode: 'paper',
  run_id: 'r',
  ts: '2024-01-01T00:00:00Z',
  etag: 'e',
}
const lease: GateLease = {
  world_id: 'w1',
  gate_id: 'gateway:a',
  granted: true,
  reason: null,
  epoch: 4,
  domain: 'dryrun',
  activation: { version: 1, state: { s1: { long: entry, short: entry } } },
  lease_ms: gateLeaseMs,
}
const open: OrderSituation = {
  strategyWorlds: ['w0', 'w1'],
  world,
  held: { lease, askedAtMs: 1_000 },
  monotonicMs: 1_500,
  venues: { paper: new Set(['SIM']), live: new Set(['KRAKEN']) },
}

/** The situation with another lease. */
const leased = (change: Partial<GateLease>, from: OrderSituation = open): OrderSituation => ({
  ...from,
  held: { lease: { ...(from.held?.lease ?? lease), ...change }, askedAtMs: from.held?.askedAtMs ?? 1_000 },
})
const activated =
  (long: Partial<ActivationEntry>, short: Partial<ActivationEntry> = {}) =>
  (situation: OrderSituation) =>
    leased(
      { activation: { version: 2, state: { s1: { long: { ...entry, ...long }, short: { ...entry, ...short } } } } },
      situation,
    )
/** A world that runs live and grants it. */
const live = (from: OrderSituation): OrderSituation =>
  leased({ domain: 'live' }, activated({ effective_mode: 'live' }, { effective_mode: 'live' })(from))
const settings =
  (change: Partial<World>) =>
  (situation: OrderSituation): OrderSituation => ({
    ...situation,
    world: { ...(situation.world ?? world), ...change },
  })

type Closing = (situation: OrderSituation) => OrderSituation

/** Each closes one condition for a buying, opening order. */
const closings: readonly (readonly [what: string, close: Closing, code: string, reason: string])[] = [
  ['the strategy is unknown', (s) => ({ ...s, strategyWorlds: undefined }), 'E_UNKNOWN_STRATEGY', 'unknown_strategy'],
  ['the strategy is not bound to the world', (s) => ({ ...s, strategyWorlds: ['w0'] }), 'E_ORDER_BLOCKED', 'not_bound'],
  ['the world cannot be read', (s) => ({ ...s, world: undefined }), 'E_ORDER_BLOCKED', 'world_unavailable'],
  ['the settings are those of another world', settings({ world_id: 'w0' }), 'E_ORDER_BLOCKED', 'world_unavailable'],
  ['the world is suspended', settings({ state: 'SUSPENDED' }), 'E_ORDER_BLOCKED', 'world_not_active'],
  ['the world is frozen', settings({ frozen: true }), 'E_ORDER_BLOCKED', 'world_frozen'],
  ['the circuit breaker is on', settings({ circuit_breaker: true }), 'E_ORDER_BLOCKED', 'circuit_breaker'],
  ['there is no lease', (s) => ({ ...s, held: undefined }), 'E_ORDER_BLOCKED', 'gate_stale'],
  ['the lease is of another world', (s) => leased({ world_id: 'w0' }, s), 'E_ORDER_BLOCKED', 'gate_stale'],
  [
    'the lease is three seconds old',
    (s) => ({ ...s, monotonicMs: 1_000 + gateLeaseMs }),
    'E_ORDER_BLOCKED',
    'gate_stale',
  ],
  [
    'the lease was not granted',
    (s) => leased({ granted: false, reason: 'world_frozen' }, s),
    'E_ORDER_BLOCKED',
    'world_frozen',
  ],
  ['the world is at a newer epoch', (s) => leased({ epoch: 5 }, s), 'E_STALE_EPOCH', 'stale_epoch'],
  ['the lease is of an older epoch', (s) => leased({ epoch: 3 }, s), 'E_STALE_EPOCH', 'stale_epoch'],
  ['the world computes only', (s) => leased({ domain: 'backtest' }, s), 'E_ORDER_BLOCKED', 'domain'],
  ['the world runs in the shadow', (s) => leased({ domain: 'shadow' }, s), 'E_ORDER_BLOCKED', 'domain'],
  [
    'the strategy has no activation',
    (s) => leased({ activation: { version: 2, state: {} } }, s),
    'E_ORDER_BLOCKED',
    'not_activated',
  ],
  ['its side is inactive', activated({ active: false }), 'E_ORDER_BLOCKED', 'inactive'],
  ['its side is frozen', activated({ freeze: true }), 'E_ORDER_BLOCKED', 'frozen'],
  ['the other side is frozen', activated({}, { freeze: true }), 'E_ORDER_BLOCKED', 'frozen'],
  ['its side drains', activated({ drain: true }), 'E_ORDER_BLOCKED', 'draining'],
  ['the other side drains', activated({}, { drain: true }), 'E_ORDER_BLOCKED', 'draining'],
  ['live is not allowed', (s) => live(settings({ allow_live: false })(s)), 'E_ORDER_BLOCKED', 'live_not_allowed'],
  [
    'no paper venue serves the instrument',
    (s) => ({ ...s, venues: { ...s.venues, paper: new Set() } }),
    'E_ORDER_BLOCKED',
    'no_venue',
  ],
  ['the order is over the limit', settings({ max_order_notional: '199.99' }), 'E_ORDER_LIMIT', 'max_order_notional'],
]

describe('an order is refused when', () => {
  for (const [what, close, code, reason] of closings) {
    test(what, () => expect(checkOrder(order, close(open))).toMatchObject({ allowed: false, code, reason }))
  }
  test.each([
    ['limit', { type: 'limit', limit_price: '100.01' }],
    ['stop', { type: 'stop_market', stop_price: '100.01' }],
    ['trigger', { type: 'limit_if_touched', trigger_price: '100.01', limit_price: '1' }],
  ] as const)('its %s price takes it over the limit, whatever its reference says', (_, change) => {
    const limited = settings({ max_order_notional: '200' })(open)
    expect(checkOrder({ ...order, ...change }, limited)).toMatchObject({
      reason: 'max_order_notional',
      message: expect.stringContaining('200.02') as string,
    })
  })
  test.each([
    ['it is a combination', { type: 'combo_market' }],
    ['it has legs under a type of one instrument', { type: 'market' }],
  ] as const)('%s', (_, change) => {
    const legs = [
      { instrument: 'A.SIM', ratio: '1' },
      { instrument: 'B.SIM', ratio: '-1' },
    ]
    expect(checkOrder({ ...order, ...change, legs }, open)).toMatchObject({ code: 'E_ORDER_BLOCKED', reason: 'legs' })
  })
  test('the world is live and only a paper venue serves the instrument', () => {
    const traded = live(settings({ allow_live: true })(open))
    expect(checkOrder(order, traded)).toMatchObject({ allowed: false, reason: 'no_venue' })
  })
})

describe('an order passes', () => {
  test('to the paper venue of a world that runs dry', () => {
    expect(checkOrder(order, open)).toEqual({ allowed: true, venue: 'SIM', domain: 'dryrun' })
  })
  test('to a live venue of a world that allows it', () => {
    const traded = live(settings({ allow_live: true })(open))
    const kraken = { ...order, instrument: 'BTC/USD.P.KRAKEN' }
    expect(checkOrder(kraken, traded)).toEqual({ allowed: true, venue: 'KRAKEN', domain: 'live' })
  })
  test('exactly at the limit, and without one', () => {
    expect(checkOrder(order, settings({ max_order_notional: '200.00' })(open))).toMatchObject({ allowed: true })
    expect(checkOrder(order, settings({ max_order_notional: null })(open))).toMatchObject({ allowed: true })
  })
  for (const [what, close] of [
    ['a drain', activated({ drain: true })],
    ['an inactive side', activated({ active: false }, { active: false })],
    ['the limit', settings({ max_order_notional: '1' })],
  ] as const) {
    test(`through ${what} when it only reduces`, () => {
      expect(checkOrder({ ...order, side: 'sell', reduce_only: true }, close(open))).toMatchObject({ allowed: true })
    })
  }
  test('never through a freeze, not even when it only reduces', () => {
    const frozen = activated({ freeze: true })(open)
    expect(checkOrder({ ...order, reduce_only: true }, frozen)).toMatchObject({ allowed: false, reason: 'frozen' })
  })
})

test('one more closed condition never lets an order through', () => {
  const anyClosings = fc
    .subarray([...closings], { minLength: 1 })
    .chain((some) => fc.shuffledSubarray(some, { minLength: some.length }))
  fc.assert(
    fc.property(anyClosings, (some) => {
      const closed = some.reduce((situation, [, close]) => close(situation), open)
      expect(checkOrder(order, closed).allowed).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('a venue is what stands after the last dot', () => expect(venueOf('BRK.B.NYSE')).toBe('NYSE'))
