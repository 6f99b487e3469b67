import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createGateLeaseHolder, type GateClient } from '../api/gate-lease-holder.ts'
import type { ActivationEntry } from './activation.ts'
import { gateLeaseMs, type GateLease } from './gate-lease.ts'
import { judgeOrder, type GatedOrder, type HeldLease } from './order-gate.ts'

const entry: ActivationEntry = {
  active: true,
  weight: 1,
  freeze: false,
  drain: false,
  effective_mode: 'paper',
  run_id: 'r1',
  ts: '2024-01-01T00:00:00Z',
  etag: 'act:w:s:long:1',
}

function leaseWith(long: Partial<ActivationEntry>, lease: Partial<GateLease> = {}): HeldLease {
  const activation = { version: 1, state: { s: { long: { ...entry, ...long } } } }
  const open = {
    world_id: 'w',
    gate_id: 'g',
    granted: true,
    reason: null,
    epoch: 3,
    domain: 'dryrun',
    lease_ms: gateLeaseMs,
  }
  return { lease: { ...open, activation, ...lease } as GateLease, askedAtMs: 0 }
}

const opening: GatedOrder = { strategy_id: 's', side: 'buy', epoch: 3 }
const reducing: GatedOrder = { strategy_id: 's', side: 'sell', reduce_only: true, epoch: 3 }
const at = { monotonicMs: 10, domains: ['dryrun'] } as const

describe('an order gate', () => {
  test('lets an order pass under a fresh lease of an active side', () => {
    expect(judgeOrder(opening, leaseWith({}), at)).toEqual({ allowed: true })
  })

  test.each<[string, GatedOrder, HeldLease | undefined, string]>([
    ['no lease', opening, undefined, 'gate_stale'],
    [
      'a lease that was not granted',
      opening,
      leaseWith({}, { granted: false, reason: 'world_frozen' }),
      'world_frozen',
    ],
    ['an older epoch', { ...opening, epoch: 2 }, leaseWith({}), 'stale_epoch'],
    ['a newer epoch than the lease', { ...opening, epoch: 4 }, leaseWith({}), 'stale_epoch'],
    ['another domain', opening, leaseWith({}, { domain: 'backtest' }), 'domain'],
    ['an unknown strategy', { ...opening, strategy_id: 'x' }, leaseWith({}), 'not_activated'],
    ['a side without activation', { ...opening, side: 'sell' }, leaseWith({}), 'not_activated'],
    ['an inactive side', opening, leaseWith({ active: false }), 'inactive'],
    ['a grant that contradicts the domain', opening, leaseWith({ effective_mode: 'compute-only' }), 'contradiction'],
    ['a drain', opening, leaseWith({ drain: true }), 'draining'],
    ['a freeze', opening, leaseWith({ freeze: true }), 'frozen'],
    ['a freeze, even of a reducing order', reducing, leaseWith({ freeze: true }), 'frozen'],
  ])('refuses %s', (_, order, held, reason) => {
    expect(judgeOrder(order, held, at)).toMatchObject({ allowed: false, reason })
  })

  test.each([
    ['a drain', { drain: true }],
    ['an inactive side', { active: false }],
  ])('lets a reducing order pass %s', (_, change) => {
    expect(judgeOrder(reducing, leaseWith(change), at)).toEqual({ allowed: true })
  })

  test('closes exactly when the lease has lived three seconds', () => {
    expect(judgeOrder(opening, leaseWith({}), { ...at, monotonicMs: gateLeaseMs - 1 }).allowed).toBe(true)
    expect(judgeOrder(opening, leaseWith({}), { ...at, monotonicMs: gateLeaseMs }).allowed).toBe(false)
  })

  test('one more closed condition never lets an order through', () => {
    const closings: readonly ((held: HeldLease) => HeldLease)[] = [
      (held) => ({ ...held, askedAtMs: -gateLeaseMs }),
      (held) => ({ ...held, lease: { ...held.lease, granted: false } }),
      (held) => ({ ...held, lease: { ...held.lease, epoch: held.lease.epoch + 1 } }),
      (held) => ({ ...held, lease: { ...held.lease, domain: 'backtest' } }),
      (held) => ({ ...held, lease: { ...held.lease, activation: { version: 2, state: {} } } }),
    ]
    const condition = fc.record({ active: fc.boolean(), freeze: fc.boolean(), drain: fc.boolean() })
    fc.assert(
      fc.property(
        condition,
        fc.constantFrom(...closings),
        fc.constantFrom(opening, reducing),
        (change, close, order) => {
          const before = leaseWith(change)
          expect(judgeOrder(order, close(before), at).allowed).toBe(false)
          const frozen = { ...change, freeze: true }
          expect(judgeOrder(order, leaseWith(frozen), at).allowed).toBe(false)
        },
      ),
    )
  })
})

describe('a lease holder', () => {
  const setup = () => {
    const clock = createFakeClock()
    const asked: number[] = []
    const acknowledged: unknown[] = []
    let epoch = 3
    let fails = false
    const worlds: GateClient = {
      leaseGate: async () => {
        if (fails) throw new Error('unreachable')
        asked.push(clock.monotonic())
        return { status: 200, body: { ...leaseWith({}).lease, epoch } }
      },
      acknowledgeGate: async ({ body }) => {
        acknowledged.push(body)
        return { status: 200, body: {} }
      },
      releaseGate: async () => ({ status: 200, body: {} }),
    }
    const holder = createGateLeaseHolder({ worlds, clock, worldId: 'w', gateId: 'g' })
    return {
      clock,
      asked,
      acknowledged,
      holder,
      setEpoch: (value: number) => (epoch = value),
      fail: () => (fails = true),
    }
  }

  test('asks again only when its lease is a second old', async () => {
    const { clock, asked, holder } = setup()
    await holder.renew()
    clock.advance(999)
    await holder.renew()
    clock.advance(1)
    await holder.renew()
    expect(asked).toEqual([0, 1000])
  })

  test('lives on a lease until it expires when it cannot renew, and no longer', async () => {
    const { clock, holder, fail } = setup()
    await holder.renew()
    fail()
    clock.advance(gateLeaseMs - 1)
    await holder.renew()
    expect(judgeOrder(opening, holder.held(), { ...at, monotonicMs: clock.monotonic() }).allowed).toBe(true)
    clock.advance(1)
    await expect(holder.renew()).rejects.toThrow('unreachable')
    expect(judgeOrder(opening, holder.held(), { ...at, monotonicMs: clock.monotonic() }).allowed).toBe(false)
  })

  test('is closed at once, names what was on the wire, and a late grant of the old epoch does not open it again', async () => {
    const { holder, acknowledged, setEpoch } = setup()
    await holder.renew()
    await holder.close(4, ['q1'])
    expect(holder.held()).toBeUndefined()
    expect(acknowledged).toEqual([{ epoch: 4, in_flight: ['q1'] }])
    await holder.renew()
    expect(holder.held()).toBeUndefined()
    setEpoch(4)
    await holder.renew()
    expect(holder.held()?.lease.epoch).toBe(4)
  })
})
