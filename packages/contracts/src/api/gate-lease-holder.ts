import type { CallOptions, Clock } from '../types.ts'
import { gateRenewMs } from '../worlds/gate-lease.ts'
import { isFreshLease, type HeldLease } from '../worlds/order-gate.ts'
import type { Client } from './client.ts'
import type { worldRoutes } from './world-routes.ts'

/** The part of WorldService's client that a gate needs. */
export type GateClient = Pick<Client<typeof worldRoutes>, 'leaseGate' | 'acknowledgeGate' | 'releaseGate'>

export interface GateLeaseHolderOptions {
  readonly worlds: GateClient
  readonly clock: Clock
  readonly worldId: string
  /** Unique among the gates of the world, such as `gateway:a1`. */
  readonly gateId: string
}

/** Keeps one gate's lease of one world. It asks when asked: an idle gate holds nothing and delays no freeze for long. */
export interface GateLeaseHolder {
  /** Renews the lease when it is older than a second; a failed renewal leaves the old one to expire. */
  renew(options?: CallOptions): Promise<void>
  /** The lease as it is held, fresh or not; read it in the same turn as the act it allows. */
  held(): HeldLease | undefined
  /** Closes the gate at once for every epoch below `epoch` and acknowledges, naming the orders whose answers are due. */
  close(epoch: number, inFlight: readonly string[], options?: CallOptions): Promise<void>
  /** Gives the lease back for good. */
  release(options?: CallOptions): Promise<void>
}

/** Creates a holder without a lease. */
export function createGateLeaseHolder({ worlds, clock, worldId, gateId }: GateLeaseHolderOptions): GateLeaseHolder {
  const params = { world_id: worldId, gate_id: gateId }
  let held: HeldLease | undefined
  let closedBelow = 0
  let asking: Promise<void> | undefined

  async function ask(options: CallOptions): Promise<void> {
    const askedAtMs = clock.monotonic()
    const { body: lease } = await worlds.leaseGate({ params }, options)
    // A grant that was on its way when the gate closed must not open it again.
    if (lease.epoch >= closedBelow) held = { lease, askedAtMs }
  }

  return {
    async renew(options = {}) {
      const young = held !== undefined && held.lease.granted && clock.monotonic() - held.askedAtMs < gateRenewMs
      if (young) return
      asking ??= ask(options).finally(() => {
        asking = undefined
      })
      try {
        await asking
      } catch (thrown) {
        // Until it expires the lease still stands for what was granted.
        if (held === undefined || !isFreshLease(held, clock.monotonic())) throw thrown
      }
    },
    held: () => held,
    async close(epoch, inFlight, options = {}) {
      closedBelow = Math.max(closedBelow, epoch)
      if (held !== undefined && held.lease.epoch < epoch) held = undefined
      await worlds.acknowledgeGate({ params, body: { epoch, in_flight: [...inFlight] } }, options)
    },
    async release(options = {}) {
      held = undefined
      await worlds.releaseGate({ params }, options)
    },
  }
}
