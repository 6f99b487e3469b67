import {
  contentHash,
  formatInstant,
  implement,
  parseInstant,
  QmtlError,
  stateHashOf,
  worldRoutes,
  type RouteImplementation,
  type World,
  type WorldCreate,
} from '@qmtl/contracts'
import { decisionEnvelopeOf, decisionTtlSeconds } from '../decision/decide-mode.ts'
import { changeSettings } from '../decision/freeze-world.ts'
import { activationStateOf } from '../world-state.ts'
import { authorOf, stateOf, type WorldParts } from './world-parts.ts'

/** Worlds, their decision, state hashes and audit. */
export function worldHandlers(parts: WorldParts): readonly RouteImplementation[] {
  const { store, clock, gates, onCommitted } = parts
  return [
    implement(worldRoutes.createWorld, async ({ body }, context) => {
      const author = authorOf(context, clock)
      const world = newWorld(body, author.ts)
      await store.transaction(async (trx) => {
        const created = await trx.createWorld({
          world,
          epoch_since: author.ts,
          activation_version: 0,
          entries: [],
          decisions: [],
        })
        if (!created) throw new QmtlError('E_WORLD_EXISTS', `world '${world.world_id}' exists`)
        const audit = [{ event: 'world_created', data: { data: world.data, allow_live: world.allow_live } }]
        await trx.commit(world.world_id, { audit, facts: [] }, author)
      })
      gates.begin(world.world_id)
      return { body: world }
    }),
    implement(worldRoutes.listWorlds, async () => {
      const states = await Promise.all((await store.worldIds()).map((worldId) => store.state(worldId)))
      const worlds = states.flatMap((state) =>
        state === undefined || state.world.state === 'DELETED' ? [] : [state.world],
      )
      return { body: { worlds } }
    }),
    implement(worldRoutes.getWorld, async ({ params }) => ({ body: (await stateOf(store, params.world_id)).world })),
    implement(worldRoutes.updateWorld, async ({ params: { world_id }, body }, context) => {
      const author = authorOf(context, clock)
      const world = await store.transaction(async (trx) => {
        const state = await stateOf(trx, world_id)
        const change = changeSettings(state, { ...state.world, ...body }, { run_id: '', ts: author.ts })
        const audit = [{ event: 'world_updated', data: { ...body } }]
        await trx.commit(world_id, { ...change, audit }, author)
        return change.world ?? state.world
      })
      onCommitted()
      return { body: world }
    }),
    implement(worldRoutes.decide, async ({ params: { world_id } }) => {
      const state = await stateOf(store, world_id)
      const hasBindings = await store.hasBindings(world_id)
      const body = decisionEnvelopeOf({ world: state.world, hasBindings, hasDecisions: state.decisions.length > 0 })
      return { body, headers: { 'cache-control': `max-age=${decisionTtlSeconds}`, etag: `"${body.etag}"` } }
    }),
    implement(worldRoutes.stateHash, async ({ params: { world_id, topic } }) => {
      const state = await stateOf(store, world_id)
      if (topic === 'activation') return { body: { state_hash: stateHashOf(activationStateOf(state)) } }
      const version = state.world.default_policy_version
      const policy = await store.policy(world_id, version)
      return { body: { state_hash: contentHash({ version, checksum: policy?.checksum ?? null }) } }
    }),
    implement(worldRoutes.audit, async ({ params: { world_id }, query }) => {
      await stateOf(store, world_id)
      const { after = 0, limit = 100, event } = query
      const entries = await store.audit(world_id, { after, limit, ...(event === undefined ? {} : { event }) })
      const next_after = entries.at(-1)?.seq ?? after
      return { body: { entries: [...entries], next_after, read_at: formatInstant(clock.now()) } }
    }),
  ]
}

function newWorld(create: WorldCreate, ts: string): World {
  const { data } = create
  if (parseInstant(data.history_start) >= parseInstant(data.as_of)) {
    const path = '/data/history_start'
    const message = `${data.history_start} is not before as_of ${data.as_of}`
    throw new QmtlError('E_INVALID_REQUEST', `${path} ${message}`, { errors: [{ path, message }] })
  }
  return {
    name: '',
    description: '',
    owner: '',
    labels: [],
    allow_live: false,
    circuit_breaker: false,
    strategy_cash: '10000',
    fee_bps: 0,
    slippage_bps: 0,
    max_order_notional: null,
    ...create,
    state: 'ACTIVE',
    default_policy_version: 0,
    current_domain: null,
    epoch: 0,
    frozen: false,
    created_at: ts,
    updated_at: ts,
  }
}
