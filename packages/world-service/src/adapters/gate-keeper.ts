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
import { activationStateOf } from '../world-state.ts'

export interface GateKeeperPorts {
  readonly store: Pick<WorldReader, 'state'>
  readonly clock: Clock
  readonly wait: Wait
}

/** Grants order gate leases from committed state and knows which gates a freeze must still wait for. */
export interface GateKeeper {
  lease(worldId: string, gateId: string): Promise<GateLease>
  acknowledge(worldId: string, gateId: string, ack: GateAck): Promise<void>
  release(worldId: string, gateId: string): Promise<void>
  /** Resolves once every gate acknowledged the epoch, or its lease ran out: at most one lease. `E_STOPPING` on abort. */
  drain(worldId: string, epoch: number, signal: AbortSignal): Promise<DrainView>
}

export function createGateKeeper({ store, clock, wait }: GateKeeperPorts): GateKeeper {
  const startedAtMs = clock.monotonic()
  const ledgers = new Map<string, GateLedger>()
  const wakers = new Set<() => void>()
  let asks = 0

  const ledgerOf = (worldId: string): GateLedger => ledgers.get(worldId) ?? emptyGateLedger(startedAtMs)

  function record(worldId: string, event: GateEvent): void {
    ledgers.set(worldId, evolveGates(ledgerOf(worldId), event))
    for (const wake of wakers) wake()
  }

  async function committed(worldId: string) {
    const state = await store.state(worldId)
    if (state === undefined) throw new QmtlError('E_UNKNOWN_WORLD', `no world '${worldId}'`)
    return state
  }

  return {
    async lease(worldId, gateId) {
      asks += 1
      const ask = asks
      // Before the state is read: a freeze that commits in between must know of this question.
      record(worldId, { type: 'lease-asked', gate_id: gateId, ask, atMs: clock.monotonic() })
      let granted = false
      let epoch = 0
      try {
        const state = await committed(worldId)
        const stop = orderStopOf(state.world)
        granted = stop === undefined
        epoch = state.world.epoch
        return {
          world_id: worldId,
          gate_id: gateId,
          granted,
          reason: stop ?? null,
          epoch,
          domain: state.world.current_domain ?? 'backtest',
          activation: activationStateOf(state),
          lease_ms: granted ? gateLeaseMs : 0,
        }
      } finally {
        const answer = { gate_id: gateId, ask }
        record(worldId, granted ? { type: 'lease-granted', ...answer, epoch } : { type: 'lease-refused', ...answer })
      }
    },
    async acknowledge(worldId, gateId, { epoch, in_flight }) {
      const { world } = await committed(worldId)
      // A gate cannot have stopped under an epoch that is yet to come.
      const reached = Math.min(epoch, world.epoch)
      record(worldId, { type: 'gate-acknowledged', gate_id: gateId, epoch: reached, in_flight })
    },
    async release(worldId, gateId) {
      await committed(worldId)
      record(worldId, { type: 'gate-released', gate_id: gateId })
    },
    async drain(worldId, epoch, signal) {
      const frozenAtMs = clock.monotonic()
      for (;;) {
        const view = drainOf(ledgerOf(worldId), { epoch, frozenAtMs }, clock.monotonic())
        if (view.waitUntilMs === undefined) return view
        if (signal.aborted) throw new QmtlError('E_STOPPING', 'the service stops before every gate is closed')
        await untilChange(view.waitUntilMs - clock.monotonic(), signal)
      }
    },
  }

  async function untilChange(ms: number, signal: AbortSignal): Promise<void> {
    const changed = new AbortController()
    const wake = () => changed.abort()
    wakers.add(wake)
    try {
      await wait(Math.ceil(ms), AbortSignal.any([signal, changed.signal]))
    } finally {
      wakers.delete(wake)
    }
  }
}
