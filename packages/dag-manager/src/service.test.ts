import {
  computeContextOf,
  createClient,
  dagManagerRoutes,
  inProcessTransport,
  type ComputeContext,
  type ControlEvent,
  type Dag,
} from '@qmtl/contracts'
import { createFakeClock } from '@qmtl/contracts/testing'
import { createMetrics, silentLogger, type Database } from '@qmtl/service-kit'
import { describeOnEveryDatabase } from '@qmtl/service-kit/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DagManagerTables } from './adapters/tables.ts'
import { createDagManager } from './service.ts'
import { liveContext, sampleContext, sampleDag, sampleNode, threeNodes } from './testing/sample-dags.ts'

const service = { sub: 'gateway', roles: ['service'] } as const

/** A DAG Manager over a database, called as the Gateway calls it; `events` are those published so far. */
async function startDagManager(database: Database<DagManagerTables>) {
  const events: ControlEvent[] = []
  const bus = { publish: async (batch: readonly ControlEvent[]) => void events.push(...batch) }
  const metrics = createMetrics()
  const manager = createDagManager({ database, bus, clock: createFakeClock(), log: silentLogger, metrics })
  await manager.start()
  const client = createClient(dagManagerRoutes, inProcessTransport(manager.routes, service))
  const diff = async (strategy_id: string, dag: Dag, context: ComputeContext = liveContext) =>
    (await client.diff({ body: { strategy_id, dag, context } })).body
  const dryRun = async (dag: Dag, context: ComputeContext = liveContext) =>
    (await client.plan({ body: { strategy_id: 'dryrun', dag, context } })).body
  const queues = async (query: Parameters<typeof client.queuesByTag>[0]['query']) =>
    (await client.queuesByTag({ query })).body.queues.map(({ queue }) => queue)
  return { manager, client, diff, dryRun, queues, events, metrics }
}

describeOnEveryDatabase('the DAG Manager', (open) => {
  let database: Database<DagManagerTables>
  let run: Awaited<ReturnType<typeof startDagManager>>
  beforeEach(async () => {
    database = await open<DagManagerTables>()
    run = await startDagManager(database)
  })
  afterEach(() => run.manager.stop())

  const decisions = (plan: { nodes: readonly { decision: string }[] }) => plan.nodes.map(({ decision }) => decision)
  const topics = (plan: { nodes: readonly { topic: string | null }[] }) => plan.nodes.map(({ topic }) => topic)
  const countOf = async (table: 'nodes' | 'queues' | 'plans' | 'sentinels') =>
    (await database.kysely.selectFrom(table).selectAll().execute()).length

  describe('acceptance', () => {
    test('1: an empty graph and a DAG of three nodes give three new nodes, topics in the namespace and one sentinel', async () => {
      const plan = await run.diff('s1', sampleDag(threeNodes()))
      expect(plan).toMatchObject({ plan_number: 1, reused: 0, created: 3, buffered: 0, sentinel_id: 's1-sentinel' })
      expect(decisions(plan)).toEqual(['create', 'create', 'create'])
      for (const topic of topics(plan)) expect(topic).toMatch(/^w1\.live\./)
      expect(Object.values(plan.queue_map)).toEqual(topics(plan))
      expect(Object.keys(plan.queue_map)[0]).toBe(`${plan.nodes[0]?.node_id}:3600:0#ck=${plan.nodes[0]?.compute_key}`)
      expect([await countOf('nodes'), await countOf('queues'), await countOf('sentinels')]).toEqual([3, 3, 1])
    })

    test('2: the same graph again reuses all of it, maps the same topics and publishes nothing', async () => {
      const first = await run.diff('s1', sampleDag(threeNodes()))
      await run.manager.stop()
      const published = run.events.length
      run = await startDagManager(database)
      const second = await run.diff('s2', sampleDag(threeNodes()))
      expect(second).toMatchObject({ plan_number: 1, reused: 3, created: 0, queue_map: first.queue_map })
      await run.manager.stop()
      expect(published).toBe(1)
      expect(run.events).toEqual([])
    })

    test('3: the same graph in another context is bound anew in its own namespace and shares no topic', async () => {
      const live = await run.diff('s1', sampleDag(threeNodes()))
      const backtest = await run.diff('s1', sampleDag(threeNodes()), sampleContext({}))
      expect(backtest).toMatchObject({ plan_number: 2, reused: 0, created: 3 })
      expect(decisions(backtest)).toEqual(['new_binding', 'new_binding', 'new_binding'])
      for (const topic of topics(backtest)) expect(topic).toMatch(/^w1\.backtest\./)
      expect(topics(live).filter((topic) => topics(backtest).includes(topic))).toEqual([])
    })

    test('3: snapshots of one world and domain do not share a topic either', async () => {
      const days = ['2025-01-01', '2025-01-02', '2025-01-03', '2025-01-04'].map((day) => `${day}T00:00:00Z`)
      const plans = []
      for (const as_of of days) plans.push(await run.diff('s1', sampleDag(threeNodes()), sampleContext({ as_of })))
      expect(new Set(plans.flatMap(topics)).size).toBe(12)
      expect(plans.map(({ plan_number }) => plan_number)).toEqual([1, 2, 3, 4])
    })

    test('4: a schema that moved within its compatibility buffers the node for its period on the same topic', async () => {
      const first = await run.diff('s1', sampleDag(threeNodes()))
      const second = await run.diff('s2', sampleDag(threeNodes({ schema: 'schema-2' })))
      expect(second).toMatchObject({ reused: 3, created: 0, buffered: 1, queue_map: first.queue_map })
      expect(second.nodes[1]).toMatchObject({ decision: 'reuse_buffer', lag: 20 })
      const buffering = await database.kysely
        .selectFrom('nodes')
        .select('buffering_since_ms')
        .orderBy('period')
        .execute()
      expect(buffering.filter(({ buffering_since_ms }) => buffering_since_ms !== null)).toHaveLength(1)
    })

    test('5: changed code makes the node and everything that depends on it new', async () => {
      const first = await run.diff('s1', sampleDag(threeNodes()))
      const second = await run.diff('s2', sampleDag(threeNodes({ code: 'code-2' })))
      expect(second).toMatchObject({ reused: 0, created: 3 })
      expect(topics(second).filter((topic) => topics(first).includes(topic))).toEqual([])
    })

    test('6: a backtest without as_of is in safe mode and gets no sentinel', async () => {
      const plan = await run.diff('s1', sampleDag(threeNodes()), sampleContext({ as_of: null }))
      expect(plan).toMatchObject({ sentinel_id: null, context: { safe_mode: true, execution_domain: 'backtest' } })
      expect(await countOf('sentinels')).toBe(0)
    })

    test('6: a context that claims to be downgraded never reaches the live namespace', async () => {
      const plan = await run.diff('s1', sampleDag(threeNodes()), { ...liveContext, downgraded: true })
      expect(plan.context).toMatchObject({ execution_domain: 'backtest', safe_mode: true })
      for (const topic of topics(plan)) expect(topic).toMatch(/^w1\.backtest\./)
    })

    test('7: a DAG that names no version has no sentinel', async () => {
      const dag = { name: 'unversioned', nodes: [...threeNodes()] }
      expect(await run.diff('s1', dag)).toMatchObject({ version: 'v1', sentinel_id: null })
      expect(await countOf('sentinels')).toBe(0)
    })

    test('11: queues are found by any or all of their tags and by their interval', async () => {
      const node = sampleNode({ tags: ['BTC', 'price'], interval: 60 })
      const [topic] = topics(await run.diff('s1', sampleDag([node])))
      const live = { world_id: 'w1', execution_domain: 'live' } as const
      expect(await run.queues({ tags: 'BTC,ETH', interval: 60, ...live })).toEqual([topic])
      expect(await run.queues({ tags: 'BTC,price', interval: 60, match_mode: 'all', ...live })).toEqual([topic])
      expect(await run.queues({ tags: 'BTC,ETH', interval: 60, match_mode: 'all', ...live })).toEqual([])
      expect(await run.queues({ tags: 'BTC', interval: 300, ...live })).toEqual([])
      expect(await run.queues({ tags: 'btc', interval: 60, ...live })).toEqual([])
      expect(await run.queues({ tags: ' , ', interval: 60, ...live })).toEqual([])
    })

    test('11: a tag query names a whole context and finds nothing of another one', async () => {
      const world_id = 'w1'
      const as_of = '2025-01-01T00:00:00Z'
      const contexts = [
        { world_id, execution_domain: 'live' },
        { world_id: 'w2', execution_domain: 'live' },
        { execution_domain: 'live' },
        { world_id, execution_domain: 'shadow' },
        { world_id, execution_domain: 'backtest' },
        { world_id, execution_domain: 'backtest', as_of },
        { world_id, execution_domain: 'backtest', as_of: '2025-02-01T00:00:00Z' },
        { world_id, execution_domain: 'backtest', as_of, partition: 'eu' },
        { world_id, execution_domain: 'dryrun', as_of, partition: 'eu' },
      ] as const
      const dag = sampleDag([sampleNode({ tags: ['BTC'] })])
      for (const context of contexts) {
        const [topic] = topics(await run.diff('s1', dag, computeContextOf(context)))
        expect(await run.queues({ tags: 'BTC', interval: 3600, ...context })).toEqual([topic])
      }
      await run.manager.stop()
      expect(run.events.map(({ data }) => data)).toMatchObject(
        contexts.map((context) => ({ as_of: null, partition: null, ...context, queues: { length: 1 } })),
      )
      expect(new Set(run.events.map(({ subject }) => subject)).size).toBe(contexts.length)
    })

    test('14: a topic of another node that differs in case alone is a collision, and nothing is kept', async () => {
      const node = sampleNode({ node_type: 'indicator', tags: ['BTC'] })
      const taken = `W1.live.BTC_indicator_${node.node_id.slice(7, 15)}_v1`
      await run.diff('s0', sampleDag([sampleNode({ params: { n: 7 } })]))
      await database.kysely.updateTable('queues').set({ topic: taken }).execute()
      await expect(run.diff('s1', sampleDag([node]))).rejects.toMatchObject({
        code: 'E_TOPIC_COLLISION',
        details: { topic: taken, expected: `w1.live.btc_indicator_${node.node_id.slice(7, 15)}_v1` },
      })
      expect([await countOf('nodes'), await countOf('plans')]).toEqual([1, 1])
    })
  })

  test('a graph survives a restart: nothing of it is created again', async () => {
    await run.diff('s1', sampleDag(threeNodes()))
    await run.manager.stop()
    run = await startDagManager(database)
    expect(await run.dryRun(sampleDag(threeNodes()))).toMatchObject({ plan_number: 0, reused: 3, created: 0 })
    expect(await run.diff('s2', sampleDag(threeNodes()))).toMatchObject({ plan_number: 1, reused: 3, created: 0 })
  })

  test('concurrent diffs are planned as if one came after the other, and a bad one fails alone', async () => {
    const diffs = Array.from({ length: 100 }, (_, n) => {
      const own = sampleNode({ params: { n } })
      const [bars] = threeNodes()
      if (n % 10 === 3) return run.diff(`s${n}`, sampleDag([own, { ...bars!, code_hash: 'forged' }]))
      return run.diff(`s${n}`, sampleDag([...threeNodes(), own]))
    })
    const settled = await Promise.allSettled(diffs)
    const plans = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(10)
    expect(plans.reduce((sum, { created }) => sum + created, 0)).toBe(3 + 90)
    expect(await countOf('nodes')).toBe(93)
  })

  test('a repeated diff of a strategy gives the plan it has', async () => {
    const dag = sampleDag(threeNodes())
    const first = await run.diff('s1', dag)
    expect(await run.diff('s1', dag)).toEqual(first)
    expect((await run.client.getPlan({ params: { strategy_id: 's1' } })).body).toEqual(first)
    expect(await countOf('plans')).toBe(1)
    await run.diff('s1', dag, sampleContext({}))
    expect((await run.client.getPlan({ params: { strategy_id: 's1' } })).body.plan_number).toBe(2)
  })

  test('a dry run writes nothing and publishes nothing', async () => {
    const plan = await run.dryRun(sampleDag(threeNodes()))
    expect(plan).toMatchObject({ plan_number: 0, created: 3 })
    expect([await countOf('nodes'), await countOf('queues'), await countOf('plans')]).toEqual([0, 0, 0])
    await run.manager.stop()
    expect(run.events).toEqual([])
  })

  test('a tag query has no topic and is known the next time', async () => {
    const query = sampleNode({ node_type: 'TagQueryNode', tags: ['BTC'] })
    expect(await run.diff('s1', sampleDag([query]))).toMatchObject({
      created: 1,
      queue_map: {},
      nodes: [{ topic: null }],
    })
    expect(await run.diff('s2', sampleDag([query]))).toMatchObject({ created: 0, reused: 1, nodes: [{ topic: null }] })
    expect(await run.queues({ tags: 'BTC', interval: 3600, world_id: 'w1', execution_domain: 'live' })).toEqual([])
  })

  test('an unknown strategy, a bad DAG and a cycle are refused with their codes', async () => {
    await expect(run.client.getPlan({ params: { strategy_id: 'no' } })).rejects.toMatchObject({
      code: 'E_UNKNOWN_STRATEGY',
    })
    await expect(run.diff('s1', sampleDag([]))).rejects.toMatchObject({ code: 'E_INVALID_DAG' })
    const unknown = sampleNode({ dependencies: [sampleNode().node_id] })
    await expect(run.diff('s1', sampleDag([unknown]))).rejects.toMatchObject({ code: 'E_UNKNOWN_NODE' })
    expect(await countOf('nodes')).toBe(0)
  })

  test('a diff under way when the service stops is settled, later ones are refused', async () => {
    const underWay = run.diff('s1', sampleDag(threeNodes()))
    await run.manager.stop()
    expect(await underWay).toMatchObject({ created: 3 })
    await expect(run.diff('s2', sampleDag(threeNodes()))).rejects.toMatchObject({ code: 'E_STOPPING' })
    expect(run.events.map(({ type }) => type)).toEqual(['queue_updated'])
  })

  test('a compute key bound to another context is counted and refused', async () => {
    await run.diff('s1', sampleDag(threeNodes()))
    const context = JSON.stringify({ world_id: 'w2', execution_domain: 'live', as_of: null, partition: null })
    await database.kysely.updateTable('queues').set({ context }).execute()
    await expect(run.diff('s2', sampleDag(threeNodes()))).rejects.toMatchObject({ code: 'E_CROSS_CONTEXT' })
    expect((await run.metrics.exposition()).text).toContain('qmtl_dagmanager_cross_context_hits_total 1')
  })
})
