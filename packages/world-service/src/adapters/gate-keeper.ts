import { gateLeaseMs, QmtlError, type Clock, type GateAck, type GateLease } from '@qmtl/contracts'
import { orderStopOf } from '../decision/order-stop.ts'
import {
  drainOf,
  emptyGateLedger,
  evolveGates,
  type DrainView,
  type GateEvent,
  type GateLedger,
} from '../gates/gate-ledger.ts'
import type { Wait, WorldReader } from '../ports.ts'
import { activationStateOf, type WorldState } from '../world-state.ts'

export interface GateKeeperPorts {
  readonly store: Pick<WorldReader, 'state'>
  readonly clock: Clock
  readonly wait: Wait
}

/** Grants order gate leases from committed state and knows which gates a freeze must still wait for. */
export interface GateKeeper {
  /** Tells of a world created just now: no process before this one can have granted a lease of it. */
  begin(worldId: string): void
  lease(worldId: string, gateId: string): Promise<GateLease>
  acknowledge(worldId: string, gateId: string, ack: GateAck): Promise<void>
  release(worldId: string, gateId: string): Promise<void>
  /** Resolves once every gate acknowledged the epoch, or its lease ran out: at most one lease. `E_STOPPING` on abort. */
  drain(worldId: string, epoch: number, signal: AbortSignal): Promise<DrainView>
}

export function createGateKeeper({ store, clock, wait }: GateKeeperPorts): GateKeeper {
  const ledgers = createLedgers(clock.monotonic())
  let asks = 0
  return {
    begin: ledgers.begin,
    async lease(worldId, gateId) {
      asks += 1
      const answer = { gate_id: gateId, ask: asks }
      // Before the state is read: a freeze that commits in between must know of this question.
      ledgers.record(worldId, { type: 'lease-asked', ...answer, atMs: clock.monotonic() })
      let granted = false
      let epoch = 0
      try {
        const lease = leaseOf(await committedState(store, worldId), gateId)
        ;({ granted, epoch } = lease)
        return lease
      } finally {
        ledgers.record(
          worldId,
          granted ? { type: 'lease-granted', ...answer, epoch } : { type: 'lease-refused', ...answer },
        )
      }
    },
    async acknowledge(worldId, gateId, { epoch, in_flight }) {
      const { world } = await committedState(store, worldId)
      // A gate cannot have stopped under an epoch that is yet to come.
      const reached = Math.min(epoch, world.epoch)
      ledgers.record(worldId, { type: 'gate-acknowledged', gate_id: gateId, epoch: reached, in_flight })
    },
    async release(worldId, gateId) {
      await committedState(store, worldId)
      ledgers.record(worldId, { type: 'gate-released', gate_id: gateId })
    },
    async drain(worldId, epoch, signal) {
      const frozenAtMs = clock.monotonic()
      for (;;) {
        const view = drainOf(ledgers.of(worldId), { epoch, frozenAtMs }, clock.monotonic())
        if (view.waitUntilMs === undefined) return view
        if (signal.aborted) throw new QmtlError('E_STOPPING', 'the service stops before every gate is closed')
        const ms = Math.ceil(view.waitUntilMs - clock.monotonic())
        await ledgers.untilChange((changed) => wait(ms, AbortSignal.any([signal, changed])))
      }
    },
  }
}

/** The ledger of each world, and a way to wait until one of them changes. */
function createLedgers(startedAtMs: number) {
  const ledgers = new Map<string, GateLedger>()
  const waiting = new Set<AbortController>()
  const of = (worldId: string): GateLedger => ledgers.get(worldId) ?? emptyGateLedger(startedAtMs)
  return {
    of,
    begin(worldId: string): void {
      ledgers.set(worldId, { ...of(worldId), forgottenUntilMs: -Infinity })
    },
    record(worldId: string, event: GateEvent): void {
      ledgers.set(worldId, evolveGates(of(worldId), event))
      for (const changed of waiting) changed.abort()
    },
    async untilChange(waitFor: (changed: AbortSignal) => Promise<void>): Promise<void> {
      const changed = new AbortController()
      waiting.add(changed)
      try {
        await waitFor(changed.signal)
      } finally {
        waiting.delete(changed)
      }
    },
  }
}

async function committedState(store: GateKeeperPorts['store'], worldId: string): Promise<WorldState> {
  const state = await store.state(worldId)
  if (state === undefined) throw new QmtlError('E_UNKNOWN_WORLD', `no world '${worldId}'`)
  return state
}

function leaseOf(state: WorldState, gateId: string): GateLease {
  const { world } = state
  const stop = orderStopOf(world)
  return {
    world_id: world.world_id,
    gate_id: gateId,
    granted: stop === undefined,
    reason: stop ?? null,
    epoch: world.epoch,
    domain: world.current_domain ?? 'backtest',
    activation: activationStateOf(state),
    lease_ms: stop === undefined ? gateLeaseMs : 0,
  }
}
