import { QmtlError, type Client, type Policy, type World, type WorldCreate, type worldRoutes } from '@qmtl/contracts'

/** Creates a world with its first policy, or returns the one that exists with its own settings and policies. */
export async function ensureWorld(
  worlds: Client<typeof worldRoutes>,
  world: WorldCreate,
  policy: Policy | undefined,
): Promise<{ readonly world: World; readonly created: boolean }> {
  const params = { world_id: world.world_id }
  try {
    const { body } = await worlds.getWorld({ params })
    // A crash between the two steps of a creation leaves a world without a policy, which promotes nobody.
    if (policy !== undefined && body.default_policy_version === 0) await addPolicy(worlds, world.world_id, policy)
    return { world: body, created: false }
  } catch (thrown) {
    if (!(thrown instanceof QmtlError) || thrown.code !== 'E_UNKNOWN_WORLD') throw thrown
  }
  await worlds.createWorld({ body: world })
  if (policy !== undefined) await addPolicy(worlds, world.world_id, policy)
  const { body } = await worlds.getWorld({ params })
  return { world: body, created: true }
}

async function addPolicy(worlds: Client<typeof worldRoutes>, worldId: string, policy: Policy): Promise<void> {
  await worlds.addPolicy({ params: { world_id: worldId }, body: { policy } })
}
