import {
  contentHash,
  implement,
  QmtlError,
  worldRoutes,
  type PolicyVersion,
  type RouteImplementation,
} from '@qmtl/contracts'
import { compilePolicy } from '../policy/compile-policy.ts'
import type { WorldTransaction } from '../ports.ts'
import type { WorldFact } from '../world-state.ts'
import { authorOf, stateOf, type WorldParts } from './world-parts.ts'

/** Policy versions: numbered from 1, never changed, one of them the default. */
export function policyHandlers({ store, clock, onCommitted }: WorldParts): readonly RouteImplementation[] {
  return [
    implement(worldRoutes.addPolicy, async ({ params: { world_id }, body: { policy } }, context) => {
      compilePolicy(policy)
      const author = authorOf(context, clock)
      const added = await store.transaction(async (trx) => {
        const { world } = await stateOf(trx, world_id)
        const version = ((await trx.policies(world_id)).at(-1)?.version ?? 0) + 1
        const isFirst = world.default_policy_version === 0
        const saved: PolicyVersion = {
          world_id,
          version,
          policy,
          checksum: contentHash(policy),
          status: isFirst ? 'ACTIVE' : 'DRAFT',
          created_by: author.actor,
          created_at: author.ts,
        }
        await trx.savePolicy(saved)
        const change = isFirst ? { world: { ...world, default_policy_version: version, updated_at: author.ts } } : {}
        const audit = [{ event: 'policy_added', data: { version, checksum: saved.checksum } }]
        await trx.commit(world_id, { ...change, audit, facts: [policyFact(saved)] }, author)
        return saved
      })
      onCommitted()
      return { body: added }
    }),
    implement(worldRoutes.listPolicies, async ({ params: { world_id } }) => {
      await stateOf(store, world_id)
      return { body: { policies: [...(await store.policies(world_id))] } }
    }),
    implement(worldRoutes.setDefaultPolicy, async ({ params: { world_id }, body: { version } }, context) => {
      const author = authorOf(context, clock)
      const chosen = await store.transaction(async (trx) => {
        const { world } = await stateOf(trx, world_id)
        const policy = await requirePolicy(trx, world_id, version)
        const previous = await trx.policy(world_id, world.default_policy_version)
        if (previous !== undefined) await trx.savePolicy({ ...previous, status: 'DEPRECATED' })
        const active: PolicyVersion = { ...policy, status: 'ACTIVE' }
        await trx.savePolicy(active)
        const audit = [{ event: 'policy_default_set', data: { version, checksum: policy.checksum } }]
        const after = { ...world, default_policy_version: version, updated_at: author.ts }
        await trx.commit(world_id, { world: after, audit, facts: [policyFact(active)] }, author)
        return active
      })
      onCommitted()
      return { body: chosen }
    }),
  ]
}

async function requirePolicy(trx: WorldTransaction, worldId: string, version: number): Promise<PolicyVersion> {
  const policy = await trx.policy(worldId, version)
  if (policy !== undefined) return policy
  const known = (await trx.policies(worldId)).map((one) => one.version).join(', ')
  throw new QmtlError(
    'E_UNKNOWN_POLICY',
    `world '${worldId}' has no policy version ${version}; it has ${known || 'none'}`,
  )
}

function policyFact({ world_id, version, checksum, status }: PolicyVersion): WorldFact {
  return { type: 'policy_updated', data: { version: 1, world_id, policy_version: version, checksum, status } }
}
