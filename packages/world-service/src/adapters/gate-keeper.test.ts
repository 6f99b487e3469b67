import { gateLeaseMs, QmtlError } from '@qmtl/contracts'
import { describe, expect, test } from 'vitest'
import { testWorld } from '../testing/any-world.ts'
import { createFakeTime } from '../testing/fake-time.ts'
import type { WorldState } from '../world-state.ts'
import { createGateKeeper } from './gate-keeper.ts'

const open: WorldState = {
  world: testWorld({ current_domain: 'dryrun', epoch: 5 }),
  epoch_since: '2024-01-01T00:00:00Z',
  activation_version: 0,
  entries: [],
  decisions: [],
}
const never = new AbortController().signal

/** A keeper that has run longer than a lease, on a store whose answers come when released. */
async function keeperWith(reads: (() => Promise<WorldState | undefined>)[]) {
  const time = createFakeTime()
  const store = { state: async () => reads.shift()?.() ?? open }
  const keeper = createGateKeeper({ store, clock: time.clock, wait: time.wait })
  await time.advance(gateLeaseMs)
  return { keeper, time }
}

describe('a lease', () => {
  test('carries the committed state', async () => {
    const { keeper } = await keeperWith([])
    expect(await keeper.lease('w1', 'a')).toMatchObject({
      granted: true,
      reason: null,
      epoch: 5,
      domain: 'dryrun',
      lease_ms: gateLeaseMs,
    })
  })

  test.each([
    [{ frozen: true }, 'world_frozen'],
    [{ circuit_breaker: true }, 'circuit_breaker'],
    [{ state: 'SUSPENDED' }, 'world_suspended'],
    [{ current_domain: null }, 'not_applied'],
    [{ current_domain: 'live' }, 'allow_live_disabled'],
  ] as const)('is refused for %j', async (changes, reason) => {
    const { keeper } = await keeperWith([async () => ({ ...open, world: { ...open.world, ...changes } })])
    expect(await keeper.lease('w1', 'a')).toMatchObject({ granted: false, reason, lease_ms: 0 })
    expect((await keeper.drain('w1', 6, never)).gates).toEqual([])
  })

  test('whose state was read before a freeze is waited for, though its answer comes after', async () => {
    let answer: (state: WorldState) => void = () => undefined
    const { keeper, time } = await keeperWith([() => new Promise((resolve) => (answer = resolve))])
    const leasing = keeper.lease('w1', 'a')
    let isDrained = false
    const draining = keeper.drain('w1', 6, never).then((view) => {
      isDrained = true
      return view
    })
    await time.advance(1_000)
    answer(open)
    expect((await leasing).granted).toBe(true)
    await time.advance(gateLeaseMs - 1_001)
    expect(isDrained).toBe(false)
    await time.advance(1)
    expect((await draining).gates).toEqual([{ gate_id: 'a', outcome: 'expired' }])
  })

  test('whose state cannot be read is none, and not waited for', async () => {
    const { keeper } = await keeperWith([() => Promise.reject(new Error('database gone'))])
    await expect(keeper.lease('w1', 'a')).rejects.toThrow('database gone')
    expect((await keeper.drain('w1', 6, never)).gates).toEqual([])
  })
})

describe('an acknowledgement', () => {
  test('ends the wait at once', async () => {
    const frozen = { ...open, world: { ...open.world, frozen: true, epoch: 6 } }
    const { keeper } = await keeperWith([async () => open, async () => frozen])
    await keeper.lease('w1', 'a')
    const draining = keeper.drain('w1', 6, never)
    await keeper.acknowledge('w1', 'a', { epoch: 6, in_flight: ['o1'] })
    expect(await draining).toMatchObject({ gates: [{ gate_id: 'a', outcome: 'acknowledged' }], in_flight: ['o1'] })
  })

  test('of an epoch that is yet to come counts for the present one only', async () => {
    const { keeper, time } = await keeperWith([])
    await keeper.lease('w1', 'a')
    await keeper.acknowledge('w1', 'a', { epoch: 99, in_flight: [] })
    const { gates } = await time.until(keeper.drain('w1', 6, never))
    expect(gates).toEqual([{ gate_id: 'a', outcome: 'expired' }])
  })
})

test('a drain ends when the service stops', async () => {
  const { keeper } = await keeperWith([])
  await keeper.lease('w1', 'a')
  const stopping = new AbortController()
  const draining = keeper.drain('w1', 6, stopping.signal)
  stopping.abort()
  await expect(draining).rejects.toThrow(QmtlError)
})
