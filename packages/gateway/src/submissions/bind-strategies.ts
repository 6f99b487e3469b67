import type { Client, worldRoutes } from '@qmtl/contracts'
import { groupRows } from '../database/group-rows.ts'

/** A strategy to be bound to a world. */
export interface Binding {
  readonly strategyId: string
  readonly worldId: string
}

/** Binds by world, all strategies of a world in one call; returns what was thrown, by world. */
export async function bindStrategies(
  worlds: Pick<Client<typeof worldRoutes>, 'addBindings'>,
  bindings: readonly Binding[],
): Promise<ReadonlyMap<string, unknown>> {
  const thrown = new Map<string, unknown>()
  await Promise.all(
    [...groupRows(bindings, (binding) => binding.worldId)].map(async ([worldId, ofWorld]) => {
      const strategies = ofWorld.map((binding) => binding.strategyId)
      try {
        await worlds.addBindings({ params: { world_id: worldId }, body: { strategies } })
      } catch (error) {
        thrown.set(worldId, error)
      }
    }),
  )
  return thrown
}
