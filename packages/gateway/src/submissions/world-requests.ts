import type { Client, Clock, worldRoutes } from '@qmtl/contracts'
import type { WorldQueue } from './world-queue.ts'

export interface WorldRequestPorts {
  readonly worldQueue: Pick<WorldQueue, 'askForWorld'>
  readonly worlds: Pick<Client<typeof worldRoutes>, 'listWorlds'>
  readonly clock: Clock
}

/** Worlds whose strategies are to be planned anew, until that is in the database. */
export interface WorldRequests {
  add(worldId: string): void
  /** Adds every world that an apply has switched and that is not frozen: the end of a freeze tells of itself. */
  addSwitched(): void
  /** Puts what was added into the database; what fails is left for the next call. */
  keep(): Promise<void>
}

export function createWorldRequests({ worldQueue, worlds, clock }: WorldRequestPorts): WorldRequests {
  const requested = new Set<string>()
  let areSwitchedDue = false

  async function list(): Promise<void> {
    areSwitchedDue = false
    try {
      const { body } = await worlds.listWorlds({})
      const switched = body.worlds.filter((world) => world.current_domain !== null && !world.frozen)
      for (const world of switched) requested.add(world.world_id)
    } catch (error) {
      areSwitchedDue = true
      throw error
    }
  }

  return {
    add(worldId) {
      requested.add(worldId)
    },
    addSwitched() {
      areSwitchedDue = true
    },
    async keep() {
      if (areSwitchedDue) await list()
      for (const worldId of requested) {
        // Not after the call: the world may be added again meanwhile.
        requested.delete(worldId)
        try {
          await worldQueue.askForWorld(worldId, clock.now())
        } catch (error) {
          requested.add(worldId)
          throw error
        }
      }
    },
  }
}
