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
  /**
   * Renews the lease when it is older than a second; a failed renewal leaves the old one to expire. Callers share one
   * request; whoever aborts stops only its own wait.
   */
  renew(options?: CallOptions): Promise<void>
  /** The lease as it is held, fresh or not; read it in the same turn as the act it allows. */
  held(): HeldLease | undefined
  /** Closes the gate at once for every epoch below `epoch` and acknowledges, naming the orders whose answers are due. */
  close(epoch: number, inFlight: readonly string[], options?: CallOptions): Promise<void>
  /** Gives the lease back for good: no answer still on its way and no later renewal opens the gate again. */
  release(options?: CallOptions): Promise<void>
}

/** Creates a holder without a lease. */
export function createGateLeaseHolder({ worlds, clock, worldId, gateId }: GateLeaseHolderOptions): GateLeaseHolder {
  const params = { world_id: worldId, gate_id: gateId }
  let held: HeldLease | undefined
  /** Leases of older epochs open nothing: a newer one was seen, or the gate was closed for it. */
  let oldestEpoch = 0
  let isReleased = false
  let asking: Promise<void> | undefined

  async function ask(): Promise<void> {
    const askedAtMs = clock.monotonic()
    const { body: lease } = await worlds.leaseGate({ params })
    // A grant that was on its way when the gate closed, or was given back, must not open it again.
    if (isReleased || lease.world_id !== worldId || lease.epoch < oldestEpoch) return
    oldestEpoch = lease.epoch
    held = { lease, askedAtMs }
  }

  return {
    async renew({ signal } = {}) {
      if (isReleased || isYoung(held, clock.monotonic())) return
      asking ??= ask().finally(() => {
        asking = undefined
      })
      try {
        await waitFor(asking, signal)
      } catch (thrown) {
        // Until it expires the lease still stands for what was granted.
        if (signal?.aborted === true || held === undefined || !isFreshLease(held, clock.monotonic())) throw thrown
      }
    },
    held: () => held,
    async close(epoch, inFlight, options = {}) {
      oldestEpoch = Math.max(oldestEpoch, epoch)
      if (held !== undefined && held.lease.epoch < epoch) held = undefined
      await worlds.acknowledgeGate({ params, body: { epoch, in_flight: [...inFlight] } }, options)
    },
    async release(options = {}) {
      isReleased = true
      held = undefined
      await worlds.releaseGate({ params }, options)
    },
  }
}

function isYoung(held: HeldLease | undefined, monotonicMs: number): boolean {
  return held !== undefined && held.lease.granted && monotonicMs - held.askedAtMs < gateRenewMs
}

/** Waits for work that others may wait for too; an abort ends this wait only. */
async function waitFor(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work
  signal.throwIfAborted()
  const done = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new Error('the wait for a lease was ended', { cause: signal.reason }))
    signal.addEventListener('abort', stop, { signal: done.signal })
  })
  try {
    await Promise.race([work, aborted])
  } finally {
    done.abort()
  }
}
