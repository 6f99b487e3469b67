import {
  createGateLeaseHolder,
  type Clock,
  type GateClient,
  type GateLeaseHolder,
  type HeldLease,
} from '@qmtl/contracts'
import type { Logger } from '@qmtl/service-kit'

export interface IngressGatesPorts {
  readonly worlds: GateClient
  readonly clock: Clock
  readonly log: Logger
}

/** The ingress's own lease of every world that it takes orders for. */
export interface IngressGates {
  /** Asks for a lease unless there is a young one. A failure leaves what is held to expire: the judge then sees no fresh lease. */
  renew(worldId: string): Promise<void>
  /** What is held now; read it in the same turn as the act it allows. */
  held(worldId: string): HeldLease | undefined
  /** Closes the gate of a world at once and acknowledges; nothing for a world that no lease was asked for. */
  close(worldId: string, epoch: number, inFlight: readonly string[]): Promise<void>
  /** Gives every lease back. */
  release(): Promise<void>
}

/** `gateId` is this process's alone: a gate that two shared would count as closed when one of them has closed it. */
export function createIngressGates({ worlds, clock, log }: IngressGatesPorts, gateId: string): IngressGates {
  const holders = new Map<string, GateLeaseHolder>()

  function holderOf(worldId: string): GateLeaseHolder {
    const holder = holders.get(worldId) ?? createGateLeaseHolder({ worlds, clock, worldId, gateId })
    holders.set(worldId, holder)
    return holder
  }

  return {
    renew: (worldId) =>
      holderOf(worldId)
        .renew()
        .catch((error: unknown) => log.warn('gate-lease-failed', { world_id: worldId, error })),
    held: (worldId) => holders.get(worldId)?.held(),
    async close(worldId, epoch, inFlight) {
      const closing = holders.get(worldId)?.close(epoch, inFlight)
      // Without the acknowledgement the freeze waits for the lease to expire: later, as safe.
      await closing?.catch((error: unknown) => log.warn('gate-ack-failed', { world_id: worldId, epoch, error }))
    },
    async release() {
      const holding = [...holders.values()]
      holders.clear()
      await Promise.all(
        holding.map((holder) => holder.release().catch((error: unknown) => log.warn('gate-release-failed', { error }))),
      )
    },
  }
}
