import {
  computeKeyOf,
  createClient,
  dagManagerRoutes,
  formatInstant,
  gateLeaseMs,
  implement,
  inProcessTransport,
  nodeIdsCrc32,
  partitionKeyOf,
  QmtlError,
  stateHashOf,
  worldRoutes,
  type ActivationEntry,
  type ActivationState,
  type Client,
  type EffectiveMode,
  type ErrorCode,
  type Plan,
  type RouteImplementation,
  type Transport,
  type World,
} from '@qmtl/contracts'

const service = { sub: 'gateway', roles: ['service'] } as const

/** A world as WorldService gives it, open for paper trading. */
export function sampleWorld(change: Partial<World> = {}): World {
  return {
    world_id: 'w1',
    data: { preset: 'synthetic', as_of: '2024-01-01T00:00:00Z', history_start: '2023-01-01T00:00:00Z' },
    name: 'sample',
    description: '',
    owner: 'owner',
    labels: [],
    state: 'ACTIVE',
    allow_live: false,
    circuit_breaker: false,
    strategy_cash: '10000',
    fee_bps: 0,
    slippage_bps: 0,
    max_order_notional: null,
    default_policy_version: 1,
    current_domain: 'dryrun',
    epoch: 4,
    frozen: false,
    created_at: '2024-01-01T00:00:00Z',
    updated_at: '2024-01-01T00:00:00Z',
    ...change,
  }
}

export function sampleEntry(change: Partial<ActivationEntry> = {}): ActivationEntry {
  return {
    active: true,
    weight: 1,
    freeze: false,
    drain: false,
    effective_mode: 'paper',
    run_id: 'run-1',
    ts: '2024-01-01T00:00:00Z',
    etag: 'act:w1:s1:long:1',
    ...change,
  }
}

/** A WorldService outside: what a test sets is what it answers. */
export interface FakeWorldService {
  readonly transport: Transport
  readonly client: Client<typeof worldRoutes>
  readonly worlds: Map<string, World>
  readonly bindings: Map<string, Set<string>>
  readonly acknowledged: { world_id: string; gate_id: string; epoch: number; in_flight: readonly string[] }[]
  /** Calls per route, by path. */
  readonly calls: Map<string, number>
  mode: EffectiveMode
  activation: ActivationState
  /** Every call fails with this code while it is set. */
  failure: ErrorCode | undefined
  /** Told of every call, by the path of its route. */
  onCall: (path: string) => void
}

export function createFakeWorldService(): FakeWorldService {
  const fake = {
    worlds: new Map([['w1', sampleWorld()]]),
    bindings: new Map<string, Set<string>>(),
    acknowledged: [] as FakeWorldService['acknowledged'],
    calls: new Map<string, number>(),
    mode: 'paper' as EffectiveMode,
    activation: { version: 1, state: {} } as ActivationState,
    failure: undefined as ErrorCode | undefined,
    onCall: (() => undefined) as FakeWorldService['onCall'],
  }
  const transport = guarded(inProcessTransport(worldRouteList(fake), service), fake)
  return Object.assign(fake, { transport, client: createClient(worldRoutes, transport) })
}

type WorldState = Omit<FakeWorldService, 'transport' | 'client'>

function guarded(
  transport: Transport,
  fake: { calls: Map<string, number>; failure: ErrorCode | undefined; onCall?: (path: string) => void },
): Transport {
  return async (contract, request, options) => {
    fake.onCall?.(contract.path)
    fake.calls.set(contract.path, (fake.calls.get(contract.path) ?? 0) + 1)
    if (fake.failure !== undefined) throw new QmtlError(fake.failure, 'the fake is told to fail')
    return transport(contract, request, options)
  }
}

function worldRouteList(fake: WorldState): readonly RouteImplementation[] {
  const world = (id: string): World => {
    const found = fake.worlds.get(id)
    if (found === undefined) throw new QmtlError('E_UNKNOWN_WORLD', `no world ${id}`)
    return found
  }
  return [
    implement(worldRoutes.listWorlds, async () => ({ body: { worlds: [...fake.worlds.values()] } })),
    implement(worldRoutes.getWorld, async ({ params }) => ({ body: world(params.world_id) })),
    implement(worldRoutes.decide, async ({ params }) => ({
      body: {
        world_id: world(params.world_id).world_id,
        policy_version: 1,
        effective_mode: fake.mode,
        reason: 'told',
        as_of: '2024-01-01T00:00:00Z',
        dataset_fingerprint: null,
        ttl: '300s',
        etag: 'd1',
      },
    })),
    implement(worldRoutes.addBindings, async ({ params, body }) => {
      const bound = fake.bindings.get(world(params.world_id).world_id) ?? new Set()
      fake.bindings.set(params.world_id, bound)
      for (const id of body.strategies) bound.add(id)
      return { body }
    }),
    implement(worldRoutes.apply, async ({ params, body }) => ({
      body: {
        ok: true,
        world_id: params.world_id,
        run_id: body.run_id,
        phase: 'completed' as const,
        active: [],
        stages: [],
      },
    })),
    implement(worldRoutes.getActivation, async () => ({ body: fake.activation })),
    implement(worldRoutes.stateHash, async () => ({ body: { state_hash: stateHashOf(fake.activation) } })),
    implement(worldRoutes.explain, async ({ params }) => ({
      body: { ...params, trading: true, first_closed: null, gates: [openGate('world')] },
    })),
    ...gateRouteList(fake, world),
  ]
}

const openGate = (gate: string) => ({ gate, open: true, reason: 'told', since: null, opens_when: null })

function gateRouteList(fake: WorldState, world: (id: string) => World): readonly RouteImplementation[] {
  return [
    implement(worldRoutes.leaseGate, async ({ params }) => {
      const { epoch, frozen, current_domain: domain } = world(params.world_id)
      return {
        body: {
          ...params,
          granted: !frozen,
          reason: frozen ? 'world_frozen' : null,
          epoch,
          domain: domain ?? 'backtest',
          activation: fake.activation,
          lease_ms: gateLeaseMs,
        },
      }
    }),
    implement(worldRoutes.acknowledgeGate, async ({ params, body }) => {
      fake.acknowledged.push({ ...params, ...body })
      return { body: {} }
    }),
    implement(worldRoutes.releaseGate, async () => ({ body: {} })),
  ]
}

/** A DAG Manager outside: every node is created the first time its compute key is seen. */
export interface FakeDagManager {
  readonly transport: Transport
  readonly client: Client<typeof dagManagerRoutes>
  /** Strategies that were planned, in order. */
  readonly planned: string[]
  /** Queries by tags, in order. */
  readonly tagQueries: object[]
  failure: ErrorCode | undefined
}

export function createFakeDagManager(): FakeDagManager {
  const seen = new Set<string>()
  const fake = {
    planned: [] as string[],
    tagQueries: [] as object[],
    failure: undefined as ErrorCode | undefined,
    calls: new Map<string, number>(),
  }
  type DiffBody = Parameters<Client<typeof dagManagerRoutes>['diff']>[0]['body']
  const planOf = ({ strategy_id, dag, context }: DiffBody, number: number): Plan => {
    const nodes = dag.nodes.map((node) => {
      const key = computeKeyOf(node.node_id, context)
      return {
        node_id: node.node_id,
        node_type: node.node_type,
        compute_key: key,
        decision: seen.has(key) ? 'reuse' : 'create',
        topic: `t_${node.node_id.slice(7, 15)}`,
      } as const
    })
    return {
      plan_number: number,
      strategy_id,
      version: dag.version ?? 'v1',
      context,
      nodes,
      reused: nodes.filter((node) => node.decision === 'reuse').length,
      created: nodes.filter((node) => node.decision === 'create').length,
      buffered: 0,
      queue_map: Object.fromEntries(
        nodes.map(({ node_id, compute_key, topic }) => [partitionKeyOf(node_id, 3_600, 0, compute_key), topic]),
      ),
      sentinel_id: null,
      crc32: nodeIdsCrc32(dag.nodes.map((node) => node.node_id)),
      created_at: formatInstant(0),
    }
  }
  const routes = [
    implement(dagManagerRoutes.diff, async ({ body }) => {
      const plan = planOf(body, 1)
      for (const node of plan.nodes) seen.add(node.compute_key)
      fake.planned.push(body.strategy_id)
      return { body: plan }
    }),
    implement(dagManagerRoutes.plan, async ({ body }) => ({ body: planOf(body, 0) })),
    implement(dagManagerRoutes.queuesByTag, async ({ query }) => {
      fake.tagQueries.push(query)
      return { body: { queues: [{ queue: 'w1.dryrun.t_1', global: false }] } }
    }),
  ]
  const transport = guarded(inProcessTransport(routes, service), fake)
  return Object.assign(fake, { transport, client: createClient(dagManagerRoutes, transport) })
}
