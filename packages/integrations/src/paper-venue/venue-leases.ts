import {
  createGateLeaseHolder,
  type CallOptions,
  type Clock,
  type GateClient,
  type GateLeaseHolder,
  type HeldLease,
} from '@qmtl/contracts'

/** An adapter's own leases, one per world that it has had to do with. */
export interface VenueLeases {
  renew(worldId: string, options: CallOptions): Promise<void>
  held(worldId: string): HeldLease | undefined
  close(worldId: string, epoch: number, inFlight: readonly string[], options: CallOptions): Promise<void>
  releaseAll(): Promise<void>
}

export function createVenueLeases(worlds: GateClient, clock: Clock, gateId: string): VenueLeases {
  const holders = new Map<string, GateLeaseHolder>()

  function holderOf(worldId: string): GateLeaseHolder {
    const holder = holders.get(worldId) ?? createGateLeaseHolder({ worlds, clock, worldId, gateId })
    holders.set(worldId, holder)
    return holder
  }

  return {
    renew: (worldId, options) => holderOf(worldId).renew(options),
    held: (worldId) => holders.get(worldId)?.held(),
    close: (worldId, epoch, inFlight, options) => holderOf(worldId).close(epoch, inFlight, options),
    async releaseAll() {
      await Promise.allSettled([...holders.values()].map((holder) => holder.release()))
    },
  }
}
