import {
  implement,
  QmtlError,
  worldRoutes,
  type FreezeResult,
  type RequestContext,
  type RouteImplementation,
} from '@qmtl/contracts'
import { envelopeOf, mergeActivation } from '../activation/merge-activation.ts'
import { applyAckOf } from '../apply/apply-state.ts'
import { freezeWorld, unfreezeWorld } from '../decision/freeze-world.ts'
import { activationStateOf, applyChange, type WorldChange, type WorldState } from '../world-state.ts'
import { authorOf, refuseDuringApply, requireBound, stateOf, type WorldParts } from './world-parts.ts'

/** What opens and closes the way of orders: activation, apply, freeze and the leases of gates. */
export function activationHandlers(parts: WorldParts): readonly RouteImplementation[] {
  return [...entryHandlers(parts), ...applyHandlers(parts), ...freezeHandlers(parts), ...gateHandlers(parts)]
}

function entryHandlers({ store, clock, applies, onCommitted }: WorldParts): readonly RouteImplementation[] {
  return [
    implement(worldRoutes.getActivation, async ({ params: { world_id } }) => {
      return { body: activationStateOf(await stateOf(store, world_id)) }
    }),
    implement(worldRoutes.getActivationEntry, async ({ params: { world_id, strategy_id, side } }) => {
      const body = envelopeOf(await stateOf(store, world_id), strategy_id, side)
      if (body === undefined) {
        const message = `no activation of strategy '${strategy_id}', side ${side}, in world '${world_id}'`
        throw new QmtlError('E_ACTIVATION_NOT_FOUND', message)
      }
      return { body, headers: { etag: `"${body.etag}"` } }
    }),
    implement(worldRoutes.putActivation, async ({ params: { world_id }, headers, body: patch }, context) => {
      await applies.requireIdle(world_id)
      const author = authorOf(context, clock)
      const { strategy_id, side } = patch
      const envelope = await store.transaction(async (trx) => {
        const state = await stateOf(trx, world_id)
        await refuseDuringApply(trx, world_id)
        await requireBound(trx, world_id, [strategy_id])
        requireEtag(headers['if-match'], envelopeOf(state, strategy_id, side)?.etag)
        const change = mergeActivation(state, patch, author.ts)
        await trx.commit(world_id, change, author)
        return envelopeOf(applyChange(state, change), strategy_id, side)
      })
      onCommitted()
      if (envelope === undefined) throw new QmtlError('E_INTERNAL', 'the entry was not written')
      return { body: envelope, headers: { etag: `"${envelope.etag}"` } }
    }),
  ]
}

function requireEtag(ifMatch: string | undefined, etag: string | undefined): void {
  const wanted = ifMatch?.trim().replace(/^"|"$/g, '')
  if (wanted === undefined || wanted === etag || (wanted === '*' && etag !== undefined)) return
  throw new QmtlError('E_STALE_ETAG', `the entry has etag ${etag ?? 'none'}, the change is for ${wanted}`)
}

function applyHandlers({ store, applies }: WorldParts): readonly RouteImplementation[] {
  return [
    implement(worldRoutes.apply, async ({ params: { world_id }, headers, body: request }, { caller, requestId }) => {
      await stateOf(store, world_id)
      const author = { actor: caller.sub, correlation_id: requestId }
      const confirmedLive = headers['x-allow-live'] === 'true'
      return { body: await applies.apply({ world_id, request, confirmedLive, author }) }
    }),
    implement(worldRoutes.getApply, async ({ params: { world_id, run_id } }) => {
      await stateOf(store, world_id)
      const run = await store.applyRun(world_id, run_id)
      if (run === undefined) throw new QmtlError('E_NOT_FOUND', `no apply '${run_id}' in world '${world_id}'`)
      return { body: applyAckOf(run) }
    }),
  ]
}

function freezeHandlers(parts: WorldParts): readonly RouteImplementation[] {
  const { clock, gates, stopping } = parts
  return [
    implement(worldRoutes.freeze, async ({ params: { world_id }, body: { reason = '' } }, context) => {
      const startedAtMs = clock.monotonic()
      const { world } = await freezeAfterApply(parts, world_id, context, reason)
      const { gates: closed, in_flight } = await gates.drain(world_id, world.epoch, stopping)
      const result: FreezeResult = {
        world_id,
        epoch: world.epoch,
        frozen: world.frozen,
        gates: closed,
        in_flight: [...in_flight],
        took_ms: clock.monotonic() - startedAtMs,
      }
      return { body: result }
    }),
    implement(worldRoutes.unfreeze, async ({ params: { world_id }, body: { reason = '' } }, context) => {
      return { body: (await changeFreeze(parts, world_id, context, { event: 'world_unfrozen', reason })).world }
    }),
  ]
}

/** Applies that may come in between while a freeze waits for its turn. */
const mostApplies = 10

/** An emergency is not refused because an apply is under way: the freeze waits for its end, which is near, and then stops all. */
async function freezeAfterApply(
  parts: WorldParts,
  worldId: string,
  context: RequestContext,
  reason: string,
): Promise<WorldState> {
  for (let turn = 1; ; turn++) {
    await parts.applies.settled(worldId)
    try {
      return await changeFreeze(parts, worldId, context, { event: 'world_frozen', reason })
    } catch (thrown) {
      const isBusy = thrown instanceof QmtlError && thrown.code === 'E_APPLY_RUNNING'
      if (!isBusy || turn === mostApplies) throw thrown
    }
  }
}

async function changeFreeze(
  { store, clock, applies, onCommitted }: WorldParts,
  worldId: string,
  context: RequestContext,
  { event, reason }: { readonly event: 'world_frozen' | 'world_unfrozen'; readonly reason: string },
) {
  await applies.requireIdle(worldId)
  const author = authorOf(context, clock)
  const after = await store.transaction(async (trx) => {
    const state = await stateOf(trx, worldId)
    await refuseDuringApply(trx, worldId)
    const cause = { run_id: '', ts: author.ts }
    const changed = event === 'world_frozen' ? freezeWorld(state, cause) : unfreezeWorld(state, cause)
    const epoch = changed.world?.epoch ?? state.world.epoch
    const change: WorldChange = { ...changed, audit: [{ event, data: { epoch, reason } }] }
    await trx.commit(worldId, change, author)
    return applyChange(state, change)
  })
  onCommitted()
  return after
}

function gateHandlers({ gates }: WorldParts): readonly RouteImplementation[] {
  return [
    implement(worldRoutes.leaseGate, async ({ params: { world_id, gate_id } }) => {
      return { body: await gates.lease(world_id, gate_id) }
    }),
    implement(worldRoutes.acknowledgeGate, async ({ params: { world_id, gate_id }, body }) => {
      await gates.acknowledge(world_id, gate_id, body)
      return { body: {} }
    }),
    implement(worldRoutes.releaseGate, async ({ params: { world_id, gate_id } }) => {
      await gates.release(world_id, gate_id)
      return { body: {} }
    }),
  ]
}
