import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import type { ActivationEntry } from '../worlds/activation.ts'
import { gateLeaseMs, type GateLease } from '../worlds/gate-lease.ts'
import { judgeOrder } from '../worlds/order-gate.ts'
import { createGateLeaseHolder, type GateClient, type GateLeaseHolder } from './gate-lease-holder.ts'

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

function leaseAt(epoch: number, granted = true): GateLease {
  return {
    world_id: 'w',
    gate_id: 'g',
    granted,
    reason: granted ? null : 'world_frozen',
    epoch,
    domain: 'dryrun',
    activation: { version: 1, state: { s: { long: entry } } },
    lease_ms: gateLeaseMs,
  }
}

/** A world as its owner sees it, and a wire on which answers of leases wait until they are delivered or lost. */
class World {
  readonly clock: FakeClock = createFakeClock()
  readonly holder: GateLeaseHolder
  readonly answers: { deliver(): void; lose(): void }[] = []
  epoch = 1
  frozen = false
  /** No order of a lease below this epoch may pass: a freeze has returned. */
  sealedBelow = 0
  isReleased = false
  private grantEndsAtMs = -Infinity

  constructor() {
    const worlds: GateClient = {
      leaseGate: () => this.grant(),
      acknowledgeGate: async ({ body }) => {
        if (body.epoch >= this.epoch) this.grantEndsAtMs = -Infinity
        return { status: 200, body: {} }
      },
      releaseGate: async () => {
        this.grantEndsAtMs = -Infinity
        return { status: 200, body: {} }
      },
    }
    this.holder = createGateLeaseHolder({ worlds, clock: this.clock, worldId: 'w', gateId: 'g' })
  }

  private grant(): Promise<{ status: number; body: GateLease }> {
    const body = leaseAt(this.epoch, !this.frozen)
    if (body.granted) this.grantEndsAtMs = this.clock.monotonic() + gateLeaseMs
    return new Promise((resolve, reject) => {
      this.answers.push({
        deliver: () => resolve({ status: 200, body }),
        lose: () => reject(new Error('the answer was lost')),
      })
    })
  }

  /** A freeze returns once the gate has acknowledged or its grant has expired. */
  sealIfQuiet(): void {
    if (this.frozen && this.clock.monotonic() >= this.grantEndsAtMs) this.sealedBelow = this.epoch
  }

  isOpen(): boolean {
    const held = this.holder.held()
    const at = { monotonicMs: this.clock.monotonic(), domains: ['dryrun'] } as const
    const order = { strategy_id: 's', side: 'buy', epoch: held?.lease.epoch ?? 0 } as const
    return judgeOrder(order, held, at).allowed
  }
}

interface Step extends fc.AsyncCommand<object, World> {
  apply(world: World): void | Promise<void>
}

function step(name: string, apply: Step['apply']): fc.Arbitrary<Step> {
  return fc.constant({
    apply,
    check: () => true,
    toString: () => name,
    async run(_model, world) {
      await apply(world)
      // Answers that were delivered run to their end.
      await new Promise((resolve) => setImmediate(resolve))
      world.sealIfQuiet()
      if (!world.isOpen()) return
      const epoch = world.holder.held()?.lease.epoch ?? 0
      expect(world.isReleased, 'open after its release').toBe(false)
      expect(epoch, 'open under a lease of before a freeze that has returned').toBeGreaterThanOrEqual(world.sealedBelow)
      expect(world.frozen && epoch === world.epoch, 'open under the epoch of a freeze').toBe(false)
    },
  } satisfies Step)
}

const steps = [
  step('renew', (world) => void world.holder.renew().catch(() => undefined)),
  step('deliver the first answer', (world) => world.answers.shift()?.deliver()),
  step('deliver the last answer', (world) => world.answers.pop()?.deliver()),
  step('lose an answer', (world) => world.answers.shift()?.lose()),
  step('half a second', (world) => world.clock.advance(500)),
  step('two seconds', (world) => world.clock.advance(2_000)),
  step('freeze', (world) => {
    if (world.frozen) return
    world.epoch += 1
    world.frozen = true
  }),
  step('hear of the freeze', (world) => (world.frozen ? world.holder.close(world.epoch, []) : undefined)),
  step('hear of an old freeze', (world) => world.holder.close(world.epoch - 1, [])),
  step('unfreeze', (world) => {
    if (!world.frozen || world.sealedBelow < world.epoch) return
    world.epoch += 1
    world.frozen = false
  }),
  step('release', async (world) => {
    world.isReleased = true
    await world.holder.release()
  }),
]

test('no interleaving leaves a gate open after a freeze has returned or after its release', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { maxCommands: 40 }), async (commands) => {
      await fc.asyncModelRun(() => ({ model: {}, real: new World() }), commands)
    }),
    { numRuns: 400 },
  )
})

test('a grant that was on its way when the gate was released does not open it', async () => {
  const world = new World()
  const renewing = world.holder.renew()
  await world.holder.release()
  world.answers.shift()?.deliver()
  await renewing
  expect(world.holder.held()).toBeUndefined()
  await world.holder.renew()
  expect(world.answers).toEqual([])
})

test('an answer of an older epoch than one seen, or of another world, opens nothing', async () => {
  const clock = createFakeClock()
  const leases = [leaseAt(5), leaseAt(4), { ...leaseAt(6), world_id: 'other' }]
  const worlds: GateClient = {
    leaseGate: async () => ({ status: 200, body: leases.shift() ?? leaseAt(7) }),
    acknowledgeGate: async () => ({ status: 200, body: {} }),
    releaseGate: async () => ({ status: 200, body: {} }),
  }
  const holder = createGateLeaseHolder({ worlds, clock, worldId: 'w', gateId: 'g' })
  await holder.renew()
  for (const askedAtMs of [1_000, 2_000]) {
    clock.advance(1_000)
    await holder.renew()
    expect(holder.held(), `asked at ${askedAtMs}`).toMatchObject({ lease: { epoch: 5 }, askedAtMs: 0 })
  }
  clock.advance(1_000)
  await holder.renew()
  expect(holder.held()).toMatchObject({ lease: { epoch: 7 }, askedAtMs: 3_000 })
})

test("one caller's abort does not fail another's renewal", async () => {
  const world = new World()
  const controller = new AbortController()
  const aborted = world.holder.renew({ signal: controller.signal })
  const other = world.holder.renew()
  controller.abort(new Error('gone'))
  await expect(aborted).rejects.toThrow('the wait for a lease was ended')
  world.answers.shift()?.deliver()
  await other
  expect(world.isOpen()).toBe(true)
})
